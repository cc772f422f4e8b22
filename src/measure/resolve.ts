import type { Pool } from '../model/pool.ts';
import type { ProbePorts } from '../probe/request.ts';
import type { Resolved } from './known-servers.ts';

/** Names of servers that are looked up at most. */
const MOST_NAMES = 64;
/** For all names together, ms: one after another, so that a dead resolver is asked once. */
const LOOKUP_MS = 500;
const NAME = /^(?=.*[a-z])[a-z0-9_.-]{1,253}$/i;

/**
 * The addresses of the servers' host names, which answers may show instead of the names. Names that do not resolve, or not
 * in time, are left out. Never rejects.
 */
export async function resolveServers(
  pools: readonly Pool[],
  ports: Pick<ProbePorts, 'lookup' | 'sleep' | 'now'>,
): Promise<Resolved> {
  const hosts = new Set(pools.flatMap((pool) => pool.servers.map((server) => server.address ?? '')));
  const until = ports.now() + LOOKUP_MS;
  const found = new Map<string, readonly string[]>();
  for (const host of [...hosts].filter((name) => NAME.test(name)).slice(0, MOST_NAMES)) {
    const left = until - ports.now();
    if (left <= 0) break;
    const late = ports.sleep(left).then((): readonly string[] => []);
    const addresses = await Promise.race([ports.lookup(host).catch((): readonly string[] => []), late]);
    if (addresses.length > 0) found.set(host, addresses);
  }
  return found;
}
