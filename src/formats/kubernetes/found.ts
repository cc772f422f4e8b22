import type { Problem } from '../../model/config.ts';
import { poolKey, routeKey, type PoolKey, type RouteKey } from '../../model/keys.ts';
import type { Pool, Unknown } from '../../model/pool.ts';
import type { Entry, Reference, Route } from '../../model/route.ts';
import { dialect } from './dialect.ts';

/** What a set of manifests gives. */
export interface Found {
  /** The first file of the set: names are unique in it. */
  readonly path: string;
  readonly pools: Pool[];
  readonly routes: Route[];
  readonly entries: Entry[];
  readonly references: Reference[];
  readonly problems: Problem[];
  readonly unknowns: Unknown[];
}

/** The pool of a Service, or of what stands in front of its pods. */
export function keyOfPool({ path }: Pick<Found, 'path'>, namespace: string, name: string): PoolKey {
  return poolKey(dialect.format, `${path} ${namespace}`, name);
}

export function keyOfRoute({ path }: Pick<Found, 'path'>, namespace: string, name: string): RouteKey {
  return routeKey(dialect.format, `${path} ${namespace}`, name);
}
