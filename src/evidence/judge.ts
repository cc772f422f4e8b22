import type { Counts } from '../model/counts.ts';
import type { Measurement } from '../model/measurement.ts';
import type { Text } from '../model/text.ts';
import { say } from '../text/say.ts';
import { conclusion, LEAST_TO_PASS } from './conclusion.ts';
import { errorsVerdict, type ErrorsVerdict } from './errors-test.ts';
import type { Expectation } from './expectation.ts';
import { explain, LEAST_ANSWERS } from './explain.ts';
import { answersQuestion } from './load-dependent.ts';
import { oneClientQuestion, nobodyQuestion } from './no-question.ts';
import { sum } from './numerics.ts';
import type { Answer, Question } from './question.ts';
import { splitQuestion } from './split-question.ts';
import { nextCheck } from './split-test.ts';
import { entry, hasStrangers, requestsOf, tally, type Tally } from './tally.ts';
import type { Observed, Terms } from './terms.ts';
import { membersOf, unlistedQuestion } from './unlisted.ts';
import { evidenceOf, since, snapshot, Watch } from './watch.ts';

export interface Judge {
  /** `25%` or `5pp`; null when no share is tested. */
  readonly tolerance: string | null;
  /** One sentence before the start: what is tested and how many requests it needs. */
  readonly plan: Text;
  /** A fault is proved; its cause may still be sought. */
  readonly failing: boolean;
  /** Whether more answers are needed for verdict and cause. Cheap enough for every answer. */
  wantsMore(counts: Counts, elapsedMs: number): boolean;
  /**
   * The verdict with its explanation. Pure. `draws` has one answer a client where a client always meets the same server:
   * what happened to its requests is judged by all of them, the split by the draws.
   */
  conclude(counts: Counts, observed: Observed, draws?: Counts): Measurement;
}

export type MakeJudge = (expectation: Expectation, terms: Terms) => Judge;

/** After a failure is proved, go on for its cause: this many requests and this long, ms. */
const CAUSE_REQUESTS = 300;
const CAUSE_MS = 10_000;
/** Answers without a server's name: after so many, more of them are waste. */
const MOST_ANONYMOUS = 50;
/** Everything came from one server, which may be stickiness as well as a fault: after so many, more of it tells nothing. */
const MOST_FROM_ONE = 100;
/** A server that is meant to get so much (0..1) may well get it all. */
const NEARLY_ALL = 0.9;
/** While watching, a fault is looked for at least this often, requests. */
const WATCH_STEP = 20;

/**
 * Judges one measurement of one expectation. `wantsMore` remembers what was proved first, since the first proof decides
 * however later answers fall; a judge that was never asked judges the counts as they are (merged files).
 */
export const makeJudge: MakeJudge = (expectation, terms) => {
  const question = questionOf(expectation, terms);
  const watch = terms.watchMs === undefined ? undefined : new Watch();
  let next = 1;
  let proof: Proof = {};
  let failedAt: { readonly requests: number; readonly elapsedMs: number } | undefined;
  let done = false;

  return {
    get tolerance() {
      return question.tolerance();
    },
    plan: question.plan,
    get failing() {
      return failedAt !== undefined;
    },

    wantsMore(counts, elapsedMs) {
      const requests = requestsOf(counts);
      if (done || elapsedMs >= (terms.watchMs ?? terms.timeoutMs) || requests >= terms.maxRequests) return false;
      if (requests < next) return true;
      next = watch === undefined ? nextCheck(requests) : Math.min(nextCheck(requests), requests + WATCH_STEP);
      proof = watch === undefined ? look(counts, proof) : watched(watch, counts, proof);
      done = isEnough(counts, requests, elapsedMs);
      return !done;
    },

    conclude(counts, observed, draws = counts) {
      const window = proof.since === undefined ? draws : since(counts, proof.since);
      const answer = standing(proof, question.look(tally(window, expectation), window), requestsOf(window));
      const tolerance = question.tolerance();
      return conclusion({
        expectation,
        terms,
        counts,
        window,
        answer,
        errors: proof.errors,
        tolerance,
        observed,
        draws,
      });
    },
  };

  function look(counts: Counts, before: Proof): Proof {
    const seen = tally(counts, expectation);
    const errors = errorsVerdict(seen.errors, seen.requests, terms.maxErrors);
    const answer = before.answer ?? question.look(seen, counts);
    return {
      ...(isFinal(answer) ? { answer } : {}),
      ...(before.errors !== undefined || errors.state === 'above' ? { errors: before.errors ?? errors } : {}),
    };
  }

  /** While watching only faults are proofs: "even so far" ends nothing. The cause is sought in what comes after. */
  function watched(watch: Watch, counts: Counts, before: Proof): Proof {
    if (before.answer !== undefined || before.errors !== undefined) return before;
    watch.follow(counts);
    const uneven = watch.alarm(counts, (window) => {
      const what = question.look(tally(window, expectation), window);
      return { evidence: evidenceOf(what), what };
    });
    if (uneven?.what.state === 'broken') {
      return {
        answer: { ...uneven.what, reason: inTheLast(uneven.requests, uneven.what.reason) },
        since: snapshot(counts),
      };
    }
    const failing = watch.alarm(counts, (window) => {
      const { errors, requests } = tally(window, expectation);
      const what = errorsVerdict(errors, requests, terms.maxErrors);
      return { evidence: what.evidence, what };
    });
    return failing?.what.state === 'above' ? { errors: failing.what, since: snapshot(counts) } : {};
  }

  /** Verdict and cause are there, or more answers would not help. */
  function isEnough(counts: Counts, requests: number, elapsedMs: number): boolean {
    const seen = tally(counts, expectation);
    if (proof.answer?.state === 'broken' || proof.errors !== undefined || hasStrangers(seen)) {
      failedAt ??= { requests, elapsedMs };
      const late = requests >= failedAt.requests + CAUSE_REQUESTS || elapsedMs >= failedAt.elapsedMs + CAUSE_MS;
      return late || causeIsSettled(proof.since === undefined ? counts : since(counts, proof.since));
    }
    if (watch !== undefined) return false;
    if (proof.answer?.state === 'unanswerable' || isStuck(seen)) return true;
    if (seen.anonymous >= MOST_ANONYMOUS && seen.anonymous > seen.attributed) return true;
    if (proof.answer?.state !== 'holds' || requests < Math.min(LEAST_TO_PASS, terms.maxRequests)) return false;
    return errorsVerdict(seen.errors, requests, terms.maxErrors).state === 'within';
  }

  /** One client that always meets one server, where the guard lets that prove nothing. */
  function isStuck(seen: Tally): boolean {
    const { guard, kind, servers } = expectation;
    if (!guard || kind !== 'split' || seen.attributed < MOST_FROM_ONE) return false;
    return servers.some(({ name, expected }) => (expected ?? 0) < NEARLY_ALL && seen.of(name) === seen.attributed);
  }

  function causeIsSettled(counts: Counts): boolean {
    const seen = tally(counts, expectation);
    if (seen.attributed < LEAST_ANSWERS) return false;
    if (proof.answer?.explanations !== undefined || expectation.kind === 'load-dependent') return true;
    if (proof.answer?.state !== 'broken' && !hasStrangers(seen)) return true;
    return explain(membersOf(expectation, counts), seen, (server) => entry(counts.retried, server)).settled;
  }
};

/** What was proved; in a watched measurement also the counts at that moment. */
interface Proof {
  readonly answer?: Answer;
  readonly errors?: ErrorsVerdict;
  readonly since?: Counts;
}

function isFinal(answer: Answer): boolean {
  return answer.state === 'broken' || answer.state === 'holds' || answer.state === 'unanswerable';
}

/** The first proof stands; its words are those of all answers while these still say the same. */
function standing({ answer, since }: Proof, now: Answer, requests: number): Answer {
  if (answer === undefined) return now;
  if (answer.state !== now.state) return { ...answer, notes: now.notes };
  return since === undefined ? now : { ...now, reason: inTheLast(requests, now.reason) };
}

function inTheLast(requests: number, reason: Text): Text {
  return say`In the last ${requests} requests: ${reason}`;
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
