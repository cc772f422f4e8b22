import { nameOfTarget } from '../../model/route.ts';
import { name, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'unused-pool',
  title: 'Every pool gets traffic',
  severity: 'notice',
  scope: 'config',
  *check({ config, configs }) {
    const kin = configs.filter(({ dialect }) => dialect.format === config.dialect.format);
    const references = kin.flatMap((other) => other.references);
    // A target that is computed may be any pool, and a file without targets is used by another one.
    const computed = references.some(({ pool, address }) => pool === undefined && address === undefined);
    if (config.references.length === 0 || computed || kin.some(({ unknowns }) => unknowns.length > 0)) return;
    const used = new Set(references.map(({ pool }) => pool));
    for (const route of kin.flatMap((other) => other.routes)) for (const { to } of route.to) used.add(nameOfTarget(to));
    for (const pool of config.pools) {
      if (used.has(pool.name)) continue;
      yield {
        at: pool.at,
        pool: pool.name,
        what: say`Nothing sends traffic to ${name(pool.name)}.`,
        why: say`Either a route to it is missing, or the pool is no longer needed.`,
        fix: say`Add a route to ${name(pool.name)}, or remove it.`,
      };
    }
  },
});
