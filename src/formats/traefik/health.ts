import type { Config } from '../../model/config.ts';
import type { Pool } from '../../model/pool.ts';
import { nameOfTarget, type Branch, type Route } from '../../model/route.ts';

/** A child service of a service over services, as far as this file has it. */
export interface Child {
  readonly name: string;
  readonly branch: Branch;
  readonly pool: Pool | undefined;
  readonly route: Route | undefined;
}

/** The children of a service over services; those of other providers have neither pool nor route. */
export function childrenOf(route: Route, { pools, routes }: Config): readonly Child[] {
  return route.to.flatMap((branch): Child[] => {
    const { to } = branch;
    if (to.kind === 'pool')
      return [{ name: to.name, branch, pool: pools.find(({ key }) => key === to.pool), route: undefined }];
    if (to.kind === 'route')
      return [{ name: to.name, branch, pool: undefined, route: routes.find(({ key }) => key === to.route) }];
    return to.kind === 'unknown' ? [{ name: nameOfTarget(to), branch, pool: undefined, route: undefined }] : [];
  });
}

/** Whether a child reports its health to its parent: by a `healthCheck` of its own. A passive check does not count. */
export function reportsHealth({ pool, route }: Child): boolean | undefined {
  if (pool !== undefined) return pool.activeCheck !== undefined;
  return route === undefined ? undefined : route.watchesHealth?.value === true;
}
