import type { Pool, Server } from '../model/config.ts';
import type { Span } from '../model/span.ts';

/** A server that takes part in the split, with its weight times its count; weight undefined = the config does not tell. */
export interface Member {
  readonly index: number;
  readonly server: Server;
  readonly weight: number | undefined;
}

/** Primaries that are up and may get new traffic. Weight 0 takes none; an unknown state or weight is kept and spoils the prediction. */
export function activePrimaries(pool: Pool): Member[] {
  return members(pool, (server) => server.tier.value !== 'backup');
}

/** Backups that would serve once no primary can. */
export function activeBackups(pool: Pool): Member[] {
  return members(pool, (server) => server.tier.value === 'backup');
}

/**
 * The servers that get traffic while everything that is not switched off answers.
 * Without an active primary the backups serve: all of them by weight (nginx, `option allbackups`), else the first only.
 */
export function servingMembers(pool: Pool): readonly Member[] {
  let found = serving.get(pool);
  if (found === undefined) serving.set(pool, (found = findServing(pool)));
  return found;
}

/** Nearly every rule asks it of every pool. */
const serving = new WeakMap<Pool, readonly Member[]>();

function findServing(pool: Pool): readonly Member[] {
  const primaries = activePrimaries(pool);
  if (primaries.length > 0) return primaries;
  const backups = activeBackups(pool);
  return pool.allBackups ? backups : backups.slice(0, 1);
}

/** nginx's hashes and random draws look at primaries only: once none is up, the backups take turns. */
export function backupsTakeTurns(pool: Pool, serving: readonly Member[]): boolean {
  if (pool.format !== 'nginx' || serving[0]?.server.tier.value !== 'backup') return false;
  const { kind = 'unknown', mapping } = pool.algorithm.value ?? {};
  return mapping !== undefined || kind === 'random' || kind === 'random-two-choices';
}

function members(pool: Pool, wanted: (server: Server) => boolean): Member[] {
  const found: Member[] = [];
  pool.servers.forEach((server, index) => {
    if (!wanted(server) || (server.state.value !== undefined && server.state.value !== 'up')) return;
    const weight = server.weight.value;
    const count = server.count.value;
    if (weight === 0 || count === 0) return;
    found.push({ index, server, weight: weight === undefined || count === undefined ? undefined : weight * count });
  });
  return found;
}

/** How many servers these are, instances of a template counted each; one where their number is not known. */
export function instancesOf(found: readonly Member[]): number {
  return found.reduce((sum, { server }) => sum + (server.count.value ?? 1), 0);
}

/** How many servers get traffic while everything answers; null when the config does not tell. */
export function activeServers(pool: Pool): number | null {
  return pool.dynamic || unreadable(pool) !== undefined ? null : instancesOf(servingMembers(pool));
}

/** Why the split of these servers cannot be told; undefined when it can. `members`: there may be servers that are not read. */
export function unreadable(pool: Pool): 'state' | 'weight' | 'count' | 'tier' | 'members' | undefined {
  for (const server of pool.servers) {
    if (server.state.value === undefined) return 'state';
    if (server.tier.value === undefined) return 'tier';
    if (server.state.value !== 'up') continue;
    if (server.weight.value === undefined) return 'weight';
    if (server.count.value === undefined) return 'count';
    // A template of discovered servers has as many slots; how many are filled is found out at run time.
    if (pool.dynamic && server.count.value > 1 && pool.servers.length > 1) return 'count';
  }
  if (pool.unknowns.length === 0) return undefined;
  // What is unknown on a known server's line, in the pool's header or in its method adds no server.
  const told = [pool.at, pool.algorithm.at, ...pool.servers.map((server) => server.at)];
  return pool.unknowns.every(({ at }) => told.some((span) => within(at, span))) ? undefined : 'members';
}

function within(inner: Span, outer: Span): boolean {
  return inner.source === outer.source && inner.start >= outer.start && inner.end <= outer.end;
}
