import type { Cause } from '../model/measurement.ts';
import { bestSplit, logChance, type Hypothesis } from './hypotheses.ts';
import { at, sum } from './numerics.ts';

/** Splits closer than this on every server (0..1) are one hypothesis: no budget tells them apart. */
const IDENTICAL = 0.002;
/** ln: explaining the answers so much better tells nothing. */
const NO_BETTER = 2;
/** Causes less probable than this are shown only when a file stands behind them. */
const LEAST_SHOWN = 0.001;
const MOST_SHOWN = 6;
/** Part of the answers (0..1) that may come from servers that a split gives nothing. */
const STRAY_ANSWERS = 0.005;

/** Which of several causes with the same shares gives its name. */
const NAMED_FIRST: readonly (Cause | 'as-expected' | 'anything')[] = [
  'as-expected',
  'configured-weights',
  'old-file-loaded',
  'server-down',
  'equal-split',
  'all-on-one',
  'older-file-loaded',
  'mixed-generations',
  'runtime-weight',
];

/** Hypotheses with the same split, and their probability together. */
export interface Group {
  readonly members: readonly Hypothesis[];
  readonly named: Hypothesis;
  readonly predicts: readonly number[];
  readonly probability: number;
}

/** The best of each cause that is possible, and every file. */
export function worthShowing(groups: readonly Group[]): Group[] {
  const shown = new Set<string>();
  const worth = groups.filter(({ named, probability }) => {
    if (named.candidate === undefined && (probability < LEAST_SHOWN || shown.has(named.cause))) return false;
    shown.add(named.cause);
    return true;
  });
  return worth.slice(0, MOST_SHOWN);
}

/** Whether more than a stray answer came from servers that the split gives nothing. */
export function hasStrays(predicts: readonly number[], counts: readonly number[]): boolean {
  const strays = sum(counts.filter((_, i) => at(predicts, i) <= 0));
  return strays > Math.max(1, STRAY_ANSWERS * sum(counts));
}

/** Hypotheses with the same split, and those of one cause about the same servers, are one. Likeliest first. */
export function grouped(
  hypotheses: readonly Hypothesis[],
  chances: readonly number[],
  counts: readonly number[],
): Group[] {
  const groups: { members: Hypothesis[]; predicts: readonly number[]; probability: number }[] = [];
  hypotheses.forEach((hypothesis, i) => {
    const predicts = bestSplit(hypothesis, counts);
    const single = hypothesis.splits.length === 1;
    const same = groups.find(
      ({ members: [first], predicts: other }) =>
        first !== undefined &&
        (isVariant(first, hypothesis) ||
          isMixture(first, hypothesis, counts) ||
          (single && first.splits.length === 1 && alike(other, predicts))),
    );
    if (same === undefined) groups.push({ members: [hypothesis], predicts, probability: at(chances, i) });
    else {
      same.members.push(hypothesis);
      if (logChance(counts, predicts) > logChance(counts, same.predicts)) same.predicts = predicts;
      same.probability += at(chances, i);
    }
  });
  return groups
    .map((g) => ({ ...g, named: g.members.reduce((first, h) => (rank(h) < rank(first) ? h : first)) }))
    .toSorted((a, b) => b.probability - a.probability);
}

/** The same about the same server, to another extent. */
function isVariant(a: Hypothesis, b: Hypothesis): boolean {
  return a.cause === 'runtime-weight' && b.cause === a.cause && a.about[0] === b.about[0];
}

/** Files that differ in one server's weight: half loaded, they look like that weight changed, as far as it lies between theirs. */
function isMixture(mixed: Hypothesis, weight: Hypothesis, counts: readonly number[]): boolean {
  const [i] = weight.about;
  if (mixed.cause !== 'mixed-generations' || weight.cause !== 'runtime-weight' || i === undefined) return false;
  const [split, changed] = [bestSplit(mixed, counts), bestSplit(weight, counts)];
  const ofRest = (shares: readonly number[], j: number) => at(shares, j) / (1 - at(shares, i));
  const keepsRest = split.every((_, j) => j === i || Math.abs(ofRest(split, j) - ofRest(changed, j)) <= IDENTICAL);
  return keepsRest && logChance(counts, split) >= logChance(counts, changed) - NO_BETTER;
}

function alike(a: readonly number[], b: readonly number[]): boolean {
  return a.every((x, i) => Math.abs(x - at(b, i)) <= IDENTICAL);
}

function rank(hypothesis: Hypothesis): number {
  const i = NAMED_FIRST.indexOf(hypothesis.cause);
  return i < 0 ? NAMED_FIRST.length : i;
}
