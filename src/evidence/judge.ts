import type { Counts } from '../model/counts.ts';
import type { Measurement } from '../model/measurement.ts';
import type { Text } from '../model/text.ts';
import { say } from '../text/say.ts';
import { conclusion, LEAST_TO_PASS } from './conclusion.ts';
import { errorsVerdict, type ErrorsVerdict } from './errors-test.ts';
import type { ExpectedServer, Expectation } from './expectation.ts';
import { explain, LEAST_ANSWERS } from './explain.ts';
import { answersQuestion } from './answers-question.ts';
import { loadQuestion } from './load-question.ts';
import { oneClientQuestion, nobodyQuestion, unknownSharesQuestion } from './no-question.ts';
import { sum } from './numerics.ts';
import { Proof } from './proof.ts';
import type { Assessment, Question } from './question.ts';
import { splitQuestion } from './split-question.ts';
import { nextCheck } from './split-test.ts';
import { mayDiffer } from './statuses.ts';
import { entry, hasStrangers, requestsOf, tally, type Tally } from './tally.ts';
import type { Observed, Terms } from './terms.ts';
import { memberNames, membersOf, unlistedQuestion } from './unlisted.ts';
import { evidenceOf, since, Watch } from './watch.ts';

export interface Judge {
  /** `25%` or `5pp`; null when no share is tested. */
  readonly tolerance: string | null;
  /** One sentence before the start: what is tested and how many requests it needs. */
  readonly plan: Text;
  /** A fault is proved, or a watch has raised its alarm; the cause may still be sought. */
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

/** After a failure is proved, go on for its cause: this many requests, a server where there are more, and this long, ms. */
const CAUSE_REQUESTS = { least: 700, server: 100 } as const;
const CAUSE_MS = 20_000;
/** Answers without a server's name: after so many, more of them are waste. */
const MOST_ANONYMOUS = 50;
/** Everything came from one server, which may be stickiness as well as a fault: after so many, more of it tells nothing. */
const MOST_FROM_ONE = 100;
/** A server that is meant to get so much (0..1) may well get it all. */
const NEARLY_ALL = 0.9;
/** While watching, a fault is looked for at least this often, requests. */
const WATCH_STEP = 20;

/**
 * Judges one measurement of one expectation. The split is judged by all answers: `wantsMore` remembers when a fault was first
 * proved, so that a proof that later answers take back is told from a split that was never off. A judge that was never asked
 * judges the counts as they are (merged files).
 */
export const makeJudge: MakeJudge = (expectation, terms) => {
  const question = questionOf(expectation, terms);
  const watch = terms.watchMs === undefined ? undefined : new Watch();
  const forCause = Math.max(CAUSE_REQUESTS.least, CAUSE_REQUESTS.server * expectation.servers.length);
  let next = 1;
  let proof = new Proof();
  let asked = false;
  let errorsProved: ErrorsVerdict | undefined;
  let alarm: { readonly from: Counts; readonly requests: number } | undefined;
  let failedAt: { readonly requests: number; readonly elapsedMs: number } | undefined;
  let done = false;

  return {
    get tolerance() {
      return question.tolerance();
    },
    plan: question.plan,
    get failing() {
      return alarm !== undefined || failedAt !== undefined;
    },

    wantsMore(counts, elapsedMs) {
      const requests = requestsOf(counts);
      if (done || elapsedMs >= (terms.watchMs ?? terms.timeoutMs) || requests >= terms.maxRequests) return false;
      if (requests < next) return true;
      next = watch === undefined ? nextCheck(requests) : Math.min(nextCheck(requests), requests + WATCH_STEP);
      asked = true;
      if (watch !== undefined && alarm === undefined && !raises(watch, counts, requests)) return true;
      done = isEnough(counts, requests, elapsedMs);
      return !done;
    },

    conclude(counts, observed, draws = counts) {
      const window = alarm === undefined ? draws : since(counts, alarm.from);
      return conclusion({
        expectation,
        terms,
        counts,
        window,
        answer: atEnd(window),
        errors: errorsProved,
        tolerance: question.tolerance(),
        observed,
        draws,
      });
    },
  };

  /** While watching only faults are proofs: "even so far" ends nothing. The verdict is then about what came since one began. */
  function raises(watch: Watch, counts: Counts, requests: number): boolean {
    watch.follow(counts);
    const broken = watch.alarm(counts, (window) => evidenceOf(question, window));
    const failing = watch.alarm(counts, (window) => errorsOf(window).evidence);
    const errors = failing && errorsOf(since(counts, failing));
    if (errors?.state === 'above') errorsProved = errors;
    const isBroken = broken !== undefined && question.assess(since(counts, broken)).state === 'broken';
    const from = isBroken ? broken : errorsProved && failing;
    if (from !== undefined) alarm = { from, requests };
    return from !== undefined || hasStrangers(tally(counts, expectation));
  }

  function atEnd(window: Counts): Assessment {
    const now = question.assess(window);
    const { attributed } = tally(window, expectation);
    const all = asked ? proof.atEnd(now, attributed, window, question) : now;
    return alarm === undefined
      ? all
      : { ...all, reason: say`In the last ${requestsOf(window)} requests: ${all.reason}` };
  }

  function errorsOf(counts: Counts): ErrorsVerdict {
    const { errors, requests } = tally(counts, expectation);
    return errorsVerdict({ errors, requests, incidents: counts.incidents }, terms);
  }

  /** Verdict and cause are there, or more answers would not help. */
  function isEnough(counts: Counts, requests: number, elapsedMs: number): boolean {
    const window = alarm === undefined ? counts : since(counts, alarm.from);
    const seen = tally(window, expectation);
    if (watch === undefined) question.follow?.(window);
    const now = question.assess(window);
    if (now.state === 'broken')
      proof.see(now.reason, now.evidence?.uneven ?? evidenceOf(question, window), seen.attributed, window);
    const errors = errorsOf(counts);
    if (errors.state === 'above') errorsProved ??= errors;
    const isBroken = now.state === 'broken' && proof.isFinal(seen.attributed);
    if (isBroken || errorsProved !== undefined || hasStrangers(seen)) {
      failedAt ??= { requests, elapsedMs };
      const late = requests >= failedAt.requests + forCause || elapsedMs >= failedAt.elapsedMs + CAUSE_MS;
      return late || causeIsSettled(window, now, elapsedMs);
    }
    failedAt = undefined;
    if (alarm !== undefined) return requests >= alarm.requests + forCause;
    if (now.state === 'unanswerable' || isStuck(seen)) return true;
    if (seen.anonymous >= MOST_ANONYMOUS && seen.anonymous > seen.attributed) return true;
    if (now.state !== 'holds' || requests < Math.min(LEAST_TO_PASS, terms.maxRequests)) return false;
    return errors.state === 'within' && !mayDiffer(counts, memberNames(expectation, counts), terms.expectStatus);
  }

  /** One client that always meets one server, where the guard lets that prove nothing. */
  function isStuck(seen: Tally): boolean {
    const { guard, kind, servers } = expectation;
    if (!guard || kind !== 'split' || seen.attributed < MOST_FROM_ONE) return false;
    return servers.some(({ name, expected }) => (expected ?? 0) < NEARLY_ALL && seen.of(name) === seen.attributed);
  }

  function causeIsSettled(counts: Counts, now: Assessment, elapsedMs: number): boolean {
    const seen = tally(counts, expectation);
    // Where no server answers there is no split to explain.
    if (seen.attributed === 0) return seen.requests >= LEAST_ANSWERS;
    if (seen.attributed < LEAST_ANSWERS) return false;
    if (now.explanations !== undefined || expectation.kind === 'load-dependent') return true;
    if (now.state !== 'broken' && !hasStrangers(seen)) return true;
    const retried = (server: string) => entry(counts.retried, server);
    return explain(membersOf(expectation, counts), seen, retried, elapsedMs / 1000).settled;
  }
};

/** The question that fits what is expected. */
function questionOf(expectation: Expectation, terms: Terms): Question {
  if (expectation.kind === 'unlisted') return unlistedQuestion(expectation, terms.tolerance, terms);
  if (expectation.kind === 'one-client') return oneClientQuestion(expectation);
  const active = expectation.servers.filter((s) => s.expected !== 0);
  if (active.length === 0) return nobodyQuestion();
  if (active.length === 1) return answersQuestion(expectation, terms);
  const ofSplit = active.every((s) => s.expected !== null);
  const { kind, unknownShares } = expectation;
  if (unknownShares !== undefined) {
    return unknownSharesQuestion(unknownShares, ofSplit ? evenOrDeclared(expectation, active, terms) : undefined);
  }
  if (kind !== 'split' || !ofSplit) return loadQuestion(expectation, terms);
  return evenOrDeclared(expectation, active, terms);
}

function evenOrDeclared(expectation: Expectation, active: readonly ExpectedServer[], terms: Terms): Question {
  const total = sum(active.map((s) => s.expected ?? 0));
  const shares = active.map((s) => (s.expected ?? 0) / total);
  return splitQuestion(expectation, { servers: active.map((s) => s.name), shares }, terms.tolerance, terms);
}
