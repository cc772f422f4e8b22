import type { Config } from '../model/config.ts';
import type { PoolKey, RouteKey } from '../model/keys.ts';
import type { Branch, Route, Target } from '../model/route.ts';
import { boundsOf, type Bounds, type Part } from '../model/share.ts';
import { appendTo } from '../text/append.ts';
import { partsOf, rest, times } from './parts.ts';
import { poolsOf } from './references.ts';
import { healthOf, instancesOf, loadsByHealth, servingMembers, stages } from './stages.ts';

/** The pools and routes of one revision. */
export interface World {
  readonly configs: readonly Config[];
  readonly routes: ReadonlyMap<RouteKey, Route>;
}

const worlds = new WeakMap<readonly Config[], World>();

export function worldOf(configs: readonly Config[]): World {
  let world = worlds.get(configs);
  if (world === undefined) {
    const routes = new Map(configs.flatMap((config) => config.routes.map((route) => [route.key, route] as const)));
    worlds.set(configs, (world = { configs, routes }));
  }
  return world;
}

/** Whether anybody can answer what is sent to a target. */
export type TargetHealth = 'alive' | 'dead' | 'unknown';

/** Whether a target has a server that is in use, as far as the configs say. */
export function healthOfTarget(target: Target, world: World): TargetHealth {
  if (target.kind === 'pool') {
    const pool = poolsOf(world.configs).byKey(target.pool)?.pool;
    if (pool === undefined || pool.servers.length === 0 || pool.dynamic) return 'alive';
    const members = servingMembers(pool);
    if (members.length === 0) return 'dead';
    return members.some(({ bounds }) => bounds.low > 0) ? 'alive' : 'unknown';
  }
  return target.kind === 'route' ? (healthOfRoutes(world).get(target.route) ?? 'dead') : 'alive';
}

const healths = new WeakMap<World, ReadonlyMap<RouteKey, TargetHealth>>();

/** A route lives as its best branch does; routes that only lead to each other have nobody. */
function healthOfRoutes(world: World): ReadonlyMap<RouteKey, TargetHealth> {
  const known = healths.get(world);
  if (known !== undefined) return known;
  const found = new Map<RouteKey, TargetHealth>();
  const leadingTo = new Map<RouteKey, RouteKey[]>();
  const reached = { alive: [] as RouteKey[], unknown: [] as RouteKey[] };
  for (const { key, to } of world.routes.values()) {
    const serving = to.filter(({ role }) => role !== 'copy');
    if (serving.length === 0) reached.alive.push(key);
    for (const { to: target } of serving) {
      if (target.kind === 'route') {
        appendTo(leadingTo, target.route, key);
        continue;
      }
      const health = healthOfTarget(target, world);
      if (health !== 'dead') reached[health].push(key);
    }
  }
  for (const health of ['alive', 'unknown'] as const) {
    const open = reached[health];
    for (let key = open.pop(); key !== undefined; key = open.pop()) {
      if (found.has(key)) continue;
      found.set(key, health);
      for (const from of leadingTo.get(key) ?? []) open.push(from);
    }
  }
  healths.set(world, found);
  return found;
}

/** Whether a pool that is named is certainly nowhere: every file of its product is read whole, and none has it. */
export function isMissing(key: PoolKey, { configs }: World): boolean {
  const format = key.slice(0, key.indexOf('\0'));
  const own = configs.filter(({ dialect }) => dialect.format === format);
  return (
    !poolsOf(configs).has(key) &&
    own.some(({ pools }) => pools.length > 0) &&
    own.every(
      ({ dialect, status, unknowns }) => !dialect.resolvesUnknownPools && status !== 'refused' && unknowns.length === 0,
    )
  );
}

/** The part of a route's requests that each of its branches gets, in their order; copies get null. */
export function partsOfRoute(route: Route, world: World): Part[] {
  const health = route.to.map(({ to }) => healthOfTarget(to, world));
  const parts = route.to.map((): Part => 0);
  const spread = (
    roles: readonly Branch['role'][],
    by: (chosen: readonly number[]) => readonly Part[],
    of: Part,
  ): void => {
    const chosen = route.to.flatMap(({ role }, i) => (roles.includes(role) ? [i] : []));
    by(chosen).forEach((part, n) => (parts[chosen[n] ?? 0] = times(part, of)));
  };
  const failover = (chosen: readonly number[]): readonly Part[] => inOrder(route, chosen, health, world);
  const mains = route.to.flatMap(({ role }, i) => (role === 'serves' ? [health[i] ?? 'alive'] : []));
  const served: Part = mains.includes('alive') ? 1 : mains.includes('unknown') ? ANY : 0;
  const hasFallback = route.to.some(({ role }) => role === 'fallback');
  if (route.kind === 'failover') {
    const order = (['serves', 'fallback'] as const).flatMap((wanted) =>
      route.to.flatMap(({ role }, i) => (role === wanted ? [i] : [])),
    );
    failover(order).forEach((part, n) => (parts[order[n] ?? 0] = part));
  } else {
    const own = hasFallback ? served : 1;
    spread(
      ['serves'],
      (chosen) => (route.kind === 'first-match' ? firstMatch(route, chosen) : weighted(route, chosen, health)),
      own,
    );
    if (hasFallback) spread(['fallback'], failover, rest(own));
  }
  return parts.map((part, i) => (route.to[i]?.role === 'copy' ? null : part));
}

const ANY: Bounds = { low: 0, high: 1 };

/** The first branch that lives takes everything; while none does, the first one fails. */
function inOrder(
  route: Route,
  order: readonly number[],
  health: readonly TargetHealth[],
  world: World,
): readonly Part[] {
  const spare = route.spill?.spare;
  if (spare !== undefined && spare.value !== Infinity) return spilled(route, order, spare.value, world);
  if (order.every((i) => health[i] === 'dead')) return order.map((_, n) => (n === 0 ? 1 : 0));
  let left: Part = 1;
  return order.map((i): Part => {
    const state = health[i];
    if (state === 'dead' || left === 0) return 0;
    const own = left;
    left = state === 'alive' ? 0 : { low: 0, high: boundsOf(left).high };
    return state === 'alive' ? own : { low: 0, high: boundsOf(own).high };
  });
}

/** Each branch takes what its healthy servers can carry, the next ones take the rest: the formula of priorities. */
function spilled(
  route: Route,
  order: readonly number[],
  spare: number | undefined,
  { configs }: World,
): readonly Part[] {
  const health = order.map((i) => {
    const to = route.to[i]?.to;
    const pool = to?.kind === 'pool' ? poolsOf(configs).byKey(to.pool)?.pool : undefined;
    if (spare === undefined || pool === undefined || pool.dynamic) return undefined;
    const all = pool.servers.filter(({ weight }) => weight.value !== 0);
    if (all.some(({ state, instances }) => state.value === undefined || instances.count.value === undefined))
      return undefined;
    const up = instancesOf(stages(pool).flatMap(({ members }) => members));
    return healthOf(
      up,
      all.reduce((sum, { instances }) => sum + (instances.count.value ?? 1), 0),
      spare,
    );
  });
  if (health.includes(undefined)) return order.map(() => ANY);
  const loads = loadsByHealth(health.map((own) => own ?? 0));
  return loads.every((load) => load === 0) ? order.map((_, n) => (n === 0 ? 1 : 0)) : loads;
}

/** By weight; where the route watches health, a branch that nobody answers on loses its part to the others. */
function weighted(route: Route, chosen: readonly number[], health: readonly TargetHealth[]): readonly Part[] {
  const { watchesHealth } = route;
  const watches =
    watchesHealth !== undefined && watchesHealth.value !== false && chosen.some((i) => health[i] !== 'dead');
  return partsOf(
    chosen.map((i): Bounds => {
      const weight = route.rewritten === undefined ? route.to[i]?.weight.value : undefined;
      const size = { low: weight ?? 0, high: weight ?? Infinity };
      if (!watches || health[i] === 'alive') return size;
      const gone = health[i] === 'dead' && watchesHealth.value === true;
      return { low: 0, high: gone ? 0 : size.high };
    }),
  );
}

/** What each condition gets is known only where chance alone decides; what follows a branch without one gets nothing. */
function firstMatch(route: Route, chosen: readonly number[]): readonly Part[] {
  let left: Part = 1;
  return chosen.map((i): Part => {
    const when = route.to[i]?.when;
    const before = left;
    if (when === undefined) {
      left = 0;
      return before;
    }
    if (when.text === '' && when.chance !== undefined) {
      left = times(before, 1 - when.chance);
      return times(before, when.chance);
    }
    left = { low: 0, high: boundsOf(before).high };
    return left;
  });
}
