import type { Config } from '../model/config.ts';
import type { ChangeKindOfPool } from '../model/diff.ts';
import type { PoolKey } from '../model/keys.ts';
import type { Pool, Server } from '../model/pool.ts';
import type { Route } from '../model/route.ts';
import type { Loss, Part, Prediction } from '../model/share.ts';
import type { Span } from '../model/span.ts';
import type { LocatedChange } from './collector.ts';
import type { EntryChange } from './entries.ts';
import type { Routing } from './routing.ts';

/** A server in base and head, matched by name, then by address. */
export interface ServerChange {
  readonly change: ChangeKindOfPool;
  readonly base: Server | undefined;
  readonly head: Server | undefined;
  /** Shares 0..1 (idle, else over many keys); null = unknown; 0 for a server that is not there. */
  readonly shareBefore: number | null;
  readonly shareAfter: number | null;
}

/** One side of a pool's change. */
export interface PoolSide {
  readonly pool: Pool;
  readonly config: Config;
  readonly prediction: Prediction;
  /** What the failure of one server would do. */
  readonly losses: readonly Loss[];
}

export interface PoolChange {
  readonly change: ChangeKindOfPool;
  readonly base: PoolSide | undefined;
  readonly head: PoolSide | undefined;
  readonly servers: readonly ServerChange[];
  readonly changes: readonly LocatedChange[];
  /** The share of hash keys that meet another server, 0..1; null when it cannot be told or the pool does not hash. */
  readonly keysMoved: number | null;
}

export interface RouteChange {
  readonly change: ChangeKindOfPool;
  readonly base: Route | undefined;
  readonly head: Route | undefined;
  /** What each target gets, targets of base and head matched. */
  readonly parts: readonly RoutePart[];
}

/** One target of a route in both revisions. */
export interface RoutePart {
  readonly name: string;
  /** The pool as head has it, else as base has it; undefined for other targets. */
  readonly pool: PoolKey | undefined;
  /** The part of the route's requests, 0..1 or bounds; null where the target is not there, or is a copy. */
  readonly before: Part;
  readonly after: Part;
  /** The line in head, else the route's. */
  readonly at: Span;
}

/** What a comparison finds, before its statements are accounted for. */
export interface Compared {
  readonly pools: readonly PoolChange[];
  readonly routes: readonly RouteChange[];
  readonly entries: readonly EntryChange[];
  readonly routing: Routing;
}
