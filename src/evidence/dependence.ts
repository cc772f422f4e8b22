import { correlation, unevenThoughSticky, type Correlation } from './guard.ts';
import { at, sum } from './numerics.ts';
import { THRESHOLD, type SplitTest } from './split-test.ts';

/** A cycle of runs is cut off at both ends of a measurement. */
const ENDS = 2;

/** What is known of the order in which servers are picked. Numbers of answers. */
export interface PickingOrder {
  /** Answers of each server that followed another of its own; undefined = the order was not recorded. */
  readonly repeats: readonly number[] | undefined;
  /** Most consecutive answers of one server that were seen. */
  readonly longestRun: number | undefined;
  /** Worker processes that each have a rotation of their own; 0 where they share one. */
  readonly workers: number;
  /** Most consecutive requests that the algorithm gives to one server. */
  readonly block: number;
}

/**
 * How many answers the order alone may have moved from one server to another. Answers of a rotation are no independent
 * draws: `workers` rotations in phase put each server off by as many answers, one that serves in runs by the longest run.
 */
export interface Dependence {
  readonly correlation: Correlation | undefined;
  /** By runs that were seen, where servers repeat more often than chance. */
  readonly runs: number;
  /** By what the config says: rotations of workers, or blocks. */
  readonly known: number;
  /** Which of them asks most of a proof. */
  readonly by: 'workers' | 'runs' | undefined;
}

export function dependenceOf(counts: readonly number[], order: PickingOrder): Dependence {
  const { repeats, workers, block } = order;
  const related = repeats && correlation(counts, repeats);
  const runs = repeats !== undefined && related?.dependent === true ? ENDS * longestOf(order, repeats) : 0;
  const inRuns = Math.max(block, runs);
  const by = Math.max(inRuns, workers) === 0 ? undefined : workers >= inRuns ? 'workers' : 'runs';
  return { correlation: related, runs, known: Math.max(block, workers), by };
}

/**
 * ln of the evidence for an uneven split that survives moving the answers that the order may have moved.
 * `plain`: the evidence of the counts as they are. Runs need not be survived where the split is uneven even for traffic that
 * repeats the last server with some chance (`unevenThoughSticky`).
 */
export function logUnevenBeyond(
  test: SplitTest,
  counts: readonly number[],
  plain: number,
  { runs, known }: Dependence,
  repeats: readonly number[] | undefined,
): number {
  const after = (moved: number) =>
    moved === 0 ? plain : Math.min(plain, test.logUneven(movedTowards(counts, test.shares, moved)));
  const log = after(Math.max(runs, known));
  if (plain < THRESHOLD || log >= THRESHOLD || runs <= known || repeats === undefined) return log;
  return unevenThoughSticky(test, counts, repeats) ? after(known) : log;
}

/** Old counts files have no longest run; no run is longer than the repeats of its server. */
function longestOf({ longestRun }: PickingOrder, repeats: readonly number[]): number {
  return longestRun ?? Math.max(...repeats) + 1;
}

/** The counts with up to `answers` of each server moved towards its expected share (0..1, by server). */
export function movedTowards(counts: readonly number[], shares: readonly number[], answers: number): number[] {
  const total = sum(counts);
  return counts.map((n, i) => {
    const expected = Math.round(total * at(shares, i));
    return n > expected ? Math.max(expected, n - answers) : Math.min(expected, n + answers);
  });
}
