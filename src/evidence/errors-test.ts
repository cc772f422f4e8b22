import type { Incidents } from '../model/counts.ts';
import { logSumExp, rootOf, times } from './numerics.ts';
import { THRESHOLD } from './split-test.ts';

/** Rates bet on: from just above the limit to everything failing. */
const GROWTH = 1.5;
/** A single burst proves nothing about a rate: so many incidents do, or one that lasts so many requests. */
const LEAST_INCIDENTS = 3;
const LONG_INCIDENT = 100;
/** What has to be excluded before a rate within the limit passes: this many times the limit. */
const EXCLUDED = 3;
/** Parts of the bet on no error at all, and on rates at these parts of the limit. */
const NO_ERROR_WEIGHT = 0.6;
const BELOW = [
  { part: 1 / 4, weight: 0.1 },
  { part: 1 / 2, weight: 0.1 },
  { part: 1, weight: 0.2 },
] as const;

export interface ErrorsVerdict {
  /**
   * within: proved below the rate to exclude. open: observed within the limit, not proved yet. doubtful: observed above the
   * limit, not proved. above: proved above it.
   */
  readonly state: 'within' | 'open' | 'doubtful' | 'above';
  /** Natural logarithm of the evidence for a rate above the limit. */
  readonly evidence: number;
  /** Observed, 0..1. */
  readonly share: number;
  /** The rate is at most this, 0..1: right in 99 % of measurements, however often one looks. */
  readonly atMost: number;
  readonly errors: number;
  readonly requests: number;
}

/** What is measured, and what it is held to. */
export interface ErrorsSeen {
  readonly errors: number;
  readonly requests: number;
  /** Undefined where it is not known when the errors came; each is then taken as an incident of its own. */
  readonly incidents?: Incidents | undefined;
}

export interface ErrorsLimit {
  /** Largest accepted share of failed requests, 0..1. */
  readonly maxErrors: number;
  readonly maxRequests: number;
}

/**
 * ln of the evidence that the error rate is above `limit` (0..1): a mixture of likelihood ratios against the limit, an
 * e-value for every rate up to it, so that one may look after every answer.
 */
function logErrorsAbove(errors: number, requests: number, limit: number): number {
  if (limit >= 1) return -Infinity;
  if (limit <= 0) return errors > 0 ? Infinity : -Infinity;
  const rates: number[] = [];
  for (let x = limit * GROWTH; x < 0.98; x *= GROWTH) rates.push(x);
  rates.push(1);
  return logSumExp(
    rates.map(
      (x) =>
        times(errors, Math.log(x / limit)) +
        times(requests - errors, Math.log((1 - x) / (1 - limit))) -
        Math.log(rates.length),
    ),
  );
}

/**
 * ln of the evidence that the error rate is below `bound` (0..1): a mixture of bets on no error and on rates up to `limit`,
 * an e-value for every rate from `bound` on.
 */
function logErrorsBelow(errors: number, requests: number, limit: number, bound: number): number {
  const clean = requests - errors;
  const terms = [Math.log(NO_ERROR_WEIGHT) + (errors > 0 ? -Infinity : -times(clean, Math.log(1 - bound)))];
  for (const { part, weight } of BELOW) {
    const x = part * limit;
    if (x <= 0 || x >= bound) continue;
    terms.push(Math.log(weight) + times(errors, Math.log(x / bound)) + times(clean, Math.log((1 - x) / (1 - bound))));
  }
  return logSumExp(terms);
}

/** Largest rate (0..1) that is not excluded at 99 %, whenever one looks. */
function largestRate(errors: number, requests: number, limit: number): number {
  if (requests === 0 || errors >= requests) return 1;
  return rootOf((rate) => logErrorsBelow(errors, requests, limit, rate) - THRESHOLD, errors / requests, 1);
}

/** The rate that must be excluded for a pass, 0..1: what the limit or the budget allows, whichever is more. */
function rateToExclude({ maxErrors, maxRequests }: ErrorsLimit): number {
  return Math.max(EXCLUDED * maxErrors, (2 * THRESHOLD) / Math.max(1, maxRequests));
}

/** What the errors say about the limit; at most 1 % false alarms and 1 % false passes however often one looks. */
export function errorsVerdict(seen: ErrorsSeen, limits: ErrorsLimit): ErrorsVerdict {
  const { errors, requests } = seen;
  const { maxErrors } = limits;
  const evidence = logErrorsAbove(errors, requests, maxErrors);
  const share = requests === 0 ? 0 : errors / requests;
  const found = { evidence, share, errors, requests, atMost: largestRate(errors, requests, maxErrors) };
  if (share > maxErrors) {
    const proved = evidence >= THRESHOLD && (maxErrors <= 0 || outlastsBursts(seen, maxErrors));
    return { ...found, state: proved ? 'above' : 'doubtful' };
  }
  const bound = rateToExclude(limits);
  // With a limit of 0 no error passes, and the report says how much that excludes.
  const proved = maxErrors <= 0 || bound >= 1 || logErrorsBelow(errors, requests, maxErrors, bound) >= THRESHOLD;
  return { ...found, state: proved ? 'within' : 'open' };
}

/**
 * Whether errors that come together prove it too: one failure of a service takes all requests under way, so that its errors
 * are no independent draws. Held to as many errors as there were incidents, in proportionally fewer requests.
 */
function outlastsBursts({ errors, requests, incidents }: ErrorsSeen, limit: number): boolean {
  if (incidents === undefined) return errors >= LEAST_INCIDENTS;
  if (incidents.longest >= LONG_INCIDENT) return true;
  if (incidents.count < LEAST_INCIDENTS) return false;
  const together = errors / incidents.count;
  return logErrorsAbove(errors / together, requests / together, limit) >= THRESHOLD;
}
