import { logFactorial, rootOf, times } from './numerics.ts';

/** ln(1/5 %). */
const CONFIDENCE = Math.log(20);

/**
 * 95 % interval of a share, 0..1, from `hits` of `total`. It holds at every look, also when the measurement stopped
 * because of what it saw: the shares against which the flat mixture of all shares has no evidence of 20 (Robbins).
 */
export function shareInterval(hits: number, total: number): { readonly low: number; readonly high: number } {
  if (total === 0) return { low: 0, high: 1 };
  const mixture = logFactorial(hits) + logFactorial(total - hits) - logFactorial(total + 1);
  const against = (q: number) => mixture - times(hits, Math.log(q)) - times(total - hits, Math.log(1 - q));
  const observed = hits / total;
  return {
    low: hits === 0 ? 0 : rootOf((q) => CONFIDENCE - against(q), 0, observed),
    high: hits === total ? 1 : rootOf((q) => against(q) - CONFIDENCE, observed, 1),
  };
}
