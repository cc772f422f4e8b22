import type { Counts } from '../model/counts.ts';
import type { Cause, Explanation, Measurement } from '../model/measurement.ts';
import type { Text } from '../model/text.ts';

/**
 * What the counts say about who answers how often. holds: proved. broken: disproved. open: more answers may settle it.
 * changed: disproved by a part of the answers, not by all. dependent: looks broken, but answers repeat servers so much that
 * it proves nothing. unanswerable: no number of requests from here settles it.
 */
export interface Assessment {
  readonly state: 'holds' | 'broken' | 'open' | 'changed' | 'dependent' | 'unanswerable';
  /** One sentence. */
  readonly reason: Text;
  readonly evidence: Measurement['evidence'];
  /** Null when the order of answers is not known. */
  readonly independent: boolean | null;
  readonly notes: readonly Text[];
  /** Causes that would look the same as what is expected. */
  readonly alike?: readonly Cause[];
  /** Causes that the question knows by itself, without weighing hypotheses. */
  readonly explanations?: readonly Explanation[];
}

/** One kind of question about a pool's traffic; which one is asked follows from what is expected. */
export interface Question {
  /** `25%` or `5pp`; null when no share is tested (yet). */
  tolerance(): string | null;
  readonly plan: Text;
  /** Takes in a moment of one measurement; moments come in order. For evidence that bets on what comes next. */
  follow?(counts: Counts): void;
  assess(counts: Counts): Assessment;
  /** ln of the evidence for "broken" alone, for questions that have an e-value; cheaper than `assess`. */
  logBroken?(counts: Counts): number;
  /** Whether `earlier` counts of the measurement prove "broken" by what `now` shows of the order of answers. */
  provedBy?(earlier: Counts, now: Counts): boolean;
}
