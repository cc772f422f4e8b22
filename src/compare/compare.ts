import type { Config, Pool, Route, Server } from '../model/config.ts';
import type { ChangeKindOfPool, DiffChange } from '../model/diff.ts';
import type { Prediction } from '../model/share.ts';
import type { Span } from '../model/span.ts';

/** A server in base and head, matched by name, then by address. */
export interface ServerChange {
  readonly change: ChangeKindOfPool;
  readonly base: Server | undefined;
  readonly head: Server | undefined;
  /** Idle shares 0..1; null = unknown; 0 for a server that is not there. */
  readonly shareBefore: number | null;
  readonly shareAfter: number | null;
}

/** A change with the place that shows it (in head, or in base for what is gone). */
export interface LocatedChange extends Omit<DiffChange, 'file' | 'line'> {
  readonly at: Span;
}

/** One side of a pool's change. */
export interface PoolSide {
  readonly pool: Pool;
  readonly config: Config;
  readonly prediction: Prediction;
}

export interface PoolChange {
  readonly change: ChangeKindOfPool;
  readonly base: PoolSide | undefined;
  readonly head: PoolSide | undefined;
  readonly servers: readonly ServerChange[];
  readonly changes: readonly LocatedChange[];
}

export interface RouteChange {
  readonly change: ChangeKindOfPool;
  readonly base: Route | undefined;
  readonly head: Route | undefined;
}

/** Everything that differs between two revisions; `base` is undefined when there is no base to compare with. */
export interface EstateChange {
  readonly base: readonly Config[] | undefined;
  readonly head: readonly Config[];
  readonly pools: readonly PoolChange[];
  readonly routes: readonly RouteChange[];
}
