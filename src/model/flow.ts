import type { PoolKey } from './keys.ts';
import type { Entry } from './route.ts';
import type { Part } from './share.ts';
import type { Span } from './span.ts';

/** What becomes of the requests of one class: parts 0..1, or bounds; together they are 1. */
export interface Flow {
  readonly pools: ReadonlyMap<PoolKey, Part>;
  /** Refused, answered with an error, or sent to a pool that no server serves. */
  readonly lost: Part;
  /** Answered by the balancer itself: a page, a file, a redirect. */
  readonly answered: Part;
  /** Decided at run time. */
  readonly unknown: Part;
}

/** An entry of head with what becomes of each class of its requests before and after. */
export interface ReportEntry {
  readonly entry: Entry;
  readonly matches: readonly ReportMatch[];
  /** Over all of its requests; null without a base. */
  readonly lost: { readonly base: Part; readonly head: Part };
}

export interface ReportMatch {
  /** The condition that names the class; null = every request that no condition names. */
  readonly when: string | null;
  /** The line that decides it. */
  readonly at: Span;
  /** Where that line leads; null when none decides and the requests are lost. */
  readonly to: string | null;
  readonly base: Flow | null;
  readonly head: Flow;
}
