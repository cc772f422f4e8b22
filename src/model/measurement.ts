import type { Outcome } from './finding.ts';
import type { Span } from './span.ts';
import type { Text } from './text.ts';

/** Every cause that an explanation may name; the order is that of the report schema. */
export const CAUSES = [
  'configured-weights',
  'old-file-loaded',
  'older-file-loaded',
  'equal-split',
  'server-down',
  'all-on-one',
  'mixed-generations',
  'hidden-retries',
  'black-hole',
  'server-differs',
  'address-differs',
  'runtime-weight',
  'sticky-in-front',
  'l4-pinned',
  'duplicate-server',
  'backup-in-use',
  'slow-start',
  'ejected',
  'connection-limit',
  'diverted',
  'balancer-answers',
  'target-down',
  'none-fits',
] as const;
export type Cause = (typeof CAUSES)[number];

export interface Explanation {
  readonly cause: Cause;
  /** The place that says it; absent when no file does (a server that is down). */
  readonly at?: Span;
  /** The revision that `at` belongs to when it is not the head (short sha or ref). */
  readonly revision?: string;
  /** Posterior probability 0..1; absent under 200 requests. */
  readonly score?: number;
  /** Share by server, 0..1. */
  readonly predicts: Readonly<Record<string, number>>;
  readonly fits: boolean;
  /** One sentence naming the cause. */
  readonly what: Text;
  /** What to do next. */
  readonly next: Text;
}

export interface MeasuredServer {
  readonly name: string;
  /** 0..1; null when no share is expected of it (load-dependent pools). */
  readonly expected: number | null;
  readonly count: number;
  /** 0..1 of the attributed answers. */
  readonly share: number;
  /** Confidence interval, 0..1. */
  readonly low: number;
  readonly high: number;
  readonly errors: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
}

export interface Measurement {
  readonly source: 'probe' | 'prometheus' | 'log' | 'counts' | 'admin';
  readonly target: string | null;
  readonly address: string | null;
  readonly pool: string | null;
  /** Path of the config that the pool or route is in, where one is known. */
  readonly file?: string;
  readonly outcome: Outcome;
  /** One sentence: the verdict and why. */
  readonly reason: Text;
  readonly requests: number;
  readonly seconds: number;
  /** `25%` or `5pp`. */
  readonly tolerance: string | null;
  readonly errors: { readonly share: number; readonly limit: number };
  /** Natural logarithms. */
  readonly evidence: { readonly uneven: number; readonly even: number; readonly threshold: number } | null;
  readonly independent: boolean | null;
  readonly indistinguishable: readonly Cause[];
  readonly servers: readonly MeasuredServer[];
  readonly unexpected: readonly { readonly identity: string; readonly count: number }[];
  readonly unidentified: number;
  readonly explanations: readonly Explanation[];
  /** Remarks beside the verdict: drift, too small to be missed, slow servers, window shorter than ejection. */
  readonly notes: readonly Text[];
}
