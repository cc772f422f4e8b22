import type { Counts } from '../model/counts.ts';
import type { ErrorsVerdict } from './errors-test.ts';
import type { Expectation } from './expectation.ts';
import type { Assessment } from './question.ts';
import type { Tally } from './tally.ts';
import type { Observed, Terms } from './terms.ts';

/** Everything that a verdict is made of. */
export interface Case {
  readonly expectation: Expectation;
  readonly terms: Terms;
  readonly counts: Counts;
  /** What shares are told of: all that was counted, or one answer a client. */
  readonly draws: Counts;
  /** The part of the counts that the verdict on the split is about: the draws, or those since a fault began. */
  readonly window: Counts;
  /** What the window says about the split. */
  readonly answer: Assessment;
  /** Everything counted, seen from the expectation. */
  readonly seen: Tally;
  /** The expectation, with those who answered as its servers where no file lists them. */
  readonly known: Expectation;
  /** Set when too many errors were proved while measuring. */
  readonly errors: ErrorsVerdict | undefined;
  readonly tolerance: string | null;
  readonly observed: Observed;
}
