import { count, duration, say } from '../../text/say.ts';
import { isPrimaryUp, placeKey } from '../shared/lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'long-penalty',
  title: 'A server that failed once is soon tried again',
  severity: 'warning',
  options: {
    'notice-above': { type: 'duration', default: 30_000, describe: 'Longest ejection without a notice.' },
    'warn-above': { type: 'duration', default: 60_000, describe: 'Longest ejection without a warning.' },
  },
  scope: 'pool',
  *check({ pool, options }) {
    // nginx never ejects the only server; what is never ejected has no penalty.
    const servers = pool.servers.filter((server) => isPrimaryUp(server) && server.passiveCheck?.maxFails.value !== 0);
    if (pool.servers.filter(isPrimaryUp).length < 2) return;
    const seen = new Set<string>();
    for (const { name: server, passiveCheck } of servers) {
      const penalty = passiveCheck?.ejectMs;
      const ms = penalty?.value;
      if (!penalty?.written || ms === undefined || ms <= options['notice-above']) continue;
      const key = pool.dialect.format === 'nginx' ? String(ms) : placeKey(penalty.at);
      if (seen.has(key)) continue;
      seen.add(key);
      const fails = passiveCheck?.maxFails.value;
      yield {
        at: penalty.at,
        pool: pool.name,
        ...(pool.dialect.format === 'nginx' ? { server } : {}),
        severity: ms > options['warn-above'] ? 'warning' : 'notice',
        what: say`After ${fails === undefined ? say`some failures` : count(fails, 'failed request')} a server of ${pool.name} gets no traffic for ${duration(ms)}.`,
        why: say`A short hiccup moves the server's whole share to the others for that long, however healthy it is again.`,
        fix:
          pool.dialect.format === 'nginx'
            ? say`Write ${'max_fails=3 fail_timeout=10s'}; nginx tries one request again after each ${'fail_timeout'}.`
            : say`Write ${'ejectFor: 10s'}.`,
      };
    }
  },
});
