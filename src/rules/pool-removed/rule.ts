import type { EstateChange, PoolSide } from '../../compare/compare.ts';
import { count, list, name, say, sentence } from '../../text/say.ts';
import { compareSeverity } from '../sort.ts';
import { groupBy } from '../shared/lookups.ts';
import { lostPath, readsLess } from '../shared/routes.ts';
import { defineRule, type Draft } from '../rule.ts';

export const rule = defineRule({
  id: 'pool-removed',
  title: 'No pool with traffic is removed',
  severity: 'warning',
  scope: 'estate',
  *check({ estate }) {
    if (estate.base === undefined) return;
    const gone = estate.pools.flatMap(({ base, head }) =>
      base !== undefined && head === undefined && base.pool.servers.length > 0 ? [base] : [],
    );
    const [first] = gone;
    if (first === undefined || readsLess(estate.base, estate.head, first.pool.dialect.format)) return;
    if (estate.pools.every(({ head }) => head === undefined)) {
      // What cannot be read may hold them all the same.
      if (estate.head.every(({ status }) => status === 'read')) yield nothingLeft(first, gone);
      return;
    }
    const named = namesIn(estate.head);
    const changes = groupBy(estate.routing.changes, ({ base }) => base?.pool);
    for (const side of gone) {
      const draft = removed(side, estate, named, changes.get(side.pool.key) ?? []);
      if (draft) yield draft;
    }
  },
});

function nothingLeft(first: PoolSide, gone: readonly PoolSide[]): Draft {
  const servers = gone.reduce((sum, { pool }) => sum + pool.servers.length, 0);
  return {
    at: first.pool.at,
    severity: 'error',
    key: 'all',
    what: say`No pool is left: ${list(gone.map(({ pool }) => name(pool.name)))} ${gone.length === 1 ? say`is` : say`are`} gone, with ${count(servers, 'server')}.`,
    why: say`A balancer that loads this config serves no requests.`,
    fix: say`Add the files again, or set the paths of the files that have the pools now.`,
    related: gone.slice(1).map(({ pool }) => ({ at: pool.at, note: say`${name(pool.name)} was here` })),
  };
}

/** What the references of each product name. */
function namesIn(configs: EstateChange['head']): ReadonlySet<string> {
  return new Set(
    configs.flatMap(({ dialect, references }) => references.map(({ pool }) => `${dialect.format}\0${pool ?? ''}`)),
  );
}

function removed(
  { pool }: PoolSide,
  { base = [], routing }: EstateChange,
  named: ReadonlySet<string>,
  changes: EstateChange['routing']['changes'],
): Draft | undefined {
  const fate = { at: pool.at, pool: pool.name };
  const kin = base.filter(({ dialect }) => dialect.format === pool.dialect.format);
  if (kin.every(({ references }) => references.length === 0)) {
    return {
      ...fate,
      what: say`${pool.name} is removed, with ${count(pool.servers.length, 'server')}, and these files do not show what sends traffic to it.`,
      why: say`Requests that are still sent to it reach no server.`,
      fix: say`Remove the routes to ${pool.name} that other files may have, or add the pool again.`,
    };
  }
  // A name that is still written is the finding of undefined-pool-reference.
  if (named.has(`${pool.dialect.format}\0${pool.name}`)) return undefined;
  const [worst] = changes
    .flatMap((change) => lostPath(change, routing) ?? [])
    .toSorted((a, b) => compareSeverity(a.severity, b.severity));
  if (worst === undefined) return undefined;
  return {
    ...fate,
    severity: worst.severity,
    what: say`${pool.name} is removed, with ${count(pool.servers.length, 'server')}: ${worst.what}`,
    why: worst.why,
    fix:
      worst.taker === undefined
        ? say`Add a route to another pool, or make sure that no client sends these requests.`
        : say`Add ${pool.name} again, unless ${worst.taker.target} can answer these requests and is large enough.`,
    related: [{ at: worst.base.reference.at, note: sentence(say`${worst.base.reference.kind} led to it here`) }],
  };
}
