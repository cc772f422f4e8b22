import { servingMembers } from '../../../../compare/stages.ts';
import { mainShare } from '../../../../model/share.ts';
import { defineRule } from '../../../../rules/rule.ts';
import { name, percent, say } from '../../../../text/say.ts';

export const rule = defineRule({
  id: 'loadfactor-breaks-ties',
  title: 'Load factors hold under load',
  severity: 'notice',
  scope: 'pool',
  *check({ pool, prediction }) {
    const algorithm = pool.algorithm.value;
    if (algorithm?.kind !== 'least-connections' || algorithm.idle !== 'by-weight' || algorithm.loaded !== 'equal')
      return;
    const members = servingMembers(pool);
    const weights = new Set(members.map(({ server }) => server.weight.value));
    const [heaviest] = members.toSorted((a, b) => (b.server.weight.value ?? 0) - (a.server.weight.value ?? 0));
    if (weights.size < 2 || weights.has(undefined) || heaviest === undefined) return;
    const share = mainShare(prediction.shares[heaviest.index]);
    yield {
      at: heaviest.server.weight.at,
      pool: pool.name,
      server: heaviest.server.name,
      what: say`${name(heaviest.server.name)} of ${name(pool.name)} gets ${percent(share)} while idle, and ${percent(1 / members.length)} under load.`,
      why: say`${'bybusyness'} compares open requests first; ${'loadfactor'} decides only between servers that have as many.`,
      fix: say`Set ${'lbmethod=byrequests'} if the load factors have to hold at all times.`,
    };
  },
});
