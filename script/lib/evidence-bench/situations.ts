import {
  blocks,
  draws,
  either,
  flapping,
  inBursts,
  inStep,
  nobody,
  others,
  rotations,
  slowStart,
  sticky,
} from '../../../__tests__/evidence/balancers.ts';
import type { Situation } from '../../../__tests__/evidence/dependent.ts';
import { makePlan, missable } from '../../../src/evidence/plan.ts';
import { withShare } from '../../../src/evidence/split-test.ts';
import { limitsOf } from '../../../src/evidence/tolerance.ts';

const BUDGET = { maxRequests: 6000, timeoutMs: 120_000, rate: 1000 };
const WORKERS = [1, 2, 4, 8, 16, 32, 64] as const;
const BLOCKS = [5, 10, 20, 50, 100] as const;
const STICKY = [0.1, 0.3, 0.5, 0.8, 0.9] as const;

/** Pools of `servers` equal servers behind balancers whose answers are no independent draws. */
export function situationsOf(servers: number): Situation[] {
  return [...sound(servers), ...faulty(servers), ...changing(servers)];
}

function sound(servers: number): Situation[] {
  const even = ones(servers);
  const shares = even.map((w) => w / servers);
  const is = (name: string, balancer: Situation['balancer'], more: Partial<Situation> = {}): Situation => ({
    name,
    servers,
    balancer,
    truth: 'even',
    ...more,
  });
  return [
    is('one rotation, alone', rotations(even, 1, nobody)),
    is('one rotation, 1 other', rotations(even, 1, others(1))),
    is('one rotation, 10 others', rotations(even, 1, others(10))),
    is('one rotation, bursts of others', rotations(even, 1, inBursts)),
    is('one rotation, others in step', rotations(even, 1, inStep(servers))),
    ...WORKERS.slice(1).flatMap((workers) =>
      [0, 1, 3].map((n) => is(`${workers} workers, ${n} others`, rotations(even, workers, others(n)), { workers })),
    ),
    ...BLOCKS.flatMap((length) =>
      [0, 1].map((n) =>
        is(
          `blocks of ${length}, ${n} others`,
          blocks(
            even.map(() => length),
            others(n),
          ),
        ),
      ),
    ),
    ...STICKY.map((rho) => is(`sticky ${rho}`, sticky(shares, rho))),
    is('two balancers', either(rotations(even, 1, nobody), rotations(even, 1, others(1)))),
    is('flapping, 2 of 40 down', flapping(servers, 40, 2)),
    is('slow start over 50', slowStart(servers, 50)),
  ];
}

/** One server at the limit of what is tested, or beyond where whole weights do not reach it exactly. */
function faulty(servers: number): Situation[] {
  const even = ones(servers);
  const shares = even.map((w) => w / servers);
  const { tolerance } = makePlan(shares, { kind: 'auto' }, BUDGET);
  const limit = limitsOf(shares, tolerance, missable(BUDGET.maxRequests)).high[0] ?? 1;
  const atLimit = withShare(shares, 0, limit);
  // w / (w + K - 1) >= limit
  const weight = Math.ceil((limit * (servers - 1)) / (1 - limit) - 1e-9);
  const heavy = even.map((w, i) => (i === 0 ? weight : w));
  const dead = even.map((w, i) => (i === 0 ? 0 : w));
  const is = (name: string, balancer: Situation['balancer'], more: Partial<Situation> = {}): Situation => ({
    name,
    servers,
    balancer,
    truth: 'uneven',
    ...more,
  });
  return [
    is('independent, at the limit', draws(atLimit)),
    is(`one rotation x${weight}, 1 other`, rotations(heavy, 1, others(1))),
    ...[16, 64].map((workers) =>
      is(`${workers} workers x${weight}`, rotations(heavy, workers, others(1)), { workers }),
    ),
    ...[16, 64].map((workers) => is(`${workers} workers, dead`, rotations(dead, workers, others(1)), { workers })),
    ...[5, 20, 50, 100].map((n) =>
      is(
        `blocks of ${n} x${weight}`,
        blocks(
          heavy.map((w) => w * n),
          others(1),
        ),
      ),
    ),
    is(
      'blocks of 50, dead',
      blocks(
        dead.map((w) => w * 50),
        nobody,
      ),
    ),
    ...STICKY.map((rho) => is(`sticky ${rho}, at the limit`, sticky(atLimit, rho))),
    is('two balancers, one without it', either(draws(shares), draws(withShare(shares, 0, 0)))),
  ];
}

/** What is measured changes while it is: by when one looks either verdict is right, or none. */
function changing(servers: number): Situation[] {
  const is = (name: string, balancer: Situation['balancer']): Situation => ({
    name,
    servers,
    balancer,
    truth: 'either',
  });
  return [
    is('slow start over 600', slowStart(servers, 600)),
    is('flapping, 100 of 400 down', flapping(servers, 400, 100)),
  ];
}

function ones(servers: number): number[] {
  return Array.from({ length: servers }, () => 1);
}
