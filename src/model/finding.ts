import type { Span } from './span.ts';
import type { Text } from './text.ts';

/** Worst first. */
export const SEVERITIES = ['error', 'warning', 'notice'] as const;
export type Severity = (typeof SEVERITIES)[number];

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

/** Worst first: the strongest of several is the outcome of all. */
export const OUTCOMES = ['error', 'fail', 'inconclusive', 'pass'] as const;
export type Outcome = (typeof OUTCOMES)[number];
