import { lookup } from 'node:dns/promises';
import { performance } from 'node:perf_hooks';
import type { ProbePorts } from './request.ts';

/** The real outside: the system's resolver, a monotonic clock, timers, and randomness that need not be secret. */
export function nodePorts(): ProbePorts {
  return {
    lookup: async (host) => (await lookup(host, { all: true, order: 'verbatim' })).map((found) => found.address),
    now: () => performance.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: Math.random,
  };
}
