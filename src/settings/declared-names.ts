import type { Config } from '../model/config.ts';
import type { Pool } from '../model/pool.ts';
import type { PoolFacts } from '../model/facts.ts';
import type { Text } from '../model/text.ts';
import { say } from '../text/say.ts';
import { didYouMean } from '../text/suggest.ts';

/** What the checklist file declares for pools and servers that no config has: it would hold for nothing, without a word. */
export function unknownNames(declared: ReadonlyMap<string, PoolFacts>, configs: readonly Config[]): readonly Text[] {
  const pools = configs.flatMap((config) => config.pools);
  const whole = configs.every(({ status }) => status === 'read');
  return [...declared].flatMap(([name, facts]) => {
    const found = pools.filter((pool) => pool.name === name);
    if (found.length > 0) return found.some(({ dynamic }) => dynamic) ? [] : unknownServers(name, facts, found);
    // What could not be read may hold it.
    if (!whole || pools.length === 0) return [];
    const meant = meantBy(
      name,
      pools.map((pool) => pool.name),
    );
    return [say`The checklist file declares something for the pool ${name}, and no config has it${meant}`];
  });
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
