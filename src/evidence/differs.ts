import { at, logAnySplit, logLikelihood, logSumExp, sum } from './numerics.ts';
import { THRESHOLD } from './split-test.ts';

/** Smaller differences of a share are not worth a word, however well they are proved. 0..1. */
const LEAST_DIFFERENCE = 0.02;

/**
 * Whether two measurements (answers by server, same order) saw different splits: two addresses of one balancer, or two
 * halves of one measurement. At most 1 % of equal splits are called different, however long each was measured; a
 * difference of no server by 2 points or more is not reported.
 */
export function differs(a: readonly number[], b: readonly number[]): boolean {
  const [first, second] = [sum(a), sum(b)];
  if (first === 0 || second === 0) return false;
  const largest = Math.max(...a.map((n, i) => Math.abs(n / first - at(b, i) / second)));
  return largest >= LEAST_DIFFERENCE && logDifference(a, b) >= THRESHOLD;
}

/**
 * ln of the evidence that two splits differ: the chance of each under any split of its own, against the best common
 * split (universal inference: an e-value for every common split). Half of it looks at the whole split, half at one
 * server after the other, which finds a single odd server among many.
 */
function logDifference(a: readonly number[], b: readonly number[]): number {
  const [first, second] = [sum(a), sum(b)];
  const single = a.map((n, i) => ownAgainstCommon([n, first - n], [at(b, i), second - at(b, i)]));
  return logSumExp([ownAgainstCommon(a, b), logSumExp(single) - Math.log(a.length)]) - Math.log(2);
}

function ownAgainstCommon(a: readonly number[], b: readonly number[]): number {
  const both = a.map((n, i) => n + at(b, i));
  const total = sum(both);
  const common = both.map((n) => n / total);
  return logAnySplit(a) + logAnySplit(b) - logLikelihood(both, common);
}
