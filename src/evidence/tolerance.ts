import type { Tolerance } from '../model/request.ts';
import { at } from './numerics.ts';

/** A tolerance that is settled: `auto` has been resolved (plan.ts). */
export type FixedTolerance = Exclude<Tolerance, { readonly kind: 'auto' }>;

/** Below this a relative tolerance would ask for tens of thousands of requests. A share, 0..1. */
const LEAST_POINTS = 0.02;
/** A server that gets nothing is off by its whole share; the limit stays below that, so dead is never "within". */
const MOST_OF_SHARE_MISSING = 0.75;
/** Shares off by less than this part of the tolerance must not be called uneven; in between either is right. */
const SLACK = 0.5;

/**
 * The shares (0..1, by server) at which a split counts as uneven, and the box inside them that must pass.
 * A limit of 0 below or 1 above is no limit.
 */
export interface Limits {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly boxLow: readonly number[];
  readonly boxHigh: readonly number[];
}

/**
 * Limits for expected shares (0..1, sum 1). `unmissable` tells whether a share is large enough to be missed within the
 * budget; smaller ones have no lower limit.
 */
export function limitsOf(
  shares: readonly number[],
  tolerance: FixedTolerance,
  unmissable: (share: number) => boolean = () => true,
): Limits {
  const above = shares.map((p) =>
    tolerance.kind === 'points' ? tolerance.points : Math.max(LEAST_POINTS, tolerance.share * p),
  );
  const below = shares.map((p, i) => Math.min(at(above, i), MOST_OF_SHARE_MISSING * p));
  const from = (part: number) => shares.map((p, i) => (unmissable(p) ? p - part * at(below, i) : 0));
  const to = (part: number) => shares.map((p, i) => Math.min(1, p + part * at(above, i)));
  return { low: from(1), high: to(1), boxLow: from(SLACK), boxHigh: to(SLACK) };
}

/** Whether every share of another split lies strictly within the limits: no number of requests tells it apart. */
export function within(limits: Limits, shares: readonly number[]): boolean {
  return shares.every((q, i) => {
    const [low, high] = [at(limits.low, i), at(limits.high, i)];
    return (low <= 0 || q > low) && (high >= 1 || q < high);
  });
}

/** `25%` or `5pp`, as the inputs and the report spell it. */
export function formatTolerance(tolerance: FixedTolerance): string {
  const short = (x: number) => String(Number((x * 100).toFixed(2)));
  return tolerance.kind === 'points' ? `${short(tolerance.points)}pp` : `${short(tolerance.share)}%`;
}
