import type { Problem } from '../../model/config.ts';
import type { Dialect } from '../../model/dialect.ts';
import type { Pool, Unknown } from '../../model/pool.ts';
import type { Entry, Reference, Route } from '../../model/route.ts';
import type { PNode } from '../../text/positioned.ts';

/** The three spaces of names; services of one cannot be used by routers of another. */
export type Space = 'http' | 'tcp' | 'udp';
export const SPACES: readonly Space[] = ['http', 'tcp', 'udp'];

/** Where dynamic configuration comes from: files, or labels of containers. */
export type Provider = 'file' | 'docker';

/** What a file gives. */
export interface Found {
  readonly path: string;
  readonly dialect: Dialect;
  /** Whose names are called without `@provider`. */
  readonly provider: Provider;
  /** Other files define names of the same provider, so that one that is not here may be there. */
  readonly sharesNames: boolean;
  /** Trees of routers and services that are reported as dropped: their requests get 404. */
  readonly dropped: ReadonlySet<PNode>;
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
