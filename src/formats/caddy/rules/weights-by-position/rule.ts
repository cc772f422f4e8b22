import { defineRule } from '../../../../rules/rule.ts';
import { count, list, name, percent, say } from '../../../../text/say.ts';
import { mainShare } from '../../../../model/share.ts';

export const rule = defineRule({
  id: 'weights-by-position',
  title: 'Every upstream has a weight of its own',
  severity: 'error',
  scope: 'pool',
  covers: { 'zero-weight-server': 'pool', 'weight-imbalance': 'pool', 'share-shift': 'pool' },
  *check({ pool, prediction }) {
    const [word, ...weights] = (pool.algorithm.value?.native ?? '').split(' ');
    const servers = pool.servers.length;
    if (word !== 'weighted_round_robin' || pool.dynamic || weights.length === servers || servers < 2) return;
    if (pool.servers.some(({ instances }) => instances.count.value === undefined)) return;
    const idle = pool.servers
      .filter((_, i) => mainShare(prediction.shares[i]) === 0)
      .map((server) => name(server.name));
    const [first] = pool.servers;
    const tooFew = weights.length < servers;
    yield {
      at: pool.algorithm.at,
      pool: pool.name,
      what: say`${pool.name} has ${count(weights.length, 'weight')} for ${count(servers, 'upstream')}.`,
      why: tooFew
        ? say`Weights are taken by position: ${list(idle, 4)} ${idle.length === 1 ? say`gets` : say`get`} no traffic, whatever else is up.`
        : say`Surplus weights go to the first upstreams again: ${name(first?.name ?? '')} gets ${percent(mainShare(prediction.shares[0]))}.`,
      fix: tooFew
        ? say`Add a weight for each upstream to ${'lb_policy weighted_round_robin'}.`
        : say`Remove the surplus weights from ${'lb_policy weighted_round_robin'}.`,
    };
  },
});
