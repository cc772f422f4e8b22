import type { Config, Pool, Reference } from '../model/config.ts';

/** Pools are known by product and name, in whichever file of a revision they stand. */
export function poolKey(format: string, pool: string): string {
  return `${format} ${pool}`;
}

/** Every place of one revision that sends traffic to a pool; other files of the same product may hold it. */
export function referencesTo({ format, name }: Pool, configs: readonly Config[]): readonly Reference[] {
  let index = indexes.get(configs);
  if (index === undefined) indexes.set(configs, (index = indexOf(configs)));
  return index.get(poolKey(format, name)) ?? [];
}

/** Asked for every pool of a revision, by the comparison and by rules, so looked through once. */
const indexes = new WeakMap<readonly Config[], ReadonlyMap<string, readonly Reference[]>>();

function indexOf(configs: readonly Config[]): ReadonlyMap<string, readonly Reference[]> {
  const found = new Map<string, Reference[]>();
  for (const config of configs) {
    for (const reference of config.references) {
      if (reference.pool === undefined) continue;
      const key = poolKey(config.format, reference.pool);
      const list = found.get(key);
      if (list) list.push(reference);
      else found.set(key, [reference]);
    }
  }
  return found;
}
