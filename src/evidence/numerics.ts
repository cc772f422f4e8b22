/** Sums of tiny and huge likelihoods are kept as natural logarithms throughout; these are the few tools for that. */

/** ln(sum of exp(x)) without overflow; -Infinity for no terms. */
export function logSumExp(terms: readonly number[]): number {
  let max = -Infinity;
  for (const x of terms) if (x > max) max = x;
  if (max === -Infinity || max === Infinity) return max;
  let sum = 0;
  for (const x of terms) sum += Math.exp(x - max);
  return max + Math.log(sum);
}

/** `k * logY` with 0 * ln 0 = 0: an event that never happened says nothing about its chance. */
export function times(k: number, logY: number): number {
  return k === 0 ? 0 : k * logY;
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const x of values) total += x;
  return total;
}

/** Element `i`, 0 beyond the end: keeps index arithmetic free of assertions. */
export function at(values: ArrayLike<number>, i: number): number {
  return values[i] ?? 0;
}

const factorials: number[] = [0];
const TABLE_END = 20_000;

/** ln(n!), within 1e-9: a growing table, Stirling's series beyond it (counts of a busy service reach billions). */
export function logFactorial(n: number): number {
  if (n > TABLE_END) return (n + 0.5) * Math.log(n) - n + Math.log(2 * Math.PI) / 2 + 1 / (12 * n);
  for (let i = factorials.length; i <= n; i++) factorials.push(at(factorials, i - 1) + Math.log(i));
  return at(factorials, n);
}

/** ln(n choose k). */
export function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** Sum of n ln q; -Infinity when something happened that q rules out. */
export function logLikelihood(counts: readonly number[], shares: readonly number[]): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += times(at(counts, i), Math.log(at(shares, i)));
  return total;
}

/**
 * ln of the integral of prod q^n under a flat prior over all splits: (K-1)! prod n! / (N+K-1)!.
 * The chance of these counts when nothing is known about the split (Dirichlet-multinomial, without the coefficient).
 */
export function logAnySplit(counts: readonly number[]): number {
  let total = logFactorial(counts.length - 1) - logFactorial(sum(counts) + counts.length - 1);
  for (const n of counts) total += logFactorial(n);
  return total;
}

/**
 * ln of the chance of these counts under splits around `q` (Dirichlet-multinomial without the coefficient, its parameters
 * max(1, k q_i) for k = 4K, 16K and 64K, averaged): what a split near `q`, but not it, would give.
 */
export function logSplitsAround(counts: readonly number[], q: readonly number[]): number {
  const logs = [4, 16, 64].map((k) => logSplitsNear(counts, q, k));
  return logSumExp(logs) - Math.log(logs.length);
}

/**
 * ln of the chance of these counts when the split is drawn from a Dirichlet distribution around `q` (without the coefficient).
 * @param concentration pseudo-answers a server, at an even split
 */
export function logSplitsNear(counts: readonly number[], q: readonly number[], concentration: number): number {
  const pseudo = q.map((share) => Math.max(1, Math.round(concentration * q.length * share)));
  const all = sum(pseudo);
  let log = logFactorial(all - 1) - logFactorial(sum(counts) + all - 1);
  pseudo.forEach((a, i) => (log += logFactorial(at(counts, i) + a - 1) - logFactorial(a - 1)));
  return log;
}

/**
 * The split inside the box (low_i <= q_i <= high_i, sum 1) that makes `sum w_i ln q_i` largest.
 * It is q_i = clip(w_i / lambda); lambda is found by bisection of its logarithm. The box must hold a split.
 */
export function bestInBox(weights: readonly number[], low: readonly number[], high: readonly number[]): number[] {
  const total = sum(weights);
  const clipped = (lambda: number) => weights.map((w, i) => Math.min(Math.max(w / lambda, at(low, i)), at(high, i)));
  let from = Math.log(total) - 40;
  let to = Math.log(total) + 40;
  for (let step = 0; step < 80; step++) {
    const middle = (from + to) / 2;
    if (sum(clipped(Math.exp(middle))) > 1) from = middle;
    else to = middle;
  }
  const q = clipped(Math.exp((from + to) / 2));
  // What is left over goes to servers without weight: the likelihood does not depend on them.
  let left = 1 - sum(q);
  for (let i = 0; i < q.length && left > 1e-12; i++) {
    if (at(weights, i) !== 0) continue;
    const more = Math.min(at(high, i) - at(q, i), left);
    q[i] = at(q, i) + more;
    left -= more;
  }
  return q;
}

/** Largest ln-likelihood of the counts over the splits of a box. */
export function logSupInBox(counts: readonly number[], low: readonly number[], high: readonly number[]): number {
  const total = sum(counts);
  if (total === 0) return 0;
  const observed = counts.map((n) => n / total);
  const inside = observed.every((share, i) => share >= at(low, i) && share <= at(high, i));
  return logLikelihood(counts, inside ? observed : bestInBox(counts, low, high));
}

/** Where an increasing function crosses 0 between `from` and `to`, to double precision. */
export function rootOf(f: (x: number) => number, from: number, to: number): number {
  let [a, b] = [from, to];
  for (let step = 0; step < 60; step++) {
    const middle = (a + b) / 2;
    if (f(middle) > 0) b = middle;
    else a = middle;
  }
  return (a + b) / 2;
}
