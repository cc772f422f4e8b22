import type { Explanation, Measurement } from '../model/measurement.ts';
import type { Tolerance } from '../model/request.ts';
import type { Text } from '../model/text.ts';

/** What a measurement may cost and what it must show. */
export interface Terms {
  readonly tolerance: Tolerance;
  /** Largest share of failed requests, 0..1. */
  readonly maxErrors: number;
  /** Redirects and refusals that are as they should be: `401`, `3xx`. */
  readonly expectStatus?: readonly string[];
  readonly maxRequests: number;
  readonly timeoutMs: number;
  /** Requests/s that will be sent at most, rate and round trip considered. */
  readonly rate: number;
  /** Keep watching so long and stop early only for an alarm, ms; undefined = stop at the first verdict. */
  readonly watchMs?: number;
}

/** What the measuring side saw beside counts. */
export interface Observed {
  readonly source: Measurement['source'];
  readonly target: string | null;
  readonly address: string | null;
  readonly seconds: number;
  /** Nothing answered at all in three spaced tries; the first note tells how that went. */
  readonly down: boolean;
  /** Stopped from outside before it was done. */
  readonly interrupted?: boolean;
  /** Our own side failed (name does not resolve, proxy): the measurement is inconclusive for this reason. */
  readonly obstacle?: Text;
  /** Remarks of the measuring side that belong into the report: a CDN answered, the rate was halved, … */
  readonly notes: readonly Text[];
  /** What the balancer's admin interface says is loaded, where it was asked: no hypothesis, but read. */
  readonly read?: ReadState;
}

/** What is loaded otherwise than it is written. */
export interface ReadState {
  /** Each with the line of the file and the row of the interface. */
  readonly explanations: readonly Explanation[];
  /** Shares that the loaded weights of the servers in rotation give, 0..1 by server; absent where they say nothing. */
  readonly shares?: ReadonlyMap<string, number>;
}
