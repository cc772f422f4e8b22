import { isBackup, type Pool, type Server } from '../model/pool.ts';
import type { Bounds } from '../model/share.ts';
import { within } from './spans.ts';

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
  /** The part of the pool's traffic, 0..1; null where the config does not say how it is divided. */
  readonly share: number | null;
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
  const levels = levelsOf(pool);
  const loads = loadsOf(levels);
  const first = levels.findIndex((_, i) => loads[i] !== 0);
  return levels.flatMap((level, i) => {
    const load = loads[i] ?? 0;
    if (load === 0) return [];
    const standby = i > first || level.priority > 0;
    const members = level.panics ? everyone(pool, level.priority) : level.members;
    const serving = standby && pool.spill.standby === 'first' ? members.slice(0, 1) : members;
    return serving.length === 0 ? [] : byZone(pool, serving, load, standby);
  });
}

interface Level {
  readonly priority: number;
  readonly members: readonly Member[];
  /** Health in whole percent, 0..100, as far as it counts for the split between priorities. */
  readonly health: number;
  readonly panics: boolean;
}

/** Priorities with servers, lowest first; degraded servers of a priority come behind all that are healthy. */
function levelsOf(pool: Pool): Level[] {
  const healthy = eligible(pool, () => true);
  const degraded = eligible(pool, () => true, 'degraded');
  const priorities = new Set(pool.servers.map(({ priority }) => priority.value ?? 0));
  const sorted = [...priorities].toSorted((a, b) => a - b);
  const of = (members: readonly Member[], priority: number): Member[] =>
    members.filter(({ server }) => (server.priority.value ?? 0) === priority);
  const level = (priority: number, members: readonly Member[]): Level => {
    const all = pool.servers.filter((server) => (server.priority.value ?? 0) === priority && server.weight.value !== 0);
    const up = instancesOf(members);
    const total = all.reduce((sum, server) => sum + (server.instances.count.value ?? 1), 0);
    const spare = pool.spill.spare.value ?? Infinity;
    const health =
      up === 0 ? 0 : spare === Infinity ? 100 : Math.min(100, Math.floor((spare * 100 * up) / total + 1e-9));
    return { priority, members, health, panics: isPanic(pool, up, total) };
  };
  return [
    ...sorted.map((priority) => level(priority, of(healthy, priority))),
    ...sorted.map((priority) => level(priority, of(degraded, priority))).filter(({ members }) => members.length > 0),
  ].map((one, _, all) => {
    // With a spare factor a priority panics only when the others cannot carry what it cannot.
    const total = all.reduce((sum, { health }) => sum + health, 0);
    return pool.spill.spare.value === Infinity || total < 100 ? one : { ...one, panics: false };
  });
}

function isPanic(pool: Pool, up: number, total: number): boolean {
  const limit = pool.spill.panicBelow?.value;
  if (limit === undefined) return false;
  return 'share' in limit ? total > 0 && up / total < limit.share : up < limit.count;
}

/** The part of the traffic of each level: `load(P) = min(what is left, health(P) * 100 / sum of health)`, whole percents. */
function loadsOf(levels: readonly Level[]): (number | null)[] {
  const total = Math.min(
    100,
    levels.reduce((sum, { health }) => sum + health, 0),
  );
  if (total === 0) {
    // Everybody is down: with a panic threshold the first priority gets it all, else nobody answers.
    return levels.map(({ panics }, i) => (i === 0 && panics ? 1 : 0));
  }
  let left = 100;
  const last = levels.findLastIndex(({ health }) => health > 0);
  return levels.map(({ health }, i) => {
    const own = i === last ? left : Math.min(left, Math.floor((health * 100) / total));
    left -= own;
    return own / 100;
  });
}

/** Every server of a priority that is not taken out by its weight, whatever its health. */
function everyone(pool: Pool, priority: number): Member[] {
  return pool.servers.flatMap((server, index) =>
    (server.priority.value ?? 0) === priority ? (memberOf(pool, server, index, true) ?? []) : [],
  );
}

function byZone(pool: Pool, members: readonly Member[], load: number, standby: boolean): Stage[] {
  const use = pool.zones.value;
  const whole: Stage = { share: load, members, standby };
  if (use === 'pooled') return [whole];
  const zones = new Map<string, Member[]>();
  for (const member of members) {
    const zone = zoneOf(member.server, use);
    const list = zones.get(zone);
    if (list) list.push(member);
    else zones.set(zone, [member]);
  }
  if (zones.size === 1) return [whole];
  if (use === undefined || use === 'nearest')
    return [...zones.values()].map((own) => ({ share: null, members: own, standby }));
  const sizes = [...zones.values()].map((own) => (use === 'separate' ? 1 : localitySize(pool, own)));
  if (sizes.includes(undefined)) return [...zones.values()].map((own) => ({ share: null, members: own, standby }));
  const total = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  return [...zones.values()].flatMap((own, i) => {
    const share = total === 0 ? 0 : (load * (sizes[i] ?? 0)) / total;
    return share === 0 ? [] : [{ share, members: own, standby }];
  });
}

function zoneOf({ zone, locality }: Server, use: Pool['zones']['value']): string {
  return use === 'weighted' ? (locality?.name ?? '') : (zone?.value ?? locality?.name ?? '');
}

/** `weight * min(1, spare * available / total)`; undefined where the weight is not written. A locality without weight gets nothing. */
function localitySize(pool: Pool, members: readonly Member[]): number | undefined {
  const [first] = members;
  const locality = first?.server.locality;
  if (locality?.weight !== undefined && locality.weight.value === undefined) return undefined;
  const weight = locality?.weight?.value ?? 0;
  const spare = pool.spill.spare.value ?? Infinity;
  if (spare === Infinity) return weight;
  const all = pool.servers.filter(
    (server) => server.locality?.name === locality?.name && server.priority.value === first?.server.priority.value,
  );
  return weight * Math.min(1, (spare * members.length) / all.length);
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
  return found.reduce((sum, { server }) => sum + (server.instances.count.value ?? 1), 0);
}

/** How many servers get traffic while everything answers; null when the config does not say. */
export function activeServers(pool: Pool): number | null {
  return pool.dynamic || unreadable(pool) !== undefined ? null : instancesOf(servingMembers(pool));
}

/** Why the split of these servers is not known exactly; undefined when it is. `members`: there may be servers that are not read. */
export function unreadable(pool: Pool): 'state' | 'weight' | 'count' | 'priority' | 'members' | undefined {
  for (const server of pool.servers) {
    if (server.state.value === undefined) return 'state';
    if (server.priority.value === undefined) return 'priority';
    if (server.state.value !== 'up') continue;
    if (server.weight.value === undefined) return 'weight';
    if (server.instances.count.value === undefined) return 'count';
    if (mayBeEmpty(pool, server)) return 'count';
  }
  if (pool.unknowns.length === 0) return undefined;
  // What is unknown on a known server's line, in the pool's header or in its method adds no server.
  const read = [pool.at, pool.algorithm.at, ...pool.servers.map((server) => server.at)];
  return pool.unknowns.every(({ at }) => read.some((span) => within(at, span))) ? undefined : 'members';
}
