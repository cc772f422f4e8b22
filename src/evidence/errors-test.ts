import { logSumExp, times } from './numerics.ts';
import { THRESHOLD } from './split-test.ts';

/** Rates bet on: from just above the limit to everything failing. */
const GROWTH = 1.5;
/** Fewer errors than this are chance, unless none is allowed. */
const LEAST_ERRORS = 3;

export interface ErrorsVerdict {
  /** within: observed at or below the limit, or too few to doubt. doubtful: observed above it, not proved. */
  readonly state: 'within' | 'doubtful' | 'above';
  /** Natural logarithm of the evidence for a rate above the limit. */
  readonly evidence: number;
  /** Observed, 0..1. */
  readonly share: number;
  readonly requests: number;
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

/** What `errors` of `requests` say about the limit (0..1); at most 1 % false alarms however often one looks. */
export function errorsVerdict(errors: number, requests: number, limit: number): ErrorsVerdict {
  const evidence = logErrorsAbove(errors, requests, limit);
  const share = requests === 0 ? 0 : errors / requests;
  const few = limit > 0 && errors < LEAST_ERRORS;
  const state = few || share <= limit ? 'within' : evidence >= THRESHOLD ? 'above' : 'doubtful';
  return { state, evidence, share, requests };
}
