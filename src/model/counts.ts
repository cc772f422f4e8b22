/**
 * What one measurement counted: the counts file (schemas/counts.schema.json) in memory. Merging two is adding.
 * Keys of `servers` and `errors` are server names of the config when it is known, else the identities seen.
 */
export interface Counts {
  readonly version: 1;
  readonly target?: string;
  readonly address?: string;
  readonly pool?: string;
  readonly runner?: string;
  readonly versionSeen?: string;
  /** ISO time. */
  readonly started?: string;
  readonly seconds?: number;
  readonly servers: Readonly<Record<string, number>>;
  /** Responses of a server that were errors (5xx or broken); they are in `servers` too. */
  readonly errors?: Readonly<Record<string, number>>;
  /** Those of `errors` that were broken whatever their status: cut off, or a 101 or 304 that was not requested. */
  readonly broken?: Readonly<Record<string, number>>;
  /** Answers by server (of `servers` or `unexpected`) and status, as `404`. Absent where statuses were not seen. */
  readonly statuses?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Requests without an attributable answer, by how they failed. */
  readonly failed?: Readonly<Partial<Record<FailureKind, number>>>;
  readonly latencyMs?: Readonly<Record<string, LatencySketch>>;
  /** Consecutive answers of the same server, per server: for the independence guard. */
  readonly repeats?: Readonly<Record<string, number>>;
  /** Most consecutive answers of one server. */
  readonly longestRun?: number;
  /** Errors by when they came: requests failed together in one incident where fewer than 20 clean ones lie between them. */
  readonly incidents?: Incidents;
  /** Blocks of 20 consecutive answers of a server in which a status was seen, by server and status; as `statuses`. */
  readonly statusBlocks?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Time to connect, over all answers. */
  readonly connectMs?: LatencySketch;
  /** Counts of the first half of the measurement. */
  readonly firstHalf?: Readonly<Record<string, number>>;
  /** Identities that no server of the config has. */
  readonly unexpected?: Readonly<Record<string, number>>;
  /** Answers without identity that were no errors. */
  readonly unidentified?: number;
  /** Relative tolerance as a share of each expected share, e.g. 0.25, or absolute as text `5pp`. */
  readonly tolerance?: number | string;
  /** Failed tries that the balancer hid by asking another server, by the server that failed. */
  readonly retried?: Readonly<Record<string, number>>;
  /** Answers that a cache or CDN gave instead of a server of the pool. */
  readonly cached?: number;
  /** Answers with status 429; those that name their server are in `servers` too. */
  readonly limited?: number;
}

export interface Incidents {
  readonly count: number;
  /** Requests from the first to the last error of the longest incident. */
  readonly longest: number;
}

export type FailureKind = 'refused' | 'reset' | 'timeout' | 'tls' | 'broken' | 'anonymous5xx';

/** Latency histogram with logarithmic buckets: bucket i holds [1.1^i, 1.1^(i+1)) / 10 ms. Mergeable by adding. */
export interface LatencySketch {
  readonly buckets: Readonly<Record<string, number>>;
}
