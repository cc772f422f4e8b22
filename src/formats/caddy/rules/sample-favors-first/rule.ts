import { servingMembers } from '../../../../compare/stages.ts';
import { defineRule } from '../../../../rules/rule.ts';
import { mainShare } from '../../../../model/share.ts';
import { list, name, percent, say } from '../../../../text/say.ts';

export const rule = defineRule({
  id: 'sample-favors-first',
  title: 'Idle upstreams are picked evenly',
  severity: 'notice',
  scope: 'pool',
  *check({ pool, prediction }) {
    const algorithm = pool.algorithm.value;
    if (algorithm?.kind !== 'random' || algorithm.idle !== 'listed-first') return;
    const members = servingMembers(pool);
    const shares = members.map(({ index }) => mainShare(prediction.shares[index]));
    if (members.length < 2 || shares.includes(null)) return;
    const parts = members.map(({ server }, i) => say`${name(server.name)} ${percent(shares[i] ?? null)}`);
    yield {
      at: pool.algorithm.at,
      pool: pool.name,
      what: say`${name(algorithm.native)} is uneven in ${name(pool.name)} while the upstreams are idle: ${list(parts, 4)}.`,
      why: say`The sample keeps the order of the list, and of idle upstreams its first one is picked. Under load the shares are even.`,
      fix: say`Set ${'lb_policy least_conn'}, which picks among idle upstreams at random.`,
    };
  },
});
