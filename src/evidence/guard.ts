import { at, logSumExp, rootOf, sum, times } from './numerics.ts';
import { suspects } from './hypotheses.ts';
import { THRESHOLD, type SplitTest } from './split-test.ts';

/** Chances bet on that an answer repeats the server before it. */
const REPEATS_BET_ON = [0, 0.3, 0.6, 0.9];
const GRID = 40;
/** Correlation beyond which answers are called dependent; 1 in 700 independent measurements reach it. */
const Z_LIMIT = 3;

/**
 * ln of the evidence that the split is outside the box even if traffic is sticky (each answer repeats the last server
 * with an unknown chance rho, else it is drawn from a split in the box). Needs how often each server followed itself.
 * Numerator: the alternatives of the split test with four values of rho. Denominator: the best rho and split of the null.
 */
function logUnevenThoughSticky(test: SplitTest, counts: readonly number[], repeats: readonly number[]): number {
  const arrivals = counts.map((n, i) => Math.max(0, n - at(repeats, i)));
  const terms = test
    .alternatives(new Set(suspects(test.shares, counts)))
    .flatMap(({ shares, logWeight }) =>
      REPEATS_BET_ON.map(
        (rho) => logWeight - Math.log(REPEATS_BET_ON.length) + likelihood(rho, shares, repeats, arrivals),
      ),
    );
  return logSumExp(terms) - largestLikelihood(test, repeats, arrivals);
}

export function unevenThoughSticky(test: SplitTest, counts: readonly number[], repeats: readonly number[]): boolean {
  return logUnevenThoughSticky(test, counts, repeats) >= THRESHOLD;
}

/** How strongly answers repeat the server before them. */
export interface Correlation {
  /** Standard deviations from independence; negative = more regular than chance (round robin), good news. */
  readonly z: number;
  /** Lag-1 correlation of the server, -1..1. */
  readonly rho: number;
  readonly dependent: boolean;
}

/** Repeats against what the counts alone would give (exact mean, variance to the first order). */
export function correlation(counts: readonly number[], repeats: readonly number[]): Correlation {
  const total = sum(counts);
  if (total < 2) return { z: 0, rho: 0, dependent: false };
  const by = (power: number) => sum(counts.map((n) => (n / total) ** power));
  const [s2, s3] = [by(2), by(3)];
  const chance = sum(counts.map((n) => n * (n - 1))) / (total * (total - 1));
  const observed = sum(repeats) / (total - 1);
  const variance = (total - 1) * (s2 - s2 ** 2) + 2 * (total - 2) * (s3 - s2 ** 2);
  const z = variance > 1e-12 ? ((observed - chance) * (total - 1)) / Math.sqrt(variance) : 0;
  const rho = chance < 1 ? (observed - chance) / (1 - chance) : 0;
  return { z, rho, dependent: z > Z_LIMIT };
}

/** ln L(rho, q) = sum s ln(rho + (1-rho) q) + sum d ln q + (sum d - 1) ln(1-rho); s repeats, d other arrivals. */
function likelihood(
  rho: number,
  q: readonly number[],
  repeats: readonly number[],
  arrivals: readonly number[],
): number {
  let total = times(Math.max(0, sum(arrivals) - 1), Math.log(1 - rho));
  for (let i = 0; i < q.length; i++) {
    total += times(at(repeats, i), Math.log(rho + (1 - rho) * at(q, i))) + times(at(arrivals, i), Math.log(at(q, i)));
  }
  return total;
}

/** Servers with the same figures have the same best share, so that they are worked out once. */
interface Alike {
  readonly servers: number;
  readonly repeats: number;
  readonly arrivals: number;
  readonly low: number;
  readonly high: number;
}

/** ln of the largest L(rho, q) over every rho and every split q of the box. */
function largestLikelihood(test: SplitTest, repeats: readonly number[], arrivals: readonly number[]): number {
  const groups = grouped(test, repeats, arrivals);
  const moves = Math.max(0, sum(arrivals) - 1);
  const atRho = (rho: number) => {
    const shares = bestShares(groups, rho);
    let total = times(moves, Math.log(1 - rho));
    groups.forEach(({ servers, repeats: s, arrivals: d }, i) => {
      const q = at(shares, i);
      total += servers * (times(s, Math.log(rho + (1 - rho) * q)) + times(d, Math.log(q)));
    });
    return total;
  };
  const grid = Array.from({ length: GRID + 1 }, (_, i) => 0.9999 * (i / GRID));
  const values = grid.map(atRho);
  const best = values.indexOf(Math.max(...values));
  // The grid finds the hill, thirds find its top.
  let [from, to] = [at(grid, Math.max(0, best - 1)), at(grid, Math.min(GRID, best + 1))];
  for (let step = 0; step < 20; step++) {
    const [a, b] = [from + (to - from) / 3, to - (to - from) / 3];
    if (atRho(a) < atRho(b)) from = a;
    else to = b;
  }
  return Math.max(at(values, best), atRho((from + to) / 2));
}

function grouped({ limits }: SplitTest, repeats: readonly number[], arrivals: readonly number[]): Alike[] {
  const groups = new Map<string, Alike>();
  repeats.forEach((s, i) => {
    const one = {
      servers: 1,
      repeats: s,
      arrivals: at(arrivals, i),
      low: at(limits.boxLow, i),
      high: at(limits.boxHigh, i),
    };
    const key = `${s} ${one.arrivals} ${one.low} ${one.high}`;
    groups.set(key, { ...one, servers: (groups.get(key)?.servers ?? 0) + 1 });
  });
  return [...groups.values()];
}

/**
 * Share of each group in the best split of the box for a given rho. The likelihood is concave in q, so each share solves
 * s(1-rho)/(rho+(1-rho)q) + d/q = lambda, clipped to its limits, with the lambda that makes them add up to 1.
 */
function bestShares(groups: readonly Alike[], rho: number): number[] {
  const shares = (lambda: number) =>
    groups.map(({ repeats: s, arrivals: d, low, high }) => {
      // lambda(1-rho) q^2 + (lambda rho - (1-rho)(s+d)) q - d rho = 0
      const a = lambda * (1 - rho);
      const b = lambda * rho - (1 - rho) * (s + d);
      const q = (-b + Math.sqrt(b * b + 4 * a * d * rho)) / (2 * a);
      return Math.min(Math.max(q, low), high);
    });
  const all = (q: readonly number[]) => sum(groups.map((g, i) => g.servers * at(q, i)));
  const middle = Math.log(sum(groups.map((g) => g.servers * (g.repeats + g.arrivals))));
  // What the zero-count servers leave over does not touch the likelihood.
  return shares(Math.exp(rootOf((x) => 1 - all(shares(Math.exp(x))), middle - 20, middle + 20)));
}
