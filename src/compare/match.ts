import type { Config } from '../model/config.ts';
import { unscoped } from '../model/keys.ts';
import type { Pool, Server } from '../model/pool.ts';

/** A thing of base and its counterpart in head; one of them may be missing. */
export interface Pair<T> {
  readonly base: T | undefined;
  readonly head: T | undefined;
}

export interface PlacedPool {
  readonly pool: Pool;
  readonly config: Config;
}

/** Every pool with the config it stands in. */
export function placedPools(configs: readonly Config[]): PlacedPool[] {
  return configs.flatMap((config) => config.pools.map((pool) => ({ pool, config })));
}

/**
 * Pairs pools of one product: by key, then by file and name, then by name (a pool that moved to another file), then by equal server
 * addresses (a pool that was renamed). Head order first, then what is gone.
 */
export function matchPools(base: readonly PlacedPool[], head: readonly PlacedPool[]): Pair<PlacedPool>[] {
  const where = (placed: PlacedPool): string => `${unscoped(placed.pool.key)} ${placed.pool.at.source.path}`;
  const name = (placed: PlacedPool): string => `${unscoped(placed.pool.key)} ${placed.pool.protocol}`;
  const servers = (placed: PlacedPool): string | undefined =>
    placed.pool.servers.length === 0
      ? undefined
      : [placed.pool.dialect.format, ...placed.pool.servers.map(addressOf).toSorted()].join(' ');
  return matchBy(base, head, [({ pool }) => pool.key, where, name, servers]);
}

/** One name for a config of base and its counterpart in head: that of the same path, else the one that its pools moved to. */
export function placesOf(
  base: readonly Config[],
  head: readonly Config[],
  pools: readonly Pair<PlacedPool>[],
): ReadonlyMap<Config, string> {
  const places = new Map(head.map((config) => [config, config.path] as const));
  const paths = new Set(head.map(({ path }) => path));
  for (const config of base) {
    const moved = paths.has(config.path) ? undefined : pools.find((pair) => pair.base?.config === config && pair.head);
    places.set(config, moved?.head?.config.path ?? config.path);
  }
  return places;
}

/**
 * Pairs servers by name, then by address and port (a server that was renamed). A server that has no name but its address
 * (nginx) is still itself on another port of its host, or on another host at its port, while no other server of either
 * revision has that host, or that port.
 */
export function matchServers(base: readonly Server[], head: readonly Server[]): Pair<Server>[] {
  const host = (server: Server): string | undefined =>
    isNameless(server) && server.port?.value !== undefined ? server.address?.toLowerCase() : undefined;
  const port = (server: Server): string | undefined =>
    isNameless(server) ? server.port?.value?.toString() : undefined;
  return matchBy(base, head, [
    (server) => server.name,
    (server) => (server.address === undefined ? undefined : addressOf(server)),
    unambiguous(host, base, head),
    unambiguous(port, base, head),
  ]);
}

function isNameless({ name, address }: Server): boolean {
  return address !== undefined && (name.startsWith(`${address}:`) || name.startsWith(`[${address}]:`));
}

/** A key that no two servers of one revision share. */
function unambiguous(
  keyOf: (server: Server) => string | undefined,
  ...revisions: readonly (readonly Server[])[]
): (server: Server) => string | undefined {
  const shared = new Set<string>();
  for (const servers of revisions) {
    const seen = new Set<string>();
    for (const server of servers) {
      const key = keyOf(server);
      if (key === undefined) continue;
      if (seen.has(key)) shared.add(key);
      seen.add(key);
    }
  }
  return (server) => {
    const key = keyOf(server);
    return key === undefined || shared.has(key) ? undefined : key;
  };
}

/** `address:port`, the same for equal addresses however they are written. */
export function addressOf(server: Server): string {
  return `${(server.address ?? '?').toLowerCase()}:${server.port?.value ?? ''}`;
}

/** Pairs two lists by the first key under which both sides are still unpaired; equal keys pair in order. */
export function matchBy<T>(
  base: readonly T[],
  head: readonly T[],
  keys: readonly ((item: T) => string | undefined)[],
): Pair<T>[] {
  const baseOf = new Map<T, T>();
  let freeBase = [...base];
  for (const key of keys) {
    const waiting = new Map<string, T[]>();
    for (const item of freeBase) {
      const k = key(item);
      if (k === undefined) continue;
      const queue = waiting.get(k);
      if (queue) queue.push(item);
      else waiting.set(k, [item]);
    }
    const taken = new Set<T>();
    for (const item of head) {
      if (baseOf.has(item)) continue;
      const k = key(item);
      const found = k === undefined ? undefined : waiting.get(k)?.shift();
      if (found === undefined) continue;
      baseOf.set(item, found);
      taken.add(found);
    }
    freeBase = freeBase.filter((item) => !taken.has(item));
  }
  return [
    ...head.map((item) => ({ base: baseOf.get(item), head: item })),
    ...freeBase.map((item) => ({ base: item, head: undefined })),
  ];
}
