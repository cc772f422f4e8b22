import type { ClassChange, EntryChange } from '../../compare/entries.ts';
import { classText, flowText, isLost, reachesPool } from '../../compare/flow-text.ts';
import type { Flow } from '../../model/flow.ts';
import { nameOfKey, type PoolKey } from '../../model/keys.ts';
import { boundsOf } from '../../model/share.ts';
import { list, say } from '../../text/say.ts';
import { defineRule, type Draft } from '../rule.ts';

export const rule = defineRule({
  id: 'entry-changed',
  title: 'Requests are received and answered as before',
  severity: 'notice',
  scope: 'estate',
  *check({ estate }) {
    const reached = new Set(
      estate.entries.flatMap(({ head }) => head?.classes.flatMap(({ flow }) => poolsIn(flow)) ?? []),
    );
    for (const change of estate.entries) {
      for (const one of change.classes) {
        const draft = answered(change, one, reached);
        if (draft) yield draft;
      }
      yield* settings(change);
    }
  },
});

/** The pools that requests of a class can reach. */
function poolsIn({ pools }: Flow): PoolKey[] {
  return [...pools].flatMap(([key, part]) => (boundsOf(part).high > 0 ? [key] : []));
}

/**
 * Requests that reach a pool now, or that the balancer answers itself now. From pool to pool is `retargeted-route`. `reached` =
 * the pools that any entry still leads to.
 */
function answered(
  { base, head }: EntryChange,
  { when, before, after, at }: ClassChange,
  reached: ReadonlySet<PoolKey>,
): Draft | undefined {
  if (base === undefined || head === undefined) return undefined;
  if (reachesPool(before) === reachesPool(after) || isLost(after)) return undefined;
  // What fails more often is told by `requests-refused`.
  if (reachesPool(before) && boundsOf(after.lost).high > boundsOf(before.lost).high) return undefined;
  const alone = base.classes.length === 1 && head.classes.length === 1;
  const unreached = poolsIn(before).filter((key) => !reached.has(key));
  return {
    at,
    key: `${head.entry.name} ${when ?? ''}`,
    ...(unreached.length > 0 ? { severity: 'warning' as const } : {}),
    what: say`In ${head.entry.name}, ${classText({ when }, alone)} are handled differently: ${flowText(after)}; before, ${flowText(before)}.`,
    why: reachesPool(after)
      ? say`The pool gets requests that it did not get before.`
      : unreached.length > 0
        ? say`The balancer answers these requests itself, and ${list(unreached.map(nameOfKey), 3)} no longer gets requests.`
        : say`The pool no longer gets these requests, and the balancer answers them itself.`,
    fix: say`Set the condition to match only the intended requests.`,
  };
}

/** Limits, rewrites, hosts and the order of conditions. */
function* settings({ head, changes, classes }: EntryChange): Generator<Draft> {
  for (const { kind, setting, before, after, at } of changes) {
    if (head === undefined || kind === 'listen-changed') continue;
    // A line of its own that leads where the requests went before changes nothing for them.
    const named = head.classes.find(({ when }) => setting === `what answers ${when ?? ''}`);
    if (kind === 'answer-changed' && named !== undefined && reachesPool(named.flow)) continue;
    const order = kind === 'order-changed';
    // Where it is known what the order does, `retargeted-route` reports it.
    if (order && classes.some(({ before, after }) => reachesPool(before) && reachesPool(after))) continue;
    yield {
      at,
      key: `${head.entry.name} ${setting}`,
      ...(order ? { severity: 'warning' as const } : {}),
      what: order
        ? say`In ${head.entry.name}, the ${setting} changes from ${String(before)} to ${String(after)}.`
        : before === null
          ? say`In ${head.entry.name}, ${setting} is set to ${String(after)}.`
          : after === null
            ? say`In ${head.entry.name}, ${setting} is no longer set; it was ${String(before)}.`
            : say`In ${head.entry.name}, ${setting} goes from ${String(before)} to ${String(after)}.`,
      why: order
        ? say`Requests that match both conditions now go to a different target.`
        : say`It applies to every request of this entry.`,
      fix: order
        ? say`Move the more specific condition first.`
        : say`Set the old value again, unless every client of this entry works with the new one.`,
    };
  }
}
