/** What names a pool in a program: a bare name may be two pools of two files or products, a key is one. */
export type PoolKey = string & { readonly _: 'pool' };

/** What names a route: a weighted, failover or hashed choice between pools and other routes. */
export type RouteKey = string & { readonly _: 'route' };

/**
 * The key of a pool. `scope` is what its name is unique in: a namespace, a region, or the config that one process loads.
 */
export function poolKey(format: string, scope: string, name: string): PoolKey {
  return `${format}\0${scope}\0${name}` as PoolKey;
}

/** The key of a route; see `poolKey`. */
export function routeKey(format: string, scope: string, name: string): RouteKey {
  return `${format}\0${scope}\0${name}` as RouteKey;
}

/** The name that a pool's or route's key was made of. */
export function nameOfKey(key: PoolKey | RouteKey): string {
  return key.slice(key.lastIndexOf('\0') + 1);
}

/** The format and name of a key, without its scope: what stays when a pool moves to another file. */
export function unscoped(key: PoolKey | RouteKey): string {
  return `${key.slice(0, key.indexOf('\0'))}\0${nameOfKey(key)}`;
}
