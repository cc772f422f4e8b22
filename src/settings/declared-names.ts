import type { Config } from '../model/config.ts';
import type { Pool } from '../model/pool.ts';
import { namesOf, type DeclaredFacts, type PoolFacts } from '../model/facts.ts';
import type { Text } from '../model/text.ts';
import { InputError } from '../model/tree.ts';
import { list, say } from '../text/say.ts';
import { didYouMean } from '../text/suggest.ts';

/** What the checklist file declares for pools and servers that no config has: it would hold for nothing, without a word. */
export function unknownNames(declared: DeclaredFacts, configs: readonly Config[]): readonly Text[] {
  const pools = configs.flatMap((config) => config.pools);
  const whole = configs.every(({ status }) => status === 'read');
  return [...declared].flatMap(([name, facts]) => {
    const found = pools.filter((pool) => namesOf(pool).includes(name));
    if (found.length > 0) return found.some(({ dynamic }) => dynamic) ? [] : unknownServers(name, facts, found);
    // What could not be read may hold it.
    if (!whole || pools.length === 0) return [];
    const meant = meantBy(name, pools.flatMap(namesOf));
    return [say`The checklist file declares something for the pool ${name}, and no config has it${meant}`];
  });
}

/**
 * Refuses a plain name that stands for pools of several files or formats: what is declared would hold for one that nobody meant.
 * Throws InputError that lists the names to write instead. A pool that has a more exact name of its own is not meant by the plain one.
 */
export function refuseAmbiguous(declared: DeclaredFacts, configs: readonly Config[]): void {
  const pools = configs.flatMap((config) => config.pools);
  for (const name of declared.keys()) {
    const meant = pools.filter((pool) => namesOf(pool).find((one) => declared.has(one)) === name);
    const places = new Set(meant.map(({ at, dialect }) => `${dialect.format} ${at.source.path}`));
    if (places.size < 2 || name !== meant[0]?.name) continue;
    throw new InputError(
      `The checklist file declares something for the pool ${JSON.stringify(name)}, and there are ${places.size} of that name; write ${exactNames(meant)}.`,
    );
  }
}

/**
 * Refuses a plain name and a name with a format of the same pool: one of them would hold for nothing. The facts of a file may
 * differ from those of a plain name, which hold for the pools of other files. Throws InputError.
 */
export function refuseTwice(declared: DeclaredFacts, configs: readonly Config[]): void {
  const pools = configs.flatMap((config) => config.pools);
  for (const { name, dialect } of pools) {
    const exact = `${dialect.format}:${name}`;
    if (!declared.has(name) || !declared.has(exact)) continue;
    // Where it is left for the pools of another format it is needed.
    if (pools.some((pool) => pool.name === name && !declared.has(`${pool.dialect.format}:${name}`))) continue;
    throw new InputError(
      `The checklist file declares the pool ${JSON.stringify(name)} twice, as ${JSON.stringify(name)} and as ${JSON.stringify(exact)}. Remove one of them.`,
    );
  }
}

/** What is declared under a plain name or a format's although every pool of that name has facts of its file. */
export function unusedNames(declared: DeclaredFacts, configs: readonly Config[]): readonly Text[] {
  const pools = configs.flatMap((config) => config.pools);
  return [...declared.keys()].flatMap((name) => {
    const found = pools.filter((pool) => namesOf(pool).includes(name));
    const used = found.map((pool) => namesOf(pool).find((one) => declared.has(one)) ?? name);
    if (found.length === 0 || used.includes(name)) return [];
    return [say`The checklist file declares ${name}, but here ${list([...new Set(used)])} holds instead.`];
  });
}

/** `lb/a.cfg#app or lb/b.cfg#app`; by format where that is enough to tell them apart. */
function exactNames(pools: readonly Pool[]): string {
  const [byFile, byFormat] = [0, 1].map((i) => [...new Set(pools.map((pool) => namesOf(pool)[i] ?? pool.name))]);
  const names = (byFormat?.length === pools.length ? byFormat : byFile) ?? [];
  return names.slice(0, 5).join(' or ');
}

function unknownServers(pool: string, facts: PoolFacts, found: readonly Pool[]): readonly Text[] {
  const split = facts.expect instanceof Map ? [...facts.expect.keys()] : [];
  const names = new Set([...split, ...(facts.capacity?.keys() ?? []), ...(facts.identify?.keys() ?? [])]);
  const servers = found.flatMap((one) => one.servers.map(({ name }) => name));
  return [...names]
    .filter((name) => !servers.includes(name))
    .map(
      (name) =>
        say`The checklist file declares something for the server ${name} of ${pool}, which has no such server${meantBy(name, servers)}`,
    );
}

function meantBy(name: string, known: readonly string[]): Text {
  const meant = didYouMean(name, known);
  return meant === undefined ? say`.` : say`; did you mean ${meant}?`;
}
