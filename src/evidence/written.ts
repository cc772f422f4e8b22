import type { ConfigCause, Expectation } from './expectation.ts';
import { hasStrays } from './groups.ts';
import { bestSplit, logChance, matches, splitOf, type Hypothesis } from './hypotheses.ts';

/**
 * The files and settings whose split the answers show, the likeliest reading first: files, the newest first, then settings of the
 * current file.
 */
export function matching(
  expectation: Expectation,
  servers: readonly string[],
  hypotheses: readonly Hypothesis[],
  counts: readonly number[],
  seconds: number,
): Hypothesis[] {
  const shows = (h: Hypothesis) => !hasStrays(bestSplit(h, counts), counts) && matches(h.splits, counts);
  const files = hypotheses.filter(
    (h) => h.candidate !== undefined && h.cause !== 'equal-split' && h.splits.length === 1 && shows(h),
  );
  const asExpected = hypotheses.find((h) => h.cause === 'as-expected');
  if (asExpected !== undefined && shows(asExpected)) return [];
  const settings = (expectation.findings ?? [])
    .flatMap((setting) => settingOf(setting, servers, seconds))
    .filter(shows);
  return [...files, ...settings.toSorted((a, b) => likelihoodOf(b, counts) - likelihoodOf(a, counts))];
}

function settingOf(setting: ConfigCause, servers: readonly string[], seconds: number): Hypothesis[] {
  const { cause, splits, lastsMs } = setting;
  if (lastsMs !== undefined && seconds !== Infinity && seconds * 1000 > lastsMs) return [];
  const made = splits.flatMap((shares) => {
    const split = splitOf(servers, { shares });
    return split === undefined ? [] : [split];
  });
  return made.length === 0 ? [] : [{ cause, prior: 1, splits: made, setting, about: [] }];
}

/** ln of the chance of the counts under the best split of a hypothesis. */
export function likelihoodOf(hypothesis: Hypothesis, counts: readonly number[]): number {
  return logChance(counts, bestSplit(hypothesis, counts));
}
