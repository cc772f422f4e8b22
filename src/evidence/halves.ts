import { movedTowards } from './dependence.ts';
import { differs } from './differs.ts';
import { at, sum } from './numerics.ts';
import type { Limits } from './tolerance.ts';

/**
 * Whether the split changed in the middle, and one half alone is beyond a limit: then the mean of both is no split that anybody
 * was served by, and "even" would be true of neither.
 * @param first answers by server in the first half of the measurement
 * @param seen answers by server in all of it
 * @param moved answers of each server by which the order in which servers are picked may put a half off
 */
export function changedBetween(
  first: readonly number[],
  seen: readonly number[],
  limits: Limits,
  moved: number,
): boolean {
  const total = sum(seen);
  const common = seen.map((n) => n / total);
  const halves = [first, seen.map((n, i) => Math.max(0, n - at(first, i)))] as const;
  const [a, b] = [movedTowards(halves[0], common, moved), movedTowards(halves[1], common, moved)];
  return differs(a, b) && (isBeyond(a, limits) || isBeyond(b, limits));
}

function isBeyond(counts: readonly number[], { low, high }: Limits): boolean {
  const total = sum(counts);
  return counts.some((n, i) => n / total <= at(low, i) || n / total >= at(high, i));
}
