import { placeKey } from '../../model/span.ts';
import { count, duration, say } from '../../text/say.ts';
import { isPrimaryUp } from '../shared/lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'long-penalty',
  title: 'A failed server is retried soon',
  severity: 'warning',
  options: {
    'notice-above': { type: 'duration', default: 30_000, describe: 'Maximum ejection time before it is a notice.' },
    'warn-above': { type: 'duration', default: 60_000, describe: 'Maximum ejection time before it is a warning.' },
  },
  scope: 'pool',
  *check({ pool, options }) {
    // The only server is never ejected, and what is never ejected has no penalty.
    const servers = pool.servers.filter((server) => isPrimaryUp(server) && server.passiveCheck?.maxFails.value !== 0);
    if (pool.servers.filter(isPrimaryUp).length < 2) return;
    const fix = pool.dialect.advice.ejectBriefly;
    if (fix === undefined) return;
    const seen = new Set<string>();
    for (const { name: server, passiveCheck } of servers) {
      const penalty = passiveCheck?.ejectMs;
      const ms = penalty?.value;
      if (!penalty?.written || ms === undefined || ms <= options['notice-above']) continue;
      const own = passiveCheck !== pool.passiveCheck;
      const key = own ? String(ms) : placeKey(penalty.at);
      if (seen.has(key)) continue;
      seen.add(key);
      const fails = passiveCheck?.maxFails.value;
      yield {
        at: penalty.at,
        pool: pool.name,
        ...(own ? { server } : {}),
        severity: ms > options['warn-above'] ? 'warning' : 'notice',
        what: say`After ${fails === undefined ? say`some failures` : count(fails, 'failed request')} a server of ${pool.name} gets no traffic for ${duration(ms)}.`,
        why: say`After a brief failure, the others carry the server's whole share for that time, even if it is healthy again.`,
        fix,
      };
    }
  },
});
