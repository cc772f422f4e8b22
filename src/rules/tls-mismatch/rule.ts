import type { Pool, Server } from '../../model/pool.ts';
import type { Reference } from '../../model/route.ts';
import type { Text } from '../../model/text.ts';
import { list, name, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'tls-mismatch',
  title: 'A port for TLS is spoken to in TLS',
  severity: 'warning',
  scope: 'config',
  *check({ config }) {
    for (const pool of config.pools) {
      const plain = pool.servers.filter((server) => isPlain(pool, server));
      const [first] = plain;
      if (first === undefined) continue;
      yield {
        at: first.at,
        pool: pool.name,
        what: say`${name(pool.name)} speaks plain HTTP to port 443 of ${names(plain)}.`,
        why: WHY,
        fix:
          pool.dialect.format === 'haproxy'
            ? say`Add ${'ssl verify required ca-file PATH'} to the server, or write the plain port.`
            : say`Write ${'protocol: https'}, or the plain port.`,
      };
    }
    const pools = new Map(config.pools.map((pool) => [pool.name, pool]));
    for (const reference of config.references) {
      const servers = plainTargets(reference, pools);
      if (servers === undefined) continue;
      const { kind, at, pool } = reference;
      yield {
        at,
        ...(pool === undefined ? {} : { pool }),
        what: say`${kind} speaks plain HTTP to port 443 of ${servers}.`,
        why: WHY,
        fix: say`Write ${'https://'} in ${kind}, or the plain port.`,
      };
    }
  },
});

const WHY = say`A TLS port answers plain requests with an error or closes the connection, so they fail.`;

/** HAProxy and the neutral format say with the pool whether they speak TLS. */
function isPlain(pool: Pool, { port, options }: Server): boolean {
  if (port?.value !== 443 || pool.protocol !== 'http') return false;
  if (pool.dialect.format === 'haproxy') return !options.has('ssl');
  return pool.dialect.format === 'neutral' && !pool.options.has('protocol');
}

/** nginx says it where it passes requests on. The servers on the TLS port; undefined when there are none. */
function plainTargets({ pool, address, options }: Reference, pools: ReadonlyMap<string, Pool>): Text | undefined {
  if (options.get('scheme')?.value !== 'http') return undefined;
  const target = pools.get(pool ?? '');
  if (target === undefined) return address?.port === 443 ? name(address.host) : undefined;
  const servers = target.servers.filter(({ port }) => port?.value === 443);
  return servers.length > 0 ? names(servers) : undefined;
}

function names(servers: readonly Server[]): Text {
  return list(
    servers.map((server) => server.name),
    4,
  );
}
