import type { Text } from './text.ts';

/** A share that is not known exactly, 0..1 each. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** A share 0..1, the bounds that it lies in, or null where the kind of share makes no sense for the pool. */
export type Part = number | Bounds | null;

/** Shares of one server of its pool's traffic. */
export interface Share {
  /** With the pool quiet: one request at a time. */
  readonly idle: Part;
  /** Under concurrent load with equally fast servers. */
  readonly loaded: Part;
  /** Over many different hash keys. */
  readonly byKey: Part;
}

/** The bounds of a share; one that is not told may be anything. */
export function boundsOf(part: Part | undefined): Bounds {
  if (part === null || part === undefined) return ANYTHING;
  return typeof part === 'number' ? { low: part, high: part } : part;
}

/** A share as a number; null where it is not known exactly. */
export function exactly(part: Part | undefined): number | null {
  return typeof part === 'number' ? part : null;
}

/** The share that speaks for a server when one number is wanted: idle, else over many keys. Bounds where it is not known exactly. */
export function mainPart(share: Share | undefined): Part {
  if (share === undefined) return null;
  return exactly(share.idle) ?? exactly(share.byKey) ?? share.idle ?? share.byKey;
}

/** The same as a number; null where it is not known exactly. */
export function mainShare(share: Share | undefined): number | null {
  return exactly(mainPart(share));
}

const ANYTHING: Bounds = { low: 0, high: 1 };

/**
 * exact: deterministic, within a request or so per worker. multinomial: independent draws with known chances.
 * load-dependent: known only when idle or saturated. key-dependent: known over many keys, one key = one server.
 * conditional: known if what the reason names holds (a name has one address, nothing diverts requests).
 * unknown: the config does not say; shares are bounds.
 */
export type Predictability = 'exact' | 'multinomial' | 'load-dependent' | 'key-dependent' | 'conditional' | 'unknown';

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
  /** How many instances a line stands for: 1 for a plain server. The shares are those of one. */
  readonly instances: { readonly lost: number; readonly raised: number };
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
