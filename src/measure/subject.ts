import { nameOfTarget } from '../model/route.ts';
import type { Config } from '../model/config.ts';
import type { Pool } from '../model/pool.ts';
import type { Route } from '../model/route.ts';
import { InputError } from '../model/tree.ts';

/** What a measurement is about: one pool, or a weighted choice between pools. */
export type Subject =
  { readonly pool: Pool; readonly route?: undefined } | { readonly route: Route; readonly pool?: undefined };

/** The pool or route that `wanted` names, or the only one there is. Undefined without any config. Throws InputError. */
export function chooseSubject(configs: readonly Config[], wanted: string | undefined): Subject | undefined {
  const pools = configs.flatMap((config) => config.pools);
  const routes = configs.flatMap((config) => config.routes).filter((route) => route.to.length > 1);
  if (wanted !== undefined) return named(pools, routes, wanted, configs.length > 0);
  const full = pools.filter((pool) => pool.servers.length > 0);
  const [first] = full;
  if (full.length === 1 && first !== undefined) return { pool: first };
  const [route] = routes;
  const reached = new Set(route?.to.map(({ to }) => nameOfTarget(to)));
  if (routes.length === 1 && route !== undefined && full.every((pool) => reached.has(pool.name))) return { route };
  if (configs.length === 0) return undefined;
  if (full.length === 0) {
    throw new InputError(
      'The config has no pool with servers, so nothing is known about the target; leave out the config to judge what is seen.',
    );
  }
  throw new InputError(
    `The config has ${full.length} pools (${names(full, routes)}); name the one that the target serves with pool.`,
  );
}

function named(pools: readonly Pool[], routes: readonly Route[], wanted: string, known: boolean): Subject | undefined {
  const found = pools.filter((pool) => pool.name === wanted);
  if (found.length > 1) {
    throw new InputError(`Pool ${wanted} is in ${found.length} places; name only the config that is measured.`);
  }
  const [pool] = found;
  if (pool !== undefined) return { pool };
  const route = routes.find((item) => item.name === wanted);
  if (route !== undefined) return { route };
  if (!known) return undefined;
  throw new InputError(`There is no pool ${wanted} in the config; it has ${names(pools, routes)}.`);
}

function names(pools: readonly Pool[], routes: readonly Route[]): string {
  const all = [...pools.map((pool) => pool.name), ...routes.map((route) => route.name)];
  return all.length > 8 ? `${all.slice(0, 8).join(', ')} and ${all.length - 8} more` : all.join(', ') || 'none';
}
