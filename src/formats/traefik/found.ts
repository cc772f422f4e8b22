import type { Problem } from '../../model/config.ts';
import type { Pool, Unknown } from '../../model/pool.ts';
import type { Entry, Reference, Route } from '../../model/route.ts';
import type { PNode } from '../../text/positioned.ts';

/** The three spaces of names; services of one cannot be used by routers of another. */
export type Space = 'http' | 'tcp' | 'udp';

/** What a file gives. */
export interface Found {
  readonly path: string;
  readonly pools: Pool[];
  readonly routes: Route[];
  readonly entries: Entry[];
  readonly references: Reference[];
  readonly problems: Problem[];
  readonly unknowns: Unknown[];
}

/** One service by its name, as it is written. */
export interface Service {
  readonly space: Space;
  readonly name: string;
  readonly node: PNode;
  readonly kind: 'loadBalancer' | 'weighted' | 'highestRandomWeight' | 'mirroring' | 'failover' | 'broken';
  /** The map of its kind. */
  readonly body: PNode;
}
