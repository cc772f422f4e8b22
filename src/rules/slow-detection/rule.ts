import type { HealthCheck, Server } from '../../model/pool.ts';
import { duration, name, say } from '../../text/say.ts';
import { instancesOf, servingMembers } from '../../compare/stages.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'slow-detection',
  title: 'Failed servers are detected quickly',
  severity: 'warning',
  options: {
    'max-time': {
      type: 'duration',
      default: 90_000,
      describe: 'Maximum time to detect a failed server; more than a third of it is a notice.',
    },
  },
  scope: 'pool',
  *check({ pool, options }) {
    // Nobody takes over from a server that is alone.
    if (!pool.dynamic && instancesOf(servingMembers(pool)) < 2) return;
    const limit = options['max-time'];
    const times = pool.servers.flatMap((server) => {
      const ms = server.state.value === 'up' ? detectionMs(server) : undefined;
      return ms === undefined || !server.activeCheck ? [] : [{ server, check: server.activeCheck, ms }];
    });
    const slowest = times.toSorted((a, b) => b.ms - a.ms)[0];
    if (slowest === undefined || slowest.ms <= limit / 3) return;
    const { server, check, ms } = slowest;
    // What nobody wrote is the product's own choice, so only a long wait is worth a word.
    if (ms <= limit && ![check.intervalMs, check.fall, check.timeoutMs].some((setting) => setting?.written === true))
      return;
    const fix = pool.dialect.advice.checkFaster;
    if (fix === undefined) return;
    yield {
      at: check.intervalMs?.at ?? check.at,
      ...(ms > limit ? {} : { severity: 'notice' as const }),
      what: say`A failed server of ${name(pool.name)} is detected after up to ${duration(ms)}: ${timesOf(check)} on ${name(server.name)}.`,
      why: say`Until then it keeps its share, and the requests sent to it fail or wait.`,
      fix,
    };
  },
});

/** Longest time in ms from a failure to the server's removal; undefined when the file does not tell. */
function detectionMs(server: Server): number | undefined {
  const check = server.activeCheck;
  const interval = check?.intervalMs?.value;
  const fall = check?.fall?.value;
  if (check === undefined || interval === undefined || fall === undefined) return undefined;
  if (check.type === 'agent' || check.follows !== undefined) return undefined;
  // Failing requests take it out before the check does.
  const fails = server.passiveCheck?.maxFails;
  if (fails !== undefined && fails.value !== 0) return undefined;
  const next = check.retryIntervalMs === undefined ? interval : check.retryIntervalMs.value;
  return next === undefined ? undefined : interval + next * (fall - 1) + (check.timeoutMs?.value ?? 0);
}

function timesOf(check: HealthCheck): ReturnType<typeof say> {
  const checks = check.fall?.value ?? 0;
  return say`${checks} failed checks, one every ${duration(check.intervalMs?.value ?? 0)}`;
}
