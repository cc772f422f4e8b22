import { nameOfTarget } from '../model/route.ts';
import type { Config } from '../model/config.ts';
import type { Pool } from '../model/pool.ts';
import type { Entry, Route } from '../model/route.ts';
import { InputError } from '../model/tree.ts';
import { drawOf, entriesFor, routeOfEntry, type Asked } from './target-entries.ts';

/** What a measurement is about: one pool, or a choice between pools by chance; `entry` = the one whose lines make it. */
export type Subject =
  | { readonly pool: Pool; readonly route?: undefined }
  | { readonly route: Route; readonly pool?: undefined; readonly entry?: Entry };

const ANYTHING: Asked = { target: undefined };

/**
 * The pool or route that `wanted` names, the only one there is, or what the entry of the target leads to. Undefined without any
 * config. Throws InputError.
 */
export function chooseSubject(
  configs: readonly Config[],
  wanted: string | undefined,
  asked: Asked = ANYTHING,
): Subject | undefined {
  const pools = configs.flatMap((config) => config.pools);
  const routes = configs.flatMap((config) => config.routes).filter((route) => route.to.length > 1);
  if (wanted !== undefined) return named(pools, routes, wanted, configs.length > 0);
  const full = pools.filter((pool) => pool.servers.length > 0);
  const [first] = full;
  if (full.length === 1 && first !== undefined) return { pool: first };
  const entered = configs.length === 0 ? undefined : ofEntry(configs, asked);
  if (asked.target !== undefined && entered?.pool !== undefined) return entered;
  const [route] = routes;
  const reached = new Set(route?.to.map(({ to }) => nameOfTarget(to)));
  if (routes.length === 1 && route !== undefined && full.every((pool) => reached.has(pool.name))) return { route };
  if (configs.length === 0) return undefined;
  if (entered !== undefined) return entered;
  if (full.length === 0) {
    throw new InputError(
      'The config has no pool with servers, so nothing is known about the target; leave out the config to judge what is seen.',
    );
  }
  const choices = routes.length === 0 ? '' : ` and ${routes.length} route${routes.length === 1 ? '' : 's'}`;
  throw new InputError(
    `The config has ${full.length} pools${choices} (${names(full, routes)}); name the one that the target serves with pool.`,
  );
}

/** What the entries of the target lead to, where they all lead to the same. */
function ofEntry(configs: readonly Config[], asked: Asked): Subject | undefined {
  const entries = entriesFor(configs, asked);
  const [entry] = entries;
  const route = entry && routeOfEntry(entry, configs);
  if (entry === undefined || route === undefined) return undefined;
  const draws = new Set(entries.map((one) => JSON.stringify([...(drawOf(one, configs) ?? [])])));
  if (draws.size > 1) return undefined;
  const [only, ...more] = route.to;
  if (more.length > 0) return { route, entry };
  const key = only?.to.kind === 'pool' ? only.to.pool : undefined;
  const pool = configs.flatMap(({ pools }) => pools).find((one) => one.key === key);
  return pool === undefined || pool.servers.length === 0 ? undefined : { pool };
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
