import type { Text } from './text.ts';

/** Shares of one server, each 0..1; null = cannot be told from the config. */
export interface Share {
  /** With the pool quiet: one request at a time. */
  readonly idle: number | null;
  /** Under concurrent load with equally fast servers. */
  readonly loaded: number | null;
  /** Over many different hash keys. */
  readonly byKey: number | null;
}

/**
 * exact: deterministic, within a request or so per worker. multinomial: independent draws with known chances.
 * load-dependent: known only when idle or saturated. key-dependent: known over many keys, one key = one server.
 * unknown: the config does not tell.
 */
export type Predictability = 'exact' | 'multinomial' | 'load-dependent' | 'key-dependent' | 'unknown';

/** What a pool's config predicts for each of its servers, in the order of `Pool.servers`. */
export interface Prediction {
  readonly predictability: Predictability;
  /** The sentence that explains the class. */
  readonly reason: Text;
  readonly shares: readonly Share[];
}

/** What one failure does to the server that it raises the most. Shares 0..1, of one instance where a line stands for several. */
export interface Loss {
  readonly lost: string;
  readonly raised: string;
  readonly before: number;
  readonly after: number;
}

/** What a server carries at the peak and what it stands, in the unit of capacity. */
export interface Load {
  readonly server: string;
  readonly load: number;
  readonly capacity: number;
}

/** The server with the least room at the peak, with all servers up and after the worst single failure. */
export interface Headroom {
  readonly peak: number;
  readonly fullest: Load;
  /** Null when one server is all there is. */
  readonly afterLoss: (Load & { readonly lost: string }) | null;
}
