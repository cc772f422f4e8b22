import type { Tolerance } from '../model/request.ts';
import type { Text } from '../model/text.ts';
import { percent, say, words } from '../text/say.ts';
import { at } from './numerics.ts';

/** A tolerance that is settled: `auto` has been resolved (plan.ts). */
export type FixedTolerance = Exclude<Tolerance, { readonly kind: 'auto' }>;

/** Below this a relative tolerance would ask for tens of thousands of requests. A share, 0..1. */
const LEAST_POINTS = 0.02;
/** A server that gets nothing is off by its whole share; the limit stays below that, so dead is never "within". */
const MOST_OF_SHARE_MISSING = 0.75;
/** Shares off by less than this part of the tolerance must not be called uneven; in between either is right. */
const SLACK = 0.5;
/** Distance of a whole split (total variation, 0..1) that is never even at the default tolerance, and its part of wider ones. */
const TOGETHER = 0.15;
const TOGETHER_PART = 0.6;

/**
 * The shares (0..1, by server) at which a split counts as uneven, and the box inside them that must pass.
 * A limit of 0 below or 1 above is no limit.
 */
export interface Limits {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly boxLow: readonly number[];
  readonly boxHigh: readonly number[];
  /** Distance (total variation, 0..1) from the expected split at which the whole split is not even; 1 = no limit. */
  readonly together: number;
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
  const part = tolerance.kind === 'points' ? tolerance.points * shares.length : tolerance.share;
  const together = Math.min(1, Math.max(TOGETHER, TOGETHER_PART * part));
  return { low: from(1), high: to(1), boxLow: from(SLACK), boxHigh: to(SLACK), together };
}

/** Whether every share of another split lies strictly within the limits: no number of requests tells it apart. */
export function within(limits: Limits, shares: readonly number[]): boolean {
  return shares.every((q, i) => {
    const [low, high] = [at(limits.low, i), at(limits.high, i)];
    return (low <= 0 || q > low) && (high >= 1 || q < high);
  });
}

/**
 * The limits that are really tested, to follow "even": ` within 25% of each share`, or `: each server between 0.5% and 4%`
 * where the floor of 2 points makes them wider than the tolerance says.
 */
export function limitsText(shares: readonly number[], tolerance: FixedTolerance, limits: Limits): Text {
  const spelled = words(formatTolerance(tolerance).replace('pp', ' points'));
  const nominal = (p: number) => (tolerance.kind === 'points' ? tolerance.points : tolerance.share * p);
  const missable = shares.flatMap((p, i) => (at(limits.low, i) > 0 ? [{ p, i }] : []));
  const asSaid = missable.every(({ p, i }) => {
    const expected = nominal(p);
    return near(p - at(limits.low, i), expected) && near(at(limits.high, i) - p, expected);
  });
  if (asSaid) return say` within ${spelled} of each share`;
  const [first] = missable;
  if (first !== undefined && missable.length === shares.length && shares.every((p) => near(p, first.p))) {
    return say`: each server between ${percent(at(limits.low, first.i))} and ${percent(at(limits.high, first.i))}`;
  }
  const floor = tolerance.kind === 'points' ? words('') : words(', or 2 points where that is more,');
  return say` within ${spelled} of each share${floor} and no share below a quarter of it`;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-9;
}

/** `25%` or `5pp`, as the inputs and the report spell it. */
export function formatTolerance(tolerance: FixedTolerance): string {
  const short = (x: number) => String(Number((x * 100).toFixed(2)));
  return tolerance.kind === 'points' ? `${short(tolerance.points)}pp` : `${short(tolerance.share)}%`;
}
