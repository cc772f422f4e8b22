import type { HealthCheck, Server } from '../../model/pool.ts';
import { duration, name, say } from '../../text/say.ts';
import { parseDuration } from '../../text/units.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'slow-detection',
  title: 'A dead server is taken out in time',
  severity: 'warning',
  options: {
    'max-time': {
      type: 'duration',
      default: 90_000,
      describe: 'Longest time until a dead server is out; a third of it is already noticed.',
    },
  },
  scope: 'pool',
  *check({ pool, options }) {
    const limit = options['max-time'];
    const times = pool.servers.flatMap((server) => {
      const ms = server.state.value === 'up' ? detectionMs(server) : undefined;
      return ms === undefined || !server.activeCheck ? [] : [{ server, check: server.activeCheck, ms }];
    });
    const slowest = times.toSorted((a, b) => b.ms - a.ms)[0];
    if (slowest === undefined || slowest.ms <= limit / 3) return;
    const { server, check, ms } = slowest;
    const shorter = pool.dialect.format === 'haproxy' ? 'inter 2s fall 3' : 'interval: 5s';
    yield {
      at: check.intervalMs?.at ?? check.at,
      ...(ms > limit ? {} : { severity: 'notice' as const }),
      what: say`A dead server of ${name(pool.name)} is found after up to ${duration(ms)}: ${timesOf(check)} on ${name(server.name)}.`,
      why: say`Until then it keeps its share, and the requests sent to it fail or wait.`,
      fix: say`Check more often, for example ${shorter}.`,
    };
  },
});

/** Longest time in ms from a failure to the server's removal; undefined when the file does not tell. */
function detectionMs(server: Server): number | undefined {
  const check = server.activeCheck;
  const interval = check?.intervalMs?.value;
  const fall = check?.fall?.value;
  if (check === undefined || interval === undefined || fall === undefined) return undefined;
  if (check.type === 'agent' || server.options.has('track')) return undefined;
  // Failing requests take it out before the check does.
  const fails = server.passiveCheck?.maxFails;
  if ((fails !== undefined && fails.value !== 0) || server.options.has('observe')) return undefined;
  const fast = server.options.get('fastinter');
  const next = fast === undefined ? interval : milliseconds(fast.value ?? '');
  return next === undefined ? undefined : interval + next * (fall - 1) + (check.timeoutMs?.value ?? 0);
}

/** A duration as HAProxy reads it: without a unit it is in ms. */
function milliseconds(text: string): number | undefined {
  return parseDuration(/^\d+$/.test(text) ? `${text}ms` : text);
}

function timesOf(check: HealthCheck): ReturnType<typeof say> {
  const checks = check.fall?.value ?? 0;
  return say`${checks} failed checks, one every ${duration(check.intervalMs?.value ?? 0)}`;
}
