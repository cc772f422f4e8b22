import type { HashKey } from '../../model/algorithm.ts';
import type { Problem } from '../../model/config.ts';
import type { Pool, Unknown } from '../../model/pool.ts';
import type { Entry, Listener, Reference, Route } from '../../model/route.ts';
import type { Setting, Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import type { Stickiness } from '../../model/traffic.ts';
import type { PNode } from '../../text/positioned.ts';
import { appendTo } from '../../text/append.ts';

/** What a file gives. */
export interface Found {
  readonly path: string;
  readonly pools: Pool[];
  readonly routes: Route[];
  readonly entries: Entry[];
  readonly references: Reference[];
  readonly listeners: Listener[];
  readonly problems: Problem[];
  readonly unknowns: Unknown[];
}

/** A cluster by its name, as it is written. */
export interface Cluster {
  readonly name: string;
  readonly nameAt: Span;
  readonly node: PNode;
  /** `pool` has servers; `aggregate` is a list of other clusters; a client or its connection names the server of the others. */
  readonly kind: 'pool' | 'aggregate' | 'forward' | 'original';
}

/** How a place uses a cluster, which decides what the cluster does with it. */
export interface Use {
  readonly at: Span;
  readonly protocol: 'http' | 'tcp' | 'udp' | 'unknown';
  /** What requests are hashed by; `none` = the place could say it and does not. */
  readonly hash: HashKey | 'none' | 'unknown';
  readonly stickiness?: Stickiness;
  readonly retry?: Retry;
}

export interface Retry {
  readonly times: Setting<number>;
  /** Where requests are repeated that a server has answered. */
  readonly answers?: Setting<boolean>;
  readonly elsewhere?: Setting<boolean>;
}

/** A part of a cluster that routes choose by metadata. */
export interface Subset {
  readonly cluster: Cluster;
  readonly name: string;
  readonly at: Span;
  /** Key and value of each criterion, sorted by key. Empty = the route asks for nothing. */
  readonly wanted: readonly (readonly [string, string])[];
}

/** What is known while a file is read. */
export interface World {
  readonly found: Found;
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** Clusters also come from somewhere else than this file. */
  readonly isOpen: boolean;
  readonly uses: Map<string, Use[]>;
  /** By the name of their pools. */
  readonly subsets: Map<string, Subset>;
}

/** Records how a place uses a pool. */
export function use(world: World, pool: string, how: Use): void {
  appendTo(world.uses, pool, how);
}

/** A fault for which Envoy rejects the file. */
export function refused(
  at: Span,
  what: Text,
  fix: Text,
  why: Text,
  rule: Problem['rule'] = 'config-unparsable',
): Problem {
  return { rule, at, what, why, fix };
}
