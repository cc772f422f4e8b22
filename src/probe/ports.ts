import { lookup } from 'node:dns/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbePorts } from './request.ts';

/** The real outside: the system's resolver, a monotonic clock, timers, and randomness that need not be secret. `stop` wakes sleepers. */
export function nodePorts(stop?: AbortSignal): ProbePorts {
  return {
    lookup: async (host) => (await lookup(host, { all: true, order: 'verbatim' })).map((found) => found.address),
    now: () => performance.now(),
    sleep: (ms) => sleep(ms, undefined, stop && { signal: stop }).catch(() => undefined),
    random: Math.random,
    ...(stop && { stop }),
  };
}
