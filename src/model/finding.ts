import type { Span } from './span.ts';
import type { Text } from './text.ts';

export type Severity = 'error' | 'warning' | 'notice';

/** Something on the checklist that does not hold, at one primary place, with what, why and what to do. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly at: Span;
  readonly pool?: string;
  readonly server?: string;
  /** One sentence: what is so. */
  readonly what: Text;
  /** One sentence: what it leads to. */
  readonly why: Text;
  /** What to do. */
  readonly fix: Text;
  /** True when the change brought it. */
  readonly introduced: boolean;
  readonly ignored?: { readonly reason: string; readonly until: string | undefined };
  readonly related: readonly RelatedPlace[];
  /** Findings of other rules that are told as related places of this one. */
  readonly covered?: readonly CoveredFinding[];
}

/** A finding that another one speaks for; its rule does not hold all the same. */
export interface CoveredFinding {
  readonly rule: string;
  readonly severity: Severity;
}

export interface RelatedPlace {
  readonly at: Span;
  readonly note: Text;
}

export type Outcome = 'pass' | 'fail' | 'inconclusive' | 'error';
