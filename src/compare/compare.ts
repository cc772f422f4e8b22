import type { Config } from '../model/config.ts';
import type { Pool, Server } from '../model/pool.ts';
import type { Route } from '../model/route.ts';
import type { PoolKey } from '../model/keys.ts';
import { nameOfTarget, type Branch } from '../model/route.ts';
import type { ChangeKindOfPool } from '../model/diff.ts';
import { poolChanges } from './changes.ts';
import type { LocatedChange } from './collector.ts';
import { keysMoved } from './keys.ts';
import { losses } from './loss.ts';
import { matchBy, matchPools, matchServers, placedPools, type Pair, type PlacedPool } from './match.ts';
import { mainShare } from '../model/share.ts';
import { entryChanges } from './entries.ts';
import { routeParts } from './flow.ts';
import { stickinessText } from './texts.ts';
import type { Compared, PoolChange, PoolSide, RouteChange, RoutePart, ServerChange } from './estate.ts';
import { predict } from './predict.ts';
import { accountsOf, NO_ACCOUNTS, type Accounts } from './statements.ts';
import { keyInHead, poolsOf, referencesTo } from './references.ts';
import { plus, samePart } from './parts.ts';
import { changesByPool, routing } from './routing.ts';

export type { Compared, PoolChange, PoolSide, RouteChange, RoutePart, ServerChange } from './estate.ts';

/** Everything that differs between two revisions; `base` is undefined when there is no base to compare with. */
export interface EstateChange extends Compared {
  readonly base: readonly Config[] | undefined;
  readonly head: readonly Config[];
  /** What becomes of every statement that differs. */
  readonly statements: Accounts;
}

/** Compares two revisions of all configs. Without a base nothing is said to have changed. */
export function compare(base: readonly Config[] | undefined, head: readonly Config[]): EstateChange {
  const pairs = matchPools(placedPools(base ?? []), placedPools(head));
  const ways = routing(base ?? head, head, pairs);
  const routed = changesByPool(ways.changes);
  const pools =
    base === undefined
      ? placedPools(head).map((placed) => uncompared(placed))
      : pairs.map((pair) => poolChange(pair, { base, head }, routed));
  const routes = (configs: readonly Config[]): Route[] => configs.flatMap((config) => config.routes);
  const routeSides = sidesOfRoutes(base ?? [], head, pairs);
  const compared: Compared = {
    pools,
    routes:
      base === undefined
        ? routes(head).map((route) => ({
            change: 'same',
            base: undefined,
            head: route,
            parts: routeSides(undefined, route),
          }))
        : matchBy(routes(base), routes(head), [
            (route) => route.key,
            (route) => `${route.at.source.path} ${route.name}`,
            (route) => route.name,
          ]).map((pair) => routeChange(pair, routeSides)),
    entries: entryChanges(base, head, pairs),
    routing: ways,
  };
  const statements = base === undefined ? NO_ACCOUNTS : accountsOf(base, head, compared);
  return { base, head, ...compared, statements };
}

type RouteSides = (base: Route | undefined, head: Route | undefined) => readonly RoutePart[];

/** How the targets of two revisions of a route are matched: by the pool that they mean, however it is named there. */
function sidesOfRoutes(
  base: readonly Config[],
  head: readonly Config[],
  pools: readonly Pair<PlacedPool>[],
): RouteSides {
  const inHead = keyInHead(base, pools);
  const idOf = (
    branch: Branch,
    configs: readonly Config[],
  ): { id: string; pool: PoolKey | undefined; name: string } => {
    const { to } = branch;
    if (to.kind === 'pool') {
      const pool = configs === base ? inHead(to.pool) : (poolsOf(head).byKey(to.pool)?.pool.key ?? to.pool);
      return { id: pool, pool, name: to.name };
    }
    const name = nameOfTarget(to);
    return { id: `${to.kind} ${name}`, pool: undefined, name };
  };
  return (before, after) => {
    const found = new Map<string, RoutePart>();
    const add = (route: Route, configs: readonly Config[], side: 'before' | 'after'): void => {
      const parts = routeParts(route, configs);
      route.to.forEach((branch, i) => {
        const { id, pool, name } = idOf(branch, configs);
        const known = found.get(id) ?? { name, pool, before: null, after: null, at: (after ?? route).at };
        const own = parts[i] ?? null;
        const sum = known[side] === null || own === null ? own : plus(known[side], own);
        found.set(id, { ...known, [side]: sum, ...(side === 'after' ? { name, at: branch.at } : {}) });
      });
    };
    if (before !== undefined) add(before, base, 'before');
    if (after !== undefined) add(after, head, 'after');
    return [...found.values()];
  };
}

function sideOf({ pool, config }: PlacedPool): PoolSide {
  const prediction = predict(pool);
  return { pool, config, prediction, losses: losses(pool, prediction) };
}

function uncompared(placed: PlacedPool): PoolChange {
  const head = sideOf(placed);
  return {
    change: 'same',
    base: undefined,
    head,
    servers: head.pool.servers.map((server, i) => ({
      change: 'same',
      base: undefined,
      head: server,
      shareBefore: null,
      shareAfter: mainShare(head.prediction.shares[i]),
    })),
    changes: [],
    keysMoved: null,
  };
}

function poolChange(
  pair: Pair<PlacedPool>,
  configs: { readonly base: readonly Config[]; readonly head: readonly Config[] },
  routed: ReadonlyMap<PoolKey, readonly LocatedChange[]>,
): PoolChange {
  const before = pair.base?.pool;
  const after = pair.head?.pool;
  const servers = matchServers(before?.servers ?? [], after?.servers ?? []);
  const own =
    before && after
      ? poolChanges(before, after, servers, {
          base: referencesTo(before, configs.base),
          head: referencesTo(after, configs.head),
        })
      : [];
  const subject = after ?? before;
  const changes = [...own, ...((subject && routed.get(subject.key)) ?? [])];
  const base = pair.base && sideOf(pair.base);
  const unchanged = base && own.length === 0 && splitsAlike(base.pool, after);
  const head = pair.head && (unchanged ? { ...base, ...pair.head } : sideOf(pair.head));
  const touched = new Set(changes.map((change) => change.server));
  const shares = { base: shareLookup(base), head: shareLookup(head) };
  const serverChanges = servers.map((server): ServerChange => {
    const shareBefore = base === undefined ? null : shares.base(server.base);
    const shareAfter = head === undefined ? 0 : shares.head(server.head);
    const name = server.head?.name ?? server.base?.name ?? '';
    return { change: kindOf(server, touched.has(name)), base: server.base, head: server.head, shareBefore, shareAfter };
  });
  return {
    change: kindOf({ base, head }, changes.length > 0),
    base,
    head,
    servers: serverChanges,
    changes,
    keysMoved: base && head ? keysMoved(base.pool, head.pool) : null,
  };
}

/** Whether two pools without a difference in any setting also list their servers alike and are wholly known: their shares are then the same. */
function splitsAlike(base: Pool, head: Pool | undefined): boolean {
  return (
    head?.dynamic === base.dynamic &&
    base.unknowns.length === 0 &&
    head.unknowns.length === 0 &&
    head.servers.length === base.servers.length &&
    head.servers.every((server, i) => server.name === base.servers[i]?.name)
  );
}

function shareLookup(side: PoolSide | undefined): (server: Server | undefined) => number | null {
  const shares = new Map(
    side?.pool.servers.map((server, i) => [server, mainShare(side.prediction.shares[i])] as const),
  );
  return (server) => (server === undefined ? 0 : (shares.get(server) ?? null));
}

function kindOf(pair: Pair<unknown>, differs: boolean): ChangeKindOfPool {
  if (pair.base === undefined) return 'added';
  if (pair.head === undefined) return 'removed';
  return differs ? 'changed' : 'same';
}

function routeChange({ base, head }: Pair<Route>, sides: RouteSides): RouteChange {
  const parts = sides(base, head);
  const differs = parts.some(({ before, after }) => !samePart(before, after));
  return { change: kindOf({ base, head }, differs || settingsOf(base) !== settingsOf(head)), base, head, parts };
}

function settingsOf(route: Route | undefined): string {
  if (route === undefined) return '';
  const { kind, drawnBy, watchesHealth, stickiness } = route;
  // The weights of a draw by chance are told by the parts that they make: 9 to 1 is 90 to 10, or 4, 5 and 1.
  const byParts = kind === 'weighted' && drawnBy === undefined;
  const branches = route.to.map(({ role, weight, part, when }) =>
    JSON.stringify([role, byParts && role === 'serves' ? null : weight.value, part, when?.text]),
  );
  const targets = (byParts ? [...new Set(branches)] : branches).toSorted((a, b) => (a < b ? -1 : 1));
  return JSON.stringify([kind, drawnBy, watchesHealth?.value, stickinessText(stickiness), targets]);
}
