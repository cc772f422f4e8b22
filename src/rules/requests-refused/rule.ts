import type { ClassChange, EntryChange } from '../../compare/entries.ts';
import type { PoolChange } from '../../compare/estate.ts';
import { classText, flowText, isLost, reachesPool } from '../../compare/flow-text.ts';
import type { ClassFlow } from '../../compare/flow.ts';
import { poolsOf } from '../../compare/references.ts';
import { nameOfTarget, refuses, type Match } from '../../model/route.ts';
import { boundsOf } from '../../model/share.ts';
import { percent, say, words } from '../../text/say.ts';
import { defineRule, type Draft } from '../rule.ts';

export const rule = defineRule({
  id: 'requests-refused',
  title: 'No requests are cut off from their pool',
  severity: 'error',
  scope: 'estate',
  *check({ estate }) {
    const pools = poolsOf(estate.head);
    const isUndefined = ({ to }: Match): boolean => to.kind === 'pool' && !pools.has(to.pool);
    for (const change of estate.entries) {
      for (const one of change.classes) {
        const now = change.head?.classes.find(({ when }) => when === one.when);
        // `undefined-pool-reference` reports a name that no pool has.
        if (now?.matches.some(isUndefined) === true) continue;
        const draft = refused(change, one, now);
        if (draft) yield draft;
      }
    }
    for (const change of estate.pools) yield* refusedInPool(change);
  },
});

/** Conditions that a pool itself refuses by. One without a condition is told by the entries that lead to the pool. */
function* refusedInPool({ base, head }: PoolChange): Generator<Draft> {
  if (base === undefined || head === undefined) return;
  const known = new Set(base.pool.answers.filter(({ to }) => refuses(to)).map(({ when }) => when?.text));
  for (const match of head.pool.answers.filter(({ to }) => refuses(to))) {
    const { when, at, to } = match;
    if (when === undefined || when.chance === 0 || known.has(when.text)) continue;
    const which = when.text === '' ? say`some requests` : classText({ when: when.text }, false);
    yield {
      at,
      key: `${head.pool.name} ${when.text}`,
      pool: head.pool.name,
      severity: when.ofAnswers === true ? 'warning' : 'notice',
      what: say`In ${head.pool.name}, ${which} are refused or fail: ${nameOfTarget(to)}.`,
      why: say`Clients whose requests match this condition get an error or no response.`,
      fix: say`Set the condition to match only the intended requests.`,
    };
  }
}

/** A rise of what chance refuses above this is an error: as many points as `share-shift` allows a server. */
const MUCH = 0.1;

/**
 * An error when a class of requests that the entry served is cut off, or a large part of it by chance. A new condition that refuses
 * some requests is the commonest legitimate change there is, so it is a notice that names them.
 */
function refused(
  { base, head }: EntryChange,
  { when, before, after, at }: ClassChange,
  now: ClassFlow | undefined,
): Draft | undefined {
  if (base === undefined || head === undefined) return undefined;
  const whole = isLost(after);
  const [was, is] = [boundsOf(before.lost), boundsOf(after.lost)];
  const rise = is.low - was.high;
  const atMost = is.high - was.high;
  if (!reachesPool(before) || (!whole && Math.max(rise, atMost) < 1e-9)) return undefined;
  const alone = base.classes.length === 1 && head.classes.length === 1;
  const known = when === undefined || base.classes.some((one) => one.when === when);
  const entry = head.entry.name;
  const ofAnswers = head.entry.matches.some((one) => one.when?.ofAnswers === true && one.when.text === when);
  const which = classText({ when }, alone);
  const ends = say`${flowText(after)}; before, ${flowText(before)}`;
  const refusing = now?.matches.find(({ to }) => to.kind === 'answer');
  const answered = refusing !== undefined || now?.answer !== undefined;
  return {
    at: whole ? at : (refusing?.at ?? at),
    key: `${entry} ${when ?? ''}`,
    severity: !known ? (ofAnswers ? 'warning' : 'notice') : whole || rise > MUCH ? 'error' : 'warning',
    what: whole
      ? say`In ${entry}, ${which} no longer reach a pool: ${ends}.`
      : rise < 1e-9
        ? say`In ${entry}, up to ${percent(atMost)} more of ${which} may fail: ${ends}.`
        : say`In ${entry}, ${percent(rise)} more of ${which} fail: ${ends}.`,
    why: known
      ? say`Clients that send them get an error or no response as soon as this config is loaded.`
      : say`Clients whose requests match this condition get an error or no response.`,
    fix: !known
      ? say`Set the condition to match only the intended requests.`
      : whole && answered
        ? say`Remove the line that answers them, or add a condition to it.`
        : say`Send ${words(whole ? 'them' : 'this part of them')} to a pool that has servers.`,
    related:
      [...before.pools.keys()].length > 0 ? [{ at: base.entry.at, note: say`the entry before this change` }] : [],
  };
}
