import { nameOfTarget } from '../../model/route.ts';
import { list, name, say } from '../../text/say.ts';
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
    const idle = config.pools.filter((pool) => !used.has(pool.name));
    const [first, ...others] = idle;
    if (first === undefined) return;
    const names = list(idle.map((pool) => name(pool.name)));
    yield {
      at: first.at,
      ...(others.length === 0 ? { pool: first.name } : {}),
      key: idle.map((pool) => pool.name).join(' '),
      what: say`Nothing sends traffic to ${names}.`,
      why: say`Either a route to ${others.length === 0 ? say`it` : say`each`} is missing, or the pool is no longer needed.`,
      fix: say`Add a route to ${name(first.name)}, or remove it.`,
      related: others.map((pool) => ({ at: pool.at, note: say`Nothing leads to ${name(pool.name)} either` })),
    };
  },
});
