import type { Counts } from '../model/counts.ts';
import type { Tolerance } from '../model/request.ts';
import { list, say } from '../text/say.ts';
import { sharesOf } from './causes.ts';
import { dependenceOf, logUnevenBeyond, type Dependence } from './dependence.ts';
import type { Candidate, Expectation } from './expectation.ts';
import { unevenThoughSticky } from './guard.ts';
import { changedBetween } from './halves.ts';
import { splitOf } from './hypotheses.ts';
import { at, sum } from './numerics.ts';
import { makePlan, missable, planSentence, type Budget } from './plan.ts';
import { betFor, withBet } from './predictive-bet.ts';
import type { Assessment, Question } from './question.ts';
import { SplitTest, THRESHOLD } from './split-test.ts';
import {
  changedText,
  dependentText,
  fileText,
  heldText,
  notSettledText,
  splitNotes,
  tooManySmall,
  unevenText,
  unprovedText,
  type TestedSplit,
} from './split-words.ts';
import { answersOf, entry } from './tally.ts';
import { formatTolerance, limitsOf, limitsText, within } from './tolerance.ts';

/** Servers whose shares are tested, with what each should get (0..1, sum 1). */
export interface Expected {
  readonly servers: readonly string[];
  readonly shares: readonly number[];
}

/** When servers too small to be missed hold more of the traffic than this, the rest says nothing about the split. */
const MOST_UNSEEN = 0.5;

/** Does every server get its expected share? */
export function splitQuestion(
  expectation: Expectation,
  { servers, shares }: Expected,
  wanted: Tolerance,
  budget: Budget,
): Question {
  const plan = makePlan(shares, wanted, budget);
  const limits = limitsOf(shares, plan.tolerance, missable(budget.maxRequests));
  const split: TestedSplit = { expectation, servers, shares, limits, plan, budget };
  const others = differing(expectation.candidates, servers, shares);
  const test = new SplitTest(
    shares,
    limits,
    others.filter((c) => c.candidate.inTest).map((c) => c.split),
  );
  const bet = betFor(shares, limits);
  const alike = others.filter((c) => within(limits, c.split));
  const tolerance = formatTolerance(plan.tolerance);
  const unseen = sum(shares.filter((_, i) => at(limits.low, i) <= 0));
  const { workers = 0, block = 0 } = expectation;

  return {
    tolerance: () => tolerance,
    plan: planSentence(plan, servers.length, expectation.declared, budget, limitsText(shares, plan.tolerance, limits)),
    follow: (counts) => bet?.follow(countsOf(counts)),
    assess,
    logBroken(counts) {
      const seen = countsOf(counts);
      return logUneven(seen, dependence(seen, counts), repeatsOf(counts));
    },
    provedBy(earlier, now) {
      return logUneven(countsOf(earlier), dependence(countsOf(now), now), repeatsOf(earlier)) >= THRESHOLD;
    },
  };

  function countsOf(counts: Counts): number[] {
    return servers.map((server) => answersOf(counts, server));
  }

  function dependence(seen: readonly number[], counts: Counts): Dependence {
    return dependenceOf(seen, { repeats: repeatsOf(counts), longestRun: counts.longestRun, workers, block });
  }

  function repeatsOf(counts: Counts): number[] | undefined {
    return counts.repeats && servers.map((server) => entry(counts.repeats, server));
  }

  /** ln of the evidence for an uneven split, as far as the order in which servers are picked does not explain it. */
  function logUneven(seen: readonly number[], order: Dependence, repeats: readonly number[] | undefined): number {
    return logUnevenBeyond(test, seen, withBet(test.logUneven(seen), bet), order, repeats);
  }

  function assess(counts: Counts): Assessment {
    const seen = countsOf(counts);
    const repeats = repeatsOf(counts);
    const order = dependence(seen, counts);
    const even = Math.min(test.logEven(seen, order.runs), test.logTogether(seen, order.runs));
    const evidence = { uneven: logUneven(seen, order, repeats), even, threshold: THRESHOLD };
    const asked = sum(seen) > 0;
    const { correlation } = order;
    const assessment = (state: Assessment['state'], reason: Assessment['reason']): Assessment => ({
      state,
      reason,
      evidence: asked ? evidence : null,
      independent: asked && correlation !== undefined ? !correlation.dependent && state !== 'dependent' : null,
      notes: splitNotes(split, seen),
    });
    if (evidence.uneven >= THRESHOLD) {
      if (!expectation.guard || repeats === undefined || unevenThoughSticky(test, seen, repeats)) {
        return assessment('broken', unevenText(split, seen));
      }
      return assessment('dependent', dependentText(correlation?.rho ?? 0, sum(seen)));
    }
    if (unseen > MOST_UNSEEN) return assessment('open', tooManySmall(split));
    const first = counts.firstHalf && servers.map((server) => entry(counts.firstHalf, server));
    if (even >= THRESHOLD && first !== undefined && changedBetween(first, seen, limits, order.runs)) {
      return assessment('changed', changedText(first, seen));
    }
    if (even >= THRESHOLD) return { ...assessment('holds', held()), alike: alike.map((c) => c.candidate.cause) };
    if (expectation.guard && correlation?.dependent === true) {
      return assessment('dependent', dependentText(correlation.rho, sum(seen)));
    }
    if (test.provesUneven(seen)) return assessment('open', unprovedText(split, seen, order));
    return assessment('open', notSettledText(split, seen, order));
  }

  function held(): Assessment['reason'] {
    const verdict = heldText(split);
    const same = alike.map((other) => say`${fileText(other.candidate)} (${sharesOf(other.split)})`);
    return same.length === 0 ? verdict : say`${verdict}; ${list(same)} would look the same`;
  }
}

interface Differing {
  readonly candidate: Candidate;
  /** Over the tested servers, sum 1. */
  readonly split: readonly number[];
}

/** Candidates whose split of the tested servers is not the expected one. */
function differing(
  candidates: readonly Candidate[],
  servers: readonly string[],
  shares: readonly number[],
): Differing[] {
  return candidates.flatMap((candidate) => {
    const split = splitOf(servers, candidate);
    if (split === undefined || split.every((q, i) => Math.abs(q - at(shares, i)) < 1e-6)) return [];
    return [{ candidate, split }];
  });
}
