import type { Config, Pool, Route, Server } from '../model/config.ts';
import type { ChangeKindOfPool } from '../model/diff.ts';
import type { Loss, Prediction } from '../model/share.ts';
import { poolChanges } from './changes.ts';
import type { LocatedChange } from './collector.ts';
import { keysMoved } from './keys.ts';
import { losses } from './loss.ts';
import { matchBy, matchPools, matchServers, placedPools, type Pair, type PlacedPool } from './match.ts';
import { mainShare, predict } from './predict.ts';
import { poolKey, referencesTo } from './references.ts';
import { changesByPool, routing, type Routing } from './routing.ts';

/** A server in base and head, matched by name, then by address. */
export interface ServerChange {
  readonly change: ChangeKindOfPool;
  readonly base: Server | undefined;
  readonly head: Server | undefined;
  /** Shares 0..1 (idle, else over many keys); null = unknown; 0 for a server that is not there. */
  readonly shareBefore: number | null;
  readonly shareAfter: number | null;
}

/** One side of a pool's change. */
export interface PoolSide {
  readonly pool: Pool;
  readonly config: Config;
  readonly prediction: Prediction;
  /** What the failure of one server would do. */
  readonly losses: readonly Loss[];
}

export interface PoolChange {
  readonly change: ChangeKindOfPool;
  readonly base: PoolSide | undefined;
  readonly head: PoolSide | undefined;
  readonly servers: readonly ServerChange[];
  readonly changes: readonly LocatedChange[];
  /** The share of hash keys that meet another server, 0..1; null when it cannot be told or the pool does not hash. */
  readonly keysMoved: number | null;
}

export interface RouteChange {
  readonly change: ChangeKindOfPool;
  readonly base: Route | undefined;
  readonly head: Route | undefined;
}

/** Everything that differs between two revisions; `base` is undefined when there is no base to compare with. */
export interface EstateChange {
  readonly base: readonly Config[] | undefined;
  readonly head: readonly Config[];
  readonly pools: readonly PoolChange[];
  readonly routes: readonly RouteChange[];
  readonly routing: Routing;
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
  return {
    base,
    head,
    pools,
    routes:
      base === undefined
        ? routes(head).map((route) => ({ change: 'same', base: undefined, head: route }))
        : matchBy(routes(base), routes(head), [
            (route) => `${route.at.source.path} ${route.name}`,
            (route) => route.name,
          ]).map(routeChange),
    routing: ways,
  };
}

/** Shares 0..1 of a route's targets; null where a weight is unknown. */
export function routeShares(route: Route): (number | null)[] {
  let total = 0;
  for (const target of route.to) {
    if (target.weight.value === undefined) return route.to.map(() => null);
    total += target.weight.value;
  }
  return route.to.map((target) => (total === 0 ? 0 : (target.weight.value ?? 0) / total));
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
  routed: ReadonlyMap<string, readonly LocatedChange[]>,
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
  const changes = [...own, ...((subject && routed.get(poolKey(subject.format, subject.name))) ?? [])];
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

function routeChange({ base, head }: Pair<Route>): RouteChange {
  const text = (route: Route | undefined): string =>
    JSON.stringify(route?.to.map((target) => [target.pool, target.weight.value ?? null]).toSorted());
  return { change: kindOf({ base, head }, text(base) !== text(head)), base, head };
}
