import type { Config } from '../model/config.ts';
import { unscoped, type PoolKey } from '../model/keys.ts';
import type { Pool } from '../model/pool.ts';
import type { Reference } from '../model/route.ts';
import { appendTo } from '../text/append.ts';
import { placedPools, type Pair, type PlacedPool } from './match.ts';

/** Finds pools of one revision: by key, or by the name that a config uses for them. */
export interface PoolIndex {
  /** The pool of a key; where no pool of its scope has the name, the only one of the product that has it. */
  byKey(key: PoolKey): PlacedPool | undefined;
  /** Whether any pool of the product has the name of the key, also where several have it and none is meant for sure. */
  has(key: PoolKey): boolean;
  /** What a name means in a config: a pool of its own, else the only pool of the product that is called so. */
  named(config: Config, name: string): PlacedPool | undefined;
  /** Every place that sends traffic to a pool. */
  referencesTo(pool: Pool): readonly Reference[];
}

/** The pools of a revision and who leads to them. */
export function poolsOf(configs: readonly Config[]): PoolIndex {
  let index = indexes.get(configs);
  if (index === undefined) indexes.set(configs, (index = indexOf(configs)));
  return index;
}

/** Every place of one revision that sends traffic to a pool. */
export function referencesTo(pool: Pool, configs: readonly Config[]): readonly Reference[] {
  return poolsOf(configs).referencesTo(pool);
}

/** What names a pool of base in head, by any key that base names it by: its own key where head has no counterpart. */
export function keyInHead(base: readonly Config[], pools: readonly Pair<PlacedPool>[]): (key: PoolKey) => PoolKey {
  const inHead = new Map(
    pools.flatMap((pair) => (pair.base && pair.head ? [[pair.base.pool.key, pair.head.pool.key] as const] : [])),
  );
  return (key) => {
    const own = poolsOf(base).byKey(key)?.pool.key ?? key;
    return inHead.get(own) ?? own;
  };
}

/** Asked for every pool of a revision, by the comparison and by rules, so looked through once. */
const indexes = new WeakMap<readonly Config[], PoolIndex>();

function indexOf(configs: readonly Config[]): PoolIndex {
  const all = placedPools(configs);
  const byKey = new Map(all.map((placed) => [placed.pool.key, placed]));
  const byName = new Map<string, PlacedPool[]>();
  for (const placed of all) appendTo(byName, unscoped(placed.pool.key), placed);
  const own = new Map(
    configs.map((config) => [config, new Map(config.pools.map((pool) => [pool.name, { pool, config }]))]),
  );
  const only = (format: string, name: string): PlacedPool | undefined => {
    const found = byName.get(`${format}\0${name}`);
    return found?.length === 1 ? found[0] : undefined;
  };
  const named = (config: Config, name: string): PlacedPool | undefined =>
    own.get(config)?.get(name) ?? only(config.dialect.format, name);
  let references: Map<PoolKey, Reference[]> | undefined;
  return {
    has: (key) => byName.has(unscoped(key)),
    byKey: (key) => {
      const found = byName.get(unscoped(key));
      return byKey.get(key) ?? (found?.length === 1 ? found[0] : undefined);
    },
    named,
    referencesTo: ({ key }) => {
      if (references === undefined) {
        references = new Map();
        for (const config of configs) {
          for (const reference of config.references) {
            const target = reference.pool === undefined ? undefined : named(config, reference.pool);
            if (target !== undefined) appendTo(references, target.pool.key, reference);
          }
        }
      }
      return references.get(key) ?? [];
    },
  };
}
