import { isBackup, type Pool, type Server } from '../model/pool.ts';
import type { Bounds, Part } from '../model/share.ts';
import { within } from '../model/span.ts';
import { appendTo } from '../text/append.ts';
import { partsOf, times } from './parts.ts';

/** A server that takes part in the split. */
export interface Member {
  readonly index: number;
  readonly server: Server;
  /** Its weight times its instances; undefined = the config does not say. */
  readonly weight: number | undefined;
  /** What weight times instances can be; the low end is 0 where the server may be out of use. */
  readonly bounds: Bounds;
}

/** Servers that share a part of the pool's traffic by the pool's algorithm: a priority, or a zone or locality of it. */
export interface Stage {
  /** The part of the pool's traffic, 0..1; bounds where the config does not say how it is divided. */
  readonly share: Part;
  readonly members: readonly Member[];
  /** A priority above the first that has servers: its algorithm may differ, see `Spill.standbyBy`. */
  readonly standby: boolean;
}

/**
 * How a pool's traffic is divided before its algorithm picks a server: over priorities by their health, then over zones or
 * localities. A server that is down counts for the health of its priority. The formulas are Envoy's (priority levels, panic
 * threshold, locality weighted load balancing; whole percents as there); a `spare` of Infinity is what most other products do:
 * the first priority with a server that is up takes everything.
 */
export function stages(pool: Pool): readonly Stage[] {
  let found = known.get(pool);
  if (found === undefined) known.set(pool, (found = findStages(pool)));
  return found;
}

/** Nearly every rule asks it of every pool. */
const known = new WeakMap<Pool, readonly Stage[]>();

/** The servers that get traffic while everything that is not switched off answers. */
export function servingMembers(pool: Pool): readonly Member[] {
  const [first, ...others] = stages(pool);
  if (first === undefined) return [];
  // One array for one pool: rings are kept by it.
  return others.length === 0 ? first.members : others.reduce((all, { members }) => [...all, ...members], first.members);
}

/** Primaries that are up and may get new traffic. Weight 0 takes none; an unknown state or weight is kept, with bounds. */
export function activePrimaries(pool: Pool): Member[] {
  return eligible(pool, (server) => isBackup(server) !== true);
}

/** Backups that would serve once no primary can. */
export function activeBackups(pool: Pool): Member[] {
  return eligible(pool, (server) => isBackup(server) === true);
}

function findStages(pool: Pool): readonly Stage[] {
  const found = prioritiesOf(pool);
  const loads = loadsOf(pool, found);
  return found.flatMap((level, i) => {
    const load = loads[i] ?? 0;
    if (load === 0) return [];
    const standby = level.priority > 0;
    const members = level.panics ? everyone(pool, level.priority) : level.members;
    const serving = standby && pool.spill.standby === 'first' ? members.slice(0, 1) : members;
    if (serving.length === 0) return [];
    // Among all servers, healthy or not, localities are not weighed.
    const pooled = level.panics && pool.zones.value === 'weighted';
    return pooled ? [{ share: load, members: serving, standby }] : byZone(pool, serving, load, standby);
  });
}

interface Level {
  readonly priority: number;
  readonly members: readonly Member[];
  /** All servers of the priority, in whatever state. */
  readonly all: number;
  /** Health in whole percent, 0..100, as far as it counts for the split between priorities. */
  readonly health: number;
  readonly panics: boolean;
}

/** Priorities with servers, lowest first; degraded servers of a priority come behind all that are healthy. */
function prioritiesOf(pool: Pool): Level[] {
  const states = { up: eligible(pool, () => true), degraded: eligible(pool, () => true, 'degraded') };
  const sorted = [...new Set(pool.servers.map(priorityOf))].toSorted((a, b) => a - b);
  const level = (priority: number, state: 'up' | 'degraded'): Level => {
    const of = (members: readonly Member[]): Member[] =>
      members.filter(({ server }) => priorityOf(server) === priority);
    const members = of(states[state]);
    const own = pool.servers.filter((server) => priorityOf(server) === priority && takesPart(server));
    const total = countOf(own.filter(isCounted));
    const available = instancesOf(of(states.up)) + instancesOf(of(states.degraded));
    return {
      priority,
      members,
      all: countOf(own),
      health: healthOf(instancesOf(members), total, pool.spill.spare.value ?? Infinity),
      panics: own.length > 0 && isPanic(pool, available, total),
    };
  };
  const all = [
    ...sorted.map((priority) => level(priority, 'up')),
    ...sorted.map((priority) => level(priority, 'degraded')).filter(({ members }) => members.length > 0),
  ];
  // With a spare factor a priority panics only when all of them cannot carry the whole.
  const carried = all.reduce((sum, { health }) => sum + health, 0);
  const calm = pool.spill.spare.value !== Infinity && carried >= 100;
  return calm ? all.map((one) => ({ ...one, panics: false })) : all;
}

function priorityOf({ priority }: Server): number {
  return priority.value ?? 0;
}

/** A server that drains is on its way out: its priority is as healthy as the others of it are. */
function isCounted({ state }: Server): boolean {
  return state.value !== 'drain';
}

/** Whether a server counts as one of its priority; a weight of 0 takes it out. */
function takesPart({ weight, instances }: Server): boolean {
  return weight.value !== 0 && instances.count.value !== 0;
}

/** Health in whole percent: `min(100, spare * up / total)`. */
export function healthOf(up: number, total: number, spare: number): number {
  if (up === 0) return 0;
  return spare === Infinity ? 100 : Math.min(100, Math.floor((spare * 100 * up) / total + 1e-9));
}

function isPanic(pool: Pool, up: number, total: number): boolean {
  const limit = pool.spill.panicBelow?.value;
  if (limit === undefined) return false;
  // Where all drain, none is healthy.
  return 'share' in limit ? (total === 0 ? 0 : up / total) < limit.share : up < limit.count;
}

/** The part of the traffic, 0..1, of each level. While all panic, the number of their servers decides. */
function loadsOf(pool: Pool, levels: readonly Level[]): number[] {
  const used = levels.filter(({ all }) => all > 0);
  if (used.length > 0 && used.every(({ panics }) => panics)) {
    if (pool.spill.spare.value === Infinity) return levels.map((level) => (level === used[0] ? 1 : 0));
    // Degraded servers are counted with their priority.
    const own = levels.map(({ all }, i) =>
      levels.findIndex((l) => l.priority === levels[i]?.priority) === i ? all : 0,
    );
    const sum = own.reduce((total, all) => total + all, 0);
    return own.map((all) => all / sum);
  }
  return loadsByHealth(levels.map(({ health }) => health));
}

/** `load(P) = min(what is left, health(P) * 100 / sum of health)` in whole percents, as parts 0..1. */
export function loadsByHealth(health: readonly number[]): number[] {
  const total = Math.min(
    100,
    health.reduce((sum, own) => sum + own, 0),
  );
  if (total === 0) return health.map(() => 0);
  let left = 100;
  const last = health.findLastIndex((own) => own > 0);
  return health.map((healthy, i) => {
    const own = i === last ? left : Math.min(left, Math.floor((healthy * 100) / total));
    left -= own;
    return own / 100;
  });
}

/** Every server of a priority that is not taken out by its weight, whatever its health. */
function everyone(pool: Pool, priority: number): Member[] {
  return pool.servers.flatMap((server, index) =>
    priorityOf(server) === priority ? (memberOf(pool, server, index, true) ?? []) : [],
  );
}

function byZone(pool: Pool, members: readonly Member[], load: number, standby: boolean): Stage[] {
  const use = pool.zones.value;
  const whole: Stage = { share: load, members, standby };
  if (use === 'pooled') return [whole];
  const zones = new Map<string | undefined, Member[]>();
  for (const member of members) appendTo(zones, zoneOf(member.server, use), member);
  // Servers in unknown zones may each be alone in theirs.
  const astray = members.length > 1 && use === 'separate' ? members.filter(({ server }) => isAstray(server)) : [];
  if (astray.length > 0) return members.map((member) => ({ share: ANY, members: [member], standby }));
  const groups = [...zones.values()];
  if (groups.length === 1) return [whole];
  // Where a server without a zone is, nobody knows.
  const open = use === undefined || use === 'nearest' || (use === 'separate' && zones.has(undefined));
  if (open) return groups.map((own) => ({ share: ANY, members: own, standby }));
  const sizes = groups.map((own) => (use === 'separate' ? zoneSize(own) : localitySize(pool, own)));
  // Where no locality has a weight none is weighed.
  if (sizes.every(({ high }) => high === 0)) return [whole];
  return partsOf(sizes).flatMap((part, i) => {
    const share = times(part, load);
    return share === 0 ? [] : [{ share, members: groups[i] ?? [], standby }];
  });
}

const ANY: Bounds = { low: 0, high: 1 };

function zoneOf({ zone, locality }: Server, use: Pool['zones']['value']): string | undefined {
  return use === 'weighted' ? (locality?.name ?? '') : zone === undefined ? locality?.name : zone.value;
}

/** In a zone that the file does not say. */
function isAstray({ zone }: Server): boolean {
  return zone !== undefined && zone.value === undefined;
}

/** One for each zone; none while nobody in it may be in use. */
function zoneSize(members: readonly Member[]): Bounds {
  return { low: members.some(({ bounds }) => bounds.low > 0) ? 1 : 0, high: 1 };
}

/** `weight * min(1, spare * available / total)`. A locality without weight gets nothing. */
function localitySize(pool: Pool, members: readonly Member[]): Bounds {
  const [first] = members;
  if (first === undefined) return { low: 0, high: 0 };
  const { locality } = first.server;
  const spare = pool.spill.spare.value ?? Infinity;
  const all = countOf(
    pool.servers.filter(
      (server) =>
        takesPart(server) &&
        isCounted(server) &&
        server.locality?.name === locality?.name &&
        priorityOf(server) === priorityOf(first.server),
    ),
  );
  const available = spare === Infinity ? 1 : Math.min(1, (spare * instancesOf(members)) / all);
  const weight = locality?.weight === undefined ? 0 : locality.weight.value;
  const sure = members.some(({ bounds }) => bounds.low > 0);
  return { low: sure ? (weight ?? 0) * available : 0, high: (weight ?? Infinity) * available };
}

function eligible(pool: Pool, wanted: (server: Server) => boolean, state: 'up' | 'degraded' = 'up'): Member[] {
  return pool.servers.flatMap((server, index) => {
    const is = server.state.value;
    if (!wanted(server) || (is === undefined ? state !== 'up' : is !== state)) return [];
    return memberOf(pool, server, index, is !== undefined && server.priority.value !== undefined) ?? [];
  });
}

/** Undefined for a server that gets nothing whatever its state: weight 0, or no instance. `sure` = it is certainly in use. */
function memberOf(pool: Pool, server: Server, index: number, sure: boolean): Member | undefined {
  const { min, max } = pool.dialect.weights;
  const weight = server.weight.value;
  const count = server.instances.count.value;
  if (weight === 0 || count === 0) return undefined;
  const filled = !mayBeEmpty(pool, server);
  const low = sure && filled ? (weight ?? min) * (count ?? 1) : 0;
  const high = (weight ?? max) * (count ?? Infinity);
  return {
    index,
    server,
    weight: weight === undefined || count === undefined || !filled ? undefined : weight * count,
    bounds: { low, high },
  };
}

/** A template of discovered servers has as many slots; how many are filled is found out at run time, and counts beside others. */
function mayBeEmpty({ dynamic, servers }: Pool, { instances }: Server): boolean {
  return dynamic && (instances.count.value ?? 1) > 1 && servers.length > 1;
}

/** How many servers these are, instances of one line counted each; one where their number is not known. */
export function instancesOf(found: readonly Member[]): number {
  return countOf(found.map(({ server }) => server));
}

function countOf(servers: readonly Server[]): number {
  return servers.reduce((sum, { instances }) => sum + (instances.count.value ?? 1), 0);
}

/** How many servers get traffic while everything answers; null when the config does not say. */
export function activeServers(pool: Pool): number | null {
  return pool.dynamic || unreadable(pool) !== undefined ? null : instancesOf(servingMembers(pool));
}

/**
 * Why the split of these servers is not known exactly; undefined when it is. `members`: there may be servers that are not read;
 * `division`: when other priorities take over is not written.
 */
export function unreadable(pool: Pool): 'state' | 'weight' | 'count' | 'priority' | 'members' | 'division' | undefined {
  const { spare, panicBelow } = pool.spill;
  for (const server of pool.servers) {
    const state = server.state.value;
    if (state === undefined) return 'state';
    if (server.priority.value === undefined) return 'priority';
    if ((state === 'down' || state === 'drain') && panicBelow === undefined) continue;
    if (server.weight.value === undefined) return 'weight';
    if (server.instances.count.value === undefined) return 'count';
    if (mayBeEmpty(pool, server)) return 'count';
  }
  const divided = hasPriorities(pool) || pool.zones.value === 'weighted';
  if (spare.value === undefined && divided) return 'division';
  const someOut = pool.servers.some(({ state }) => state.value !== 'up');
  if (panicBelow !== undefined && panicBelow.value === undefined && someOut) return 'division';
  return mayHaveMore(pool) ? 'members' : undefined;
}

/** Whether there may be servers or settings that are not read. */
function mayHaveMore(pool: Pool): boolean {
  if (pool.unknowns.length === 0) return false;
  // What is unknown on a known server's line, in the pool's header or in its method adds no server.
  const read = [pool.at, pool.algorithm.at, ...pool.servers.map((server) => server.at)];
  return !pool.unknowns.every(({ at }) => read.some((span) => within(at, span)));
}

/** Whether servers that no stage has may serve all the same, because of what the config does not say. */
export function isOpen(pool: Pool): boolean {
  const unread = unreadable(pool);
  if (unread === undefined) return false;
  if (unread === 'priority' || unread === 'division' || mayHaveMore(pool)) return true;
  // A weight, however large, takes nobody out.
  if (unread === 'weight') return false;
  const { spare, panicBelow } = pool.spill;
  // Where the first priority keeps everything, one server that is certainly in use is enough.
  if (spare.value === Infinity && panicBelow === undefined)
    return stages(pool).every(({ members }) => members.every(({ bounds }) => bounds.low === 0));
  return hasPriorities(pool) || panicBelow !== undefined;
}

function hasPriorities({ servers }: Pool): boolean {
  return servers.some((server) => priorityOf(server) !== priorityOf(servers[0] ?? server));
}
