import { servingMembers } from '../../compare/stages.ts';
import { count, name, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

/** A limit is odd when the usual one of the pool is this many times larger. */
const TIMES = 10;

export const rule = defineRule({
  id: 'tiny-connection-limit',
  title: 'No server has a far lower connection limit than the others',
  severity: 'warning',
  covers: { 'limit-lowered': 'server' },
  options: {
    'min-connections': { type: 'number', default: 5, describe: 'Minimum connection limit.' },
  },
  scope: 'pool',
  *check({ pool, options }) {
    const limits = servingMembers(pool).map(({ server }) => ({
      server,
      limit: server.maxConnections,
      // 0 and no limit are the same.
      most: server.maxConnections ? server.maxConnections.value || undefined : Infinity,
    }));
    const known = limits.flatMap(({ most }) => (most === undefined ? [] : [most]));
    const usual = known.toSorted((a, b) => a - b)[Math.floor(known.length / 2)] ?? 0;
    for (const { server, limit, most } of limits) {
      if (limit === undefined || most === undefined || most >= options['min-connections']) continue;
      if (known.length < 2 || usual < most * TIMES) continue;
      yield {
        at: limit.at,
        server: server.name,
        what: say`${name(server.name)} of ${name(pool.name)} accepts at most ${count(most, 'connection')} at a time; ${usual === Infinity ? say`most servers of the pool have no limit` : say`the usual limit in the pool is ${usual}`}.`,
        why: pool.dialect.whenFull,
        fix: say`Set the limit to what the server can handle, or remove the server if it should get no traffic.`,
      };
    }
  },
});
