import type { Pool, Server } from '../../model/config.ts';
import { list, name, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'tls-mismatch',
  title: 'A port for TLS is spoken to in TLS',
  severity: 'warning',
  formats: ['haproxy', 'nginx', 'neutral'],
  scope: 'config',
  *check({ config }) {
    for (const pool of config.pools) {
      const plain = pool.servers.filter((server) => isPlain(pool, server));
      const [first] = plain;
      if (first === undefined) continue;
      yield {
        at: first.at,
        pool: pool.name,
        what: say`${name(pool.name)} speaks plain HTTP to port 443 of ${list(
          plain.map((server) => server.name),
          4,
        )}.`,
        why: WHY,
        fix:
          pool.format === 'haproxy'
            ? say`Add ${'ssl verify required ca-file PATH'} to the server, or write the plain port.`
            : say`Write ${'protocol: https'}, or the plain port.`,
      };
    }
  },
});

const WHY = say`A TLS port answers plain requests with an error or closes the connection, so they fail.`;

function isPlain(pool: Pool, { port, options }: Server): boolean {
  if (port?.value !== 443 || pool.protocol !== 'http') return false;
  if (pool.format === 'haproxy') return !options.has('ssl');
  return pool.format === 'neutral' && !pool.options.has('protocol');
}
