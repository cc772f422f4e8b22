import type { PoolChange, ServerChange } from '../../compare/compare.ts';
import { declaredSplit } from '../../compare/declared.ts';
import type { PoolFacts } from '../../model/facts.ts';
import { isBackup, type Server } from '../../model/pool.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { list, percent, say } from '../../text/say.ts';
import { boundsOf, mainPart, type Share } from '../../model/share.ts';
import { compared, fairShare, type Compared } from '../shared/comparing.ts';
import { CONSEQUENCES_OF_LOSS, lossSeverity, takenOver } from '../shared/lost-servers.ts';
import { defineRule, type Draft } from '../rule.ts';

export const rule = defineRule({
  id: 'server-disabled',
  title: 'No server with traffic is disabled',
  severity: 'warning',
  scope: 'change',
  covers: { ...CONSEQUENCES_OF_LOSS, 'weight-imbalance': 'pool' },
  options: {
    'max-share': { type: 'percent', default: 0.5, describe: 'Minimum share of the pool that makes it an error.' },
  },
  *check({ change, facts, options }) {
    const sides = compared(change);
    if (sides === undefined) return;
    const off = change.servers.flatMap((server) => {
      const how = switchedOff(server);
      return how === undefined ? [] : [{ server, how }];
    });
    const lost = off.reduce<number | null>((sum, { server: { shareBefore } }) => {
      return sum === null || shareBefore === null ? null : sum + shareBefore;
    }, 0);
    for (const { server, how } of off) {
      const had = server.shareBefore === null ? say`` : say`; it had ${percent(server.shareBefore)} of the traffic`;
      yield {
        at: how.at,
        server: how.name,
        severity: lossSeverity(change, sides, { share: lost }, options['max-share']),
        what: say`${how.name} of ${sides.head.pool.name} ${how.words}${had}.`,
        why: takenOver(change, sides),
        fix: say`Remove the change, unless the other servers can handle the peak; note when ${how.name} comes back.`,
      };
    }
    const draft = starved(change, sides, facts, options['max-share']);
    if (draft !== undefined) yield draft;
  },
});

/** Under this part of its fair share a server is as good as switched off. */
const STARVED = 0.2;

/** Servers whose weight falls so far that they get next to nothing, in one finding. A split that is declared is meant. */
function starved(change: PoolChange, sides: Compared, facts: PoolFacts | undefined, most: number): Draft | undefined {
  if ((facts?.expect ?? declaredSplit(sides.head.pool, undefined)) !== 'even') return undefined;
  const fair = { base: fairShare(sides.base.pool, facts), head: fairShare(sides.head.pool, facts) };
  const found = change.servers.flatMap(({ base, head }) => {
    if (base === undefined || head === undefined || !serves(base) || !serves(head)) return [];
    if ((head.weight.value ?? Infinity) >= (base.weight.value ?? 0)) return [];
    const [before, after] = [partOf(sides.base, base), partOf(sides.head, head)];
    if (after.high >= STARVED * fair.head(head) || before.low < STARVED * fair.base(base)) return [];
    return [{ server: head, before: before.low, after: after.high }];
  });
  const [first, ...others] = found;
  // Where a weight rises too, that line is the cause: `weight-imbalance` reports it.
  const raised = change.servers.some(
    ({ base, head }) => base !== undefined && (head?.weight.value ?? 0) > (base.weight.value ?? Infinity),
  );
  if (first === undefined || raised) return undefined;
  const instances = found.reduce((sum, { server }) => sum + (server.instances.count.value ?? 1), 0);
  const share = found.reduce(
    (sum, { server, before, after }) => sum + (before - after) * (server.instances.count.value ?? 1),
    0,
  );
  const names = list(found.map(({ server }) => server.name));
  return {
    at: first.server.weight.at,
    ...(others.length === 0 ? { server: first.server.name } : {}),
    key: 'starved',
    severity: lossSeverity(change, sides, { share, starved: instances }, most),
    what: say`${names} of ${sides.head.pool.name} ${others.length === 0 ? say`goes` : say`go`} from ${percent(first.before)} to ${percent(first.after)} of the traffic${others.length === 0 ? say`` : say` each`}, an even split would give ${percent(fair.head(first.server))}.`,
    why: say`Less than a fifth of its fair share is as good as disabled: the other servers carry the load and cannot rely on it.`,
    fix: say`Set ${sides.head.pool.dialect.terms.weight(Math.max(...sides.head.pool.servers.map(({ weight }) => weight.value ?? 1)))} as on the heaviest server, or declare ${'expect: config'} for the pool in the checklist file if less is intended.`,
    related: others.map(({ server, after }) => ({
      at: server.weight.at,
      note: say`${server.name} goes to ${percent(after)}`,
    })),
  };
}

/** What one instance of a server gets, under load where that is known. */
function partOf({ pool, prediction }: Compared['head'], server: Server): ReturnType<typeof boundsOf> {
  const share: Share | undefined = prediction.shares[pool.servers.indexOf(server)];
  const { low, high } = boundsOf(share?.loaded ?? mainPart(share));
  const instances = server.instances.count.value ?? 1;
  return { low: low / instances, high: high / instances };
}

/** How a server that served in base stops serving in head, and the place that says so. */
function switchedOff({
  base,
  head,
}: ServerChange): { readonly name: string; readonly at: Span; readonly words: Text } | undefined {
  if (base === undefined || head === undefined || !serves(base)) return undefined;
  const { name, state, weight, priority } = head;
  if (state.value === 'down') return { name, at: state.at, words: say`is disabled` };
  if (state.value === 'drain') return { name, at: state.at, words: say`is drained` };
  if (weight.value === 0) return { name, at: weight.at, words: say`gets weight 0` };
  if (isBackup(head) === true) return { name, at: priority.at, words: say`becomes a backup` };
  return undefined;
}

function serves(server: Server): boolean {
  return server.state.value === 'up' && server.weight.value !== 0 && isBackup(server) === false;
}
