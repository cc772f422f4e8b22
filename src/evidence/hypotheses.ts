import type { Cause } from '../model/measurement.ts';
import type { Candidate, ConfigCause } from './expectation.ts';
import { at, logAnySplit, logChoose, logLikelihood, logSplitsAround, logSumExp, sum } from './numerics.ts';
import { withShare } from './split-test.ts';

/** One way to explain a split: shares 0..1 by server, or several of them with one parameter between. */
export interface Hypothesis {
  /** `as-expected` and `anything` compete with the causes but are none. */
  readonly cause: Cause | 'as-expected' | 'anything';
  readonly prior: number;
  /** Splits that it may make, equally likely; empty = any split at all. */
  readonly splits: readonly (readonly number[])[];
  /** The split of its kind that fits the counts best, between those of `splits`. */
  readonly best?: readonly number[];
  readonly candidate?: Candidate;
  /** The setting of the current file that makes it. */
  readonly setting?: ConfigCause;
  /** The servers that it is about: down, alone, weighted. Positions in the split. */
  readonly about: readonly number[];
}

/** Whether it is a cause: `as-expected` and `anything` only compete with them. */
export function isCause(cause: Hypothesis['cause']): cause is Cause {
  return cause !== 'as-expected' && cause !== 'anything';
}

/** Chances before any answer is seen. Those of one kind share theirs. */
const PRIOR = {
  'as-expected': 0.3,
  'configured-weights': 0.25,
  'old-file-loaded': 0.15,
  'equal-split': 0.1,
  'server-down': 0.15,
  'all-on-one': 0.08,
  'older-file-loaded': 0.07,
  'mixed-generations': 0.12,
  'runtime-weight': 0.06,
  'doubled-weight': 0.13,
  // Where an old file splits differently, one that is half loaded is likelier than a weight that no file has.
  'doubled-beside-old': 0.09,
  'extreme-weight': 0.007,
  'several-down': 0.02,
  // Little: what is not on the list is kept out by `fitsWell` and `restIsProved`.
  anything: 0.003,
} as const;

const MOST_SUSPECTS = 12;
const STRAY = 0.005;
/** Factors on one server's weight go from an eighth to 8, or to a share of two thirds in a large pool. */
const STEP = 0.15;
const LARGEST_FACTOR = 8;
/** Rarely further up: 250 where the others have 10. Further down looks like a server that is out. */
const EXTREME_FACTOR = 32;
/** What no tolerance would notice is no cause. */
const LEAST_FACTOR = 1.25;
/** Parts of the traffic that follow the other file; beyond them a mixture is as good as one of the two. */
const PARTS = Array.from({ length: 14 }, (_, i) => 0.24 + 0.04 * i);

/**
 * Everything that may have made the split. `expected` and `counts` go by one list of servers, which has those of the
 * candidates too (expected 0 now).
 */
export function hypothesesOf(
  servers: readonly string[],
  expected: readonly number[],
  candidates: readonly Candidate[],
  counts: readonly number[],
): Hypothesis[] {
  const active = expected.flatMap((p, i) => (p > 0 ? [i] : []));
  const files = candidates.flatMap((candidate) => {
    const split = splitOf(servers, candidate);
    return split === undefined ? [] : [{ candidate, split }];
  });
  const ofCause = (cause: Cause) => files.filter((file) => file.candidate.cause === cause);
  const current = ofCause('configured-weights')[0]?.split ?? expected;
  const fromFiles = files.map(({ candidate, split }) => ({
    cause: candidate.cause,
    prior: priorOf(candidate.cause) / ofCause(candidate.cause).length,
    splits: [split],
    candidate,
    about: [],
  }));
  const mixed = ofCause('old-file-loaded').map(({ candidate, split }) => ({
    cause: 'mixed-generations' as const,
    prior: PRIOR['mixed-generations'],
    splits: PARTS.map((part) => split.map((q, i) => part * q + (1 - part) * at(current, i))),
    candidate,
    about: [],
  }));
  return [
    { cause: 'as-expected', prior: PRIOR['as-expected'], splits: [expected], about: [] },
    ...fromFiles,
    ...mixed,
    ...suspects(expected, counts).flatMap((i) =>
      aboutOne(i, expected, current, { servers: active.length, besideOld: mixed.length > 0, counts }),
    ),
    ...severalDown(expected, active, counts),
    // Of two servers every split is a weight of one of them.
    { cause: 'anything', prior: active.length === 2 ? PRIOR.anything / 4 : PRIOR.anything, splits: [], about: [] },
  ];
}

/** Probability of each hypothesis, 0..1, after the counts. */
export function posterior(hypotheses: readonly Hypothesis[], counts: readonly number[]): number[] {
  const logs = hypotheses.map((h) => {
    if (h.splits.length === 0) return Math.log(h.prior) + logAnySplit(counts);
    const each = h.splits.map((split) => logChance(counts, split));
    return Math.log(h.prior) + logSumExp(each) - Math.log(each.length);
  });
  const total = logSumExp(logs);
  return logs.map((x) => Math.exp(x - total));
}

/** The split of a hypothesis that fits the counts best. */
export function bestSplit(hypothesis: Hypothesis, counts: readonly number[]): readonly number[] {
  if (hypothesis.best !== undefined) return hypothesis.best;
  let best: readonly number[] = hypothesis.splits[0] ?? [];
  let most = -Infinity;
  for (const split of hypothesis.splits) {
    const log = logChance(counts, split);
    if (log > most) [best, most] = [split, log];
  }
  return best;
}

/** ln 20: the any-time region of 95 %. */
const REGION = Math.log(20);
/** Part of all answers (0..1) that a server's share must be off by to matter. */
const NOTICED = 0.01;
/** Up to so many servers answers are many enough to prove that no other one is off by half. */
const FEW_SERVERS = 4;
/**
 * Whether the counts lie in the 95 % any-time region of one of these splits, equally likely: no split at all explains them 20
 * times better (statistics: Robbins' mixture, so it holds at whatever answer one stops).
 */
export function matches(splits: Hypothesis['splits'], counts: readonly number[]): boolean {
  if (splits.length === 0) return false;
  const each = splits.map((split) => logChance(counts, split));
  return logAnySplit(counts) - logSumExp(each) + Math.log(each.length) < REGION;
}

/**
 * Whether the whole split fits: neither splits around it, nor one more server with another share, explain the counts 20 times better.
 * Both are mixtures, so their half sum is an e-value for the split: one that is right is refused in at most 5 % of measurements.
 */
export function fitsWell(split: readonly number[], counts: readonly number[]): boolean {
  const soft = softened(split);
  const around = logSplitsAround(counts, split) - logLikelihood(counts, soft);
  const total = sum(counts);
  const single = soft.map((q, i) => {
    const two = [at(counts, i), total - at(counts, i)];
    return logAnySplit(two) - logLikelihood(two, [q, 1 - q]);
  });
  return logSumExp([around, logSumExp(single) - Math.log(single.length)]) - Math.log(2) < REGION;
}

/**
 * Whether the servers that a cause is not about are proved to share the rest as it says: that one of them, whichever, has odds
 * `leastOff` times higher explains the counts 20 times worse, and so does one with odds as much lower. Where one of several alike
 * is so far off, the cause is still named in at most 5 % of measurements.
 */
export function restIsProved(split: readonly number[], counts: readonly number[], about: readonly number[]): boolean {
  const rest = split.flatMap((q, i) => (q > 0 && !about.includes(i) ? [i] : []));
  const part = sum(rest.map((i) => at(split, i)));
  const total = sum(rest.map((i) => at(counts, i)));
  if (rest.length < 2) return true;
  const least = leastOff(split.length);
  return [least, 1 / least].every((odds) => {
    const better = rest.flatMap((i) => {
      const q = at(split, i) / part;
      const x = (odds * q) / (1 + (odds - 1) * q);
      if (part * Math.abs(x - q) < NOTICED) return [];
      const two = [at(counts, i), total - at(counts, i)];
      return [logLikelihood(two, [x, 1 - x]) - logLikelihood(two, [q, 1 - q])];
    });
    return logSumExp(better) - Math.log(better.length || 1) <= -REGION;
  });
}

/** Odds by which another server may be off unnoticed where a cause is named: what the answers of one measurement exclude. */
function leastOff(servers: number): number {
  return servers <= FEW_SERVERS ? 1.5 : Math.max(2, servers / 12);
}

/** Candidate shares in the order of `servers`, sum 1; undefined when it names none of them. */
export function splitOf(
  servers: readonly string[],
  { shares: given }: Pick<Candidate, 'shares'>,
): number[] | undefined {
  const shares = servers.map((server) => given.get(server) ?? 0);
  const total = sum(shares);
  return total > 0 ? shares.map((q) => q / total) : undefined;
}

/** The servers furthest from what is expected; of the others nothing could be told. */
export function suspects(expected: readonly number[], counts: readonly number[]): number[] {
  const total = sum(counts);
  const active = expected.flatMap((p, i) => (p > 0 ? [i] : []));
  const off = (i: number) => Math.abs(at(counts, i) - total * at(expected, i)) / Math.sqrt(at(expected, i));
  return active.toSorted((a, b) => off(b) - off(a)).slice(0, MOST_SUSPECTS);
}

function aboutOne(
  i: number,
  expected: readonly number[],
  current: readonly number[],
  { servers, besideOld, counts }: { servers: number; besideOld: boolean; counts: readonly number[] },
): Hypothesis[] {
  if (servers < 2) return [];
  const scaled = (f: number) => withShare(current, i, (f * at(current, i)) / (1 + (f - 1) * at(current, i)));
  const one = (cause: Cause, prior: number, ...splits: number[][]) => ({
    cause,
    prior: prior / servers,
    splits,
    about: [i],
  });
  const alone = expected.map((_, j) => (j === i ? 1 : 0));
  const total = sum(counts);
  const own = total > 0 && at(current, i) < 1 ? { best: withShare(current, i, at(counts, i) / total) } : {};
  const isSecondOfTwo = servers === 2 && expected.slice(0, i).some((p) => p > 0);
  return [
    one('server-down', PRIOR['server-down'], ...distinct(withShare(expected, i, 0), withShare(current, i, 0))),
    one('all-on-one', PRIOR['all-on-one'], alone),
    // Of two servers one's weight times f is the other's divided by f: one hypothesis.
    ...(isSecondOfTwo
      ? []
      : [
          one('runtime-weight', PRIOR[besideOld ? 'doubled-beside-old' : 'doubled-weight'], scaled(2)),
          { ...one('runtime-weight', PRIOR['runtime-weight'], ...factors(servers).map(scaled)), ...own },
          { ...one('runtime-weight', PRIOR['extreme-weight'], ...extremes(servers).map(scaled)), ...own },
        ]),
  ];
}

function factors(servers: number): number[] {
  const all = steps(-stepsTo(servers === 2 ? EXTREME_FACTOR : LARGEST_FACTOR), mostSteps(servers));
  return all.filter((f) => f < 1 / LEAST_FACTOR || f > LEAST_FACTOR);
}

function extremes(servers: number): number[] {
  return steps(mostSteps(servers) + 1, mostSteps(servers) + stepsTo(EXTREME_FACTOR / LARGEST_FACTOR));
}

function mostSteps(servers: number): number {
  return stepsTo(Math.max(LARGEST_FACTOR, 2 * servers));
}

function stepsTo(factor: number): number {
  return Math.ceil(Math.log(factor) / STEP);
}

function steps(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => Math.exp((from + i) * STEP));
}

function distinct(a: number[], b: number[]): number[][] {
  return a.every((x, i) => Math.abs(x - at(b, i)) < 1e-9) ? [a] : [a, b];
}

/** Two or more servers that never answered, while at least two others did. */
function severalDown(expected: readonly number[], active: readonly number[], counts: readonly number[]): Hypothesis[] {
  const silent = active.filter((i) => at(counts, i) === 0);
  if (silent.length < 2 || active.length - silent.length < 2) return [];
  const rest = 1 - sum(silent.map((i) => at(expected, i)));
  const split = expected.map((p, i) => (silent.includes(i) ? 0 : p / rest));
  const ways = Math.exp(logChoose(active.length, silent.length));
  return [{ cause: 'server-down', prior: PRIOR['several-down'] / ways, splits: [split], about: silent }];
}

/** ln of the chance of the counts under a split, a stray answer allowed. */
export function logChance(counts: readonly number[], split: readonly number[]): number {
  return logLikelihood(counts, softened(split));
}

/** The split with a little for everyone: a stray answer must not rule a cause out. */
function softened(split: readonly number[]): number[] {
  return split.map((q) => (1 - STRAY) * q + STRAY / split.length);
}

function priorOf(cause: Cause): number {
  const known: Readonly<Partial<Record<Cause, number>>> = PRIOR;
  return known[cause] ?? PRIOR.anything;
}
