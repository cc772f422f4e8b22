import type { Pool, Server } from '../../model/pool.ts';
import type { Listener } from '../../model/route.ts';
import { name, say } from '../../text/say.ts';
import { isLoopback } from '../../text/hosts.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'self-loop',
  title: 'No pool sends requests back to its own balancer',
  severity: 'error',
  scope: 'config',
  *check({ config }) {
    const pools = new Map(config.pools.map((pool) => [pool.name, pool]));
    const listeners = new Map<number, Listener[]>();
    for (const listener of config.listeners) {
      const others = listeners.get(listener.port);
      if (others) others.push(listener);
      else listeners.set(listener.port, [listener]);
    }
    for (const pool of config.pools) {
      for (const server of pool.servers) {
        if (server.state.value !== 'up') continue;
        const loop = wayBack(pool, server, pools, listeners);
        if (loop === undefined) continue;
        yield {
          at: server.at,
          pool: pool.name,
          server: server.name,
          related: [{ at: loop.at, note: say`listens on that address and leads back to ${name(pool.name)}` }],
          what: say`${name(server.name)} of ${name(pool.name)} is the balancer's own port ${String(server.port?.value ?? '')}, which leads back to ${name(pool.name)}.`,
          why: say`Each such request comes back as a new one until connections run out, and other requests fail too.`,
          fix: say`Set the address of the application server.`,
        };
      }
    }
  },
});

/** The listener through which a request to this server comes back to its pool for certain, over any number of hops. */
function wayBack(
  pool: Pool,
  server: Server,
  pools: ReadonlyMap<string, Pool>,
  listeners: ReadonlyMap<number, readonly Listener[]>,
): Listener | undefined {
  const first = listenerAt(server, listeners);
  const visited = new Set<string>();
  for (let listener = first; listener !== undefined;) {
    const [next, ...others] = new Set(listener.leadsTo);
    if (next === undefined || others.length > 0 || visited.has(next)) return undefined;
    if (next === pool.name) return first;
    visited.add(next);
    const [only, ...more] = pools.get(next)?.servers ?? [];
    listener = only === undefined || more.length > 0 ? undefined : listenerAt(only, listeners);
  }
  return undefined;
}

/** The one listener that a connection to this server's address reaches on the balancer itself. */
function listenerAt(server: Server, listeners: ReadonlyMap<number, readonly Listener[]>): Listener | undefined {
  const { address, port } = server;
  if (address === undefined || port?.value === undefined) return undefined;
  const here = (listeners.get(port.value) ?? []).filter(({ host }) =>
    host === '*' || host === '0.0.0.0' || host === '::' ? isLoopback(address) : host === address,
  );
  return here.length === 1 ? here[0] : undefined;
}
