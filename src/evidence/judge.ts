import type { Counts } from '../model/counts.ts';
import type { Measurement } from '../model/measurement.ts';
import type { Tolerance } from '../model/request.ts';
import type { Text } from '../model/text.ts';
import { conclusion } from './conclusion.ts';
import { errorsVerdict } from './errors-test.ts';
import { explain, LEAST_ANSWERS } from './explain.ts';
import type { Expectation } from './expectation.ts';
import { answersQuestion } from './load-dependent.ts';
import { sum } from './numerics.ts';
import { oneClientQuestion, nobodyQuestion } from './no-question.ts';
import type { Answer, Question } from './question.ts';
import { splitQuestion } from './split-question.ts';
import { nextCheck } from './split-test.ts';
import { entry, hasStrangers, tally, type Tally } from './tally.ts';
import { seenServers, unlistedQuestion } from './unlisted.ts';

/** What a measurement may cost and what it must show. */
export interface Terms {
  readonly tolerance: Tolerance;
  /** Largest share of failed requests, 0..1. */
  readonly maxErrors: number;
  readonly maxRequests: number;
  readonly timeoutMs: number;
  /** Requests/s that will be sent at most, rate and round trip considered. */
  readonly rate: number;
  /** Keep watching so long and stop early only for an alarm, ms; undefined = stop at the first verdict. */
  readonly watchMs?: number;
}

/** What the measuring side saw beside counts. */
export interface Observed {
  readonly source: Measurement['source'];
  readonly target: string | null;
  readonly address: string | null;
  readonly seconds: number;
  /** Nothing answered at all in three spaced tries. */
  readonly down: boolean;
  /** Our own side failed (name does not resolve, proxy): the measurement is inconclusive for this reason. */
  readonly obstacle?: Text;
  /** Remarks of the measuring side that belong into the report: a CDN answered, the rate was halved, … */
  readonly notes: readonly Text[];
}

export interface Judge {
  /** `25%` or `5pp`; null when no share is tested. */
  readonly tolerance: string | null;
  /** One sentence before the start: what is tested and how many requests it needs. */
  readonly plan: Text;
  /** Whether more answers are needed for verdict and cause. Cheap enough for every answer. */
  wantsMore(counts: Counts, elapsedMs: number): boolean;
  /** The verdict with its explanation. Pure. */
  conclude(counts: Counts, observed: Observed): Measurement;
}

export type MakeJudge = (expectation: Expectation, terms: Terms) => Judge;

/** After a failure is proved, go on for its cause: this many requests and this long, ms (verdict 8). */
const CAUSE_REQUESTS = 300;
const CAUSE_MS = 10_000;
/** No pass on fewer requests, since errors must have had a chance to show. */
const LEAST_TO_PASS = 100;

/**
 * Judges one measurement of one expectation. `wantsMore` remembers what was proved first, since the first proof decides
 * however the later answers fall; a judge that was never asked judges the counts as they are (merged files).
 */
export const makeJudge: MakeJudge = (expectation, terms) => {
  const question = questionOf(expectation, terms);
  const limitMs = terms.watchMs ?? terms.timeoutMs;
  let next = 1;
  let proved: Answer | undefined;
  let failedAt: { readonly requests: number; readonly elapsedMs: number } | undefined;
  let done = false;

  return {
    get tolerance() {
      return question.tolerance();
    },
    plan: question.plan,

    wantsMore(counts, elapsedMs) {
      const seen = tally(counts, expectation);
      if (done || elapsedMs >= limitMs || seen.requests >= terms.maxRequests) return false;
      if (seen.requests < next) return true;
      next = nextCheck(seen.requests);
      const errors = errorsVerdict(seen.errors, seen.requests, terms.maxErrors).state;
      if (proved === undefined) {
        const answer = question.look(seen, counts);
        const final = answer.state === 'broken' || (answer.state === 'holds' && terms.watchMs === undefined);
        if (final || answer.state === 'unanswerable') proved = answer;
      }
      const failed = proved?.state === 'broken' || errors === 'above' || hasStrangers(seen);
      if (failed) {
        failedAt ??= { requests: seen.requests, elapsedMs };
        done =
          seen.requests >= failedAt.requests + CAUSE_REQUESTS ||
          elapsedMs >= failedAt.elapsedMs + CAUSE_MS ||
          causeIsSettled(seen, counts);
      } else if (proved?.state === 'unanswerable') done = true;
      else if (proved?.state === 'holds') {
        done = errors === 'within' && seen.requests >= Math.min(LEAST_TO_PASS, terms.maxRequests);
      }
      return !done;
    },

    conclude(counts, observed) {
      const seen = tally(counts, expectation);
      const answer = standing(proved, question.look(seen, counts));
      return conclusion({ expectation, terms, counts, seen, answer, tolerance: question.tolerance(), observed });
    },
  };

  function causeIsSettled(seen: Tally, counts: Counts): boolean {
    if (seen.attributed < LEAST_ANSWERS) return false;
    if (proved?.state !== 'broken' || proved.explanations !== undefined) return true;
    const known = seenServers(expectation, counts);
    return explain(known, seen, (server) => entry(counts.retried, server)).settled;
  }
};

/** The first proof stands; its words and figures are those of all answers while these still say the same. */
function standing(proved: Answer | undefined, now: Answer): Answer {
  if (proved === undefined || proved.state === now.state) return now;
  return { ...proved, notes: now.notes };
}

/** The question that fits what is expected. */
function questionOf(expectation: Expectation, terms: Terms): Question {
  if (expectation.kind === 'unlisted') return unlistedQuestion(expectation, terms.tolerance, terms);
  if (expectation.kind === 'one-client') return oneClientQuestion(expectation);
  const active = expectation.servers.filter((s) => s.expected !== 0);
  if (active.length === 0) return nobodyQuestion();
  const shared = expectation.kind === 'split' && active.every((s) => s.expected !== null);
  if (active.length === 1 || !shared) return answersQuestion(expectation, terms);
  const total = sum(active.map((s) => s.expected ?? 0));
  const shares = active.map((s) => (s.expected ?? 0) / total);
  return splitQuestion(expectation, { servers: active.map((s) => s.name), shares }, terms.tolerance, terms);
}
