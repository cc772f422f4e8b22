import type { Pool, Server } from '../../model/pool.ts';
import type { Reference } from '../../model/route.ts';
import type { Text } from '../../model/text.ts';
import { list, name, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'tls-mismatch',
  title: 'Connections to TLS ports use TLS',
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
        fix: pool.dialect.advice.speakTls,
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
        fix: config.dialect.advice.speakTls,
      };
    }
  },
});

const WHY = say`A TLS port answers plain requests with an error or closes the connection, so they fail.`;

/** What the pool itself says. */
function isPlain(pool: Pool, { port, tls }: Server): boolean {
  return port?.value === 443 && pool.protocol === 'http' && tls?.value === false;
}

/** What is said where requests are passed on. The servers on the TLS port; undefined when there are none. */
function plainTargets({ pool, address, tls }: Reference, pools: ReadonlyMap<string, Pool>): Text | undefined {
  if (tls !== false) return undefined;
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
