import { defineRule } from '../../../../rules/rule.ts';
import { name, say } from '../../../../text/say.ts';

const KEYS = ['max_fails', 'unhealthy_status', 'unhealthy_latency'] as const;

export const rule = defineRule({
  id: 'failures-not-kept',
  title: 'Passive health checks are switched on',
  severity: 'warning',
  scope: 'pool',
  *check({ pool }) {
    if (pool.passiveCheck !== undefined) return;
    const key = KEYS.find((one) => pool.options.has(one));
    const setting = key && pool.options.get(key);
    if (key === undefined || setting === undefined) return;
    yield {
      at: setting.at,
      pool: pool.name,
      what: say`${name(key)} of ${name(pool.name)} has no effect without ${'fail_duration'}.`,
      why: say`Failures are forgotten at once, so an upstream that fails keeps its share of the requests.`,
      fix: say`Add ${'fail_duration 30s'} to the block.`,
    };
  },
});
