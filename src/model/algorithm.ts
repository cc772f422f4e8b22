/** What a request is hashed by. `native` is the key as the product writes it. */
export interface HashKey {
  readonly of: 'source' | 'uri' | 'query' | 'header' | 'cookie' | 'other';
  readonly native: string;
  /** Of `source`: the address that a proxy in front reports, not the one that connects. */
  readonly forwarded?: true;
}

/**
 * A ring of points; a hash belongs to the first point at or after it (`next`) or to the nearer neighbour.
 * `points`: so many per unit of weight, or so many that the lightest server has at least one of `min` (Envoy's rule).
 * `place`: what names a server's points. `hash`: which function places them; `unknown` = nobody can compute the arcs.
 */
export interface RingLookup {
  readonly table: 'ring';
  readonly points: { readonly perWeight: number } | { readonly min: number; readonly max: number };
  readonly place: 'address' | 'id' | 'unknown';
  readonly hash: 'crc32-chain' | 'shift-multiply' | 'xxhash64' | 'unknown';
  readonly owner: 'next' | 'nearest';
}

/** A table of slots, one per unit of weight; the remainder of the hash picks one. */
export interface SlotLookup {
  readonly table: 'slots';
  readonly order: 'consecutive' | 'interleaved';
  /** Whether a server that is down gives up its slots, or keeps them and its keys try again elsewhere. */
  readonly down: 'rebuild' | 'retry';
  /** What the remainder is taken of: any good hash, 15 bits of a CRC-32, or the first three octets of an address folded. */
  readonly hash: 'any' | 'crc32-15' | 'octets';
}

/**
 * Every server has a score for a key, and the highest one wins. `hash`: how scores are computed.
 * `even`: a good hash, which gives each server its weight's share of the keys; `fnv64a-log`: weight / -ln(h), where h is the 64-bit
 * FNV-1a of the key and what names the server, as a part of 2^64: names that differ only at their end get nearly equal scores, so
 * that weights decide alone; `unknown`: nobody can compute the scores.
 */
export interface RendezvousLookup {
  readonly table: 'rendezvous';
  readonly hash: 'even' | 'fnv64a-log' | 'unknown';
}

/** How a hash becomes a server. Maglev gives each server its weight's share of the keys, within 1/size. */
export type Lookup = RingLookup | SlotLookup | { readonly table: 'maglev'; readonly size: number } | RendezvousLookup;

/**
 * How a pool picks a server, as semantics: `compare` knows no product. `native` is the algorithm as the product writes it.
 *
 * `idle` says who gets a request while nothing else is open, `loaded` what holds under concurrent load with equally fast servers.
 * `as-drawn`: the first draw wins a tie; `inverted`: the second of two different draws wins it; `listed-first`: the draws are a sample
 * without replacement that keeps places of the list, and its first place wins.
 */
export type Algorithm = {
  readonly native: string;
  /** Weights cannot change while the product runs, so a slow start has no effect. */
  readonly fixed?: true;
} & (
  | {
      readonly kind: 'round-robin';
      readonly serves: 'in-turn' | 'in-blocks';
      /** `by-position`: while servers are down, the others take the turns of the list by their position among those that are up. */
      readonly weights: 'used' | 'ignored' | 'by-position';
    }
  | {
      readonly kind: 'least-connections';
      readonly idle: 'by-weight' | 'equal' | 'unknown';
      /** `between`: heavier servers get more, but less than by weight. */
      readonly loaded: 'by-weight' | 'equal' | 'between';
    }
  | { readonly kind: 'least-time' }
  | {
      readonly kind: 'random';
      /** How many servers are drawn; the least loaded of them is picked. */
      readonly choices: number;
      readonly draw: 'by-weight' | 'equal' | RingLookup;
      readonly idle: 'as-drawn' | 'inverted' | 'listed-first' | 'unknown';
      readonly loaded: 'by-weight' | 'equal';
    }
  | {
      readonly kind: 'hash';
      readonly key: HashKey;
      /** Undefined = the config does not say how a hash becomes a server. */
      readonly lookup: Lookup | undefined;
      /** What requests without the key get. */
      readonly without: 'round-robin' | 'random' | 'one-key' | 'unknown';
    }
  /** One server takes all it can hold, then the next: by their ids or as listed. */
  | { readonly kind: 'fill'; readonly order: 'id' | 'listed' }
  | { readonly kind: 'unknown' }
);

export type AlgorithmKind = Algorithm['kind'];

/** A hash whose table gives most keys another server when a server comes or goes. */
export function movesMostKeys(algorithm: Algorithm | undefined): boolean {
  return algorithm?.kind === 'hash' && algorithm.lookup?.table === 'slots';
}

/** Whether the client's address alone decides. */
export function hashesSource(algorithm: Algorithm | undefined): boolean {
  return algorithm?.kind === 'hash' && algorithm.key.of === 'source';
}

/** Whether servers are picked by what is open or slow right now, so that a server that fails fast looks free. */
export function followsLoad(algorithm: Algorithm | undefined): boolean {
  return (
    algorithm?.kind === 'least-connections' ||
    algorithm?.kind === 'least-time' ||
    (algorithm?.kind === 'random' && algorithm.choices > 1)
  );
}
