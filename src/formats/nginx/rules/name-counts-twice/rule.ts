import { say } from '../../../../text/say.ts';
import { defineRule } from '../../../../rules/rule.ts';

export const rule = defineRule({
  id: 'name-counts-twice',
  title: 'Each line of a pool is one server',
  severity: 'notice',
  scope: 'pool',
  *check({ pool }) {
    if (pool.servers.length < 2) return;
    const names = pool.servers.filter(({ instances, state }) => instances.named === 'unknown' && state.value === 'up');
    const local = names.find(({ address }) => address === 'localhost');
    // Names alone are usually alike: one for each machine, or each for a group.
    const [first] = local === undefined && names.length < pool.servers.length ? names : [local];
    if (first === undefined || first.options.has('resolve')) return;
    yield {
      at: first.at,
      server: first.name,
      what: say`${first.name} of ${pool.name} may count as several servers: nginx makes one of each address that the name has.`,
      why:
        first === local
          ? say`Where the hosts file has ${'127.0.0.1'} and ${'::1'} for it, the line gets two parts of the traffic and others get one.`
          : say`Such a line gets a part of the traffic for each address, and lines with an address get one.`,
      fix:
        first === local
          ? say`Set ${'127.0.0.1'} in place of the name.`
          : say`Set addresses on all lines, or check how many addresses the name has.`,
    };
  },
});
