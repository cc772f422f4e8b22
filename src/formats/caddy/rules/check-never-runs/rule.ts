import { defineRule } from '../../../../rules/rule.ts';
import { name, say } from '../../../../text/say.ts';

export const rule = defineRule({
  id: 'check-never-runs',
  title: 'Active health checks are switched on',
  severity: 'warning',
  scope: 'pool',
  *check({ pool }) {
    if (pool.dynamic || pool.activeCheck !== undefined) return;
    const [first] = [...pool.options].filter(([key]) => key.startsWith('health_'));
    if (first === undefined) return;
    const [key, { at }] = first;
    yield {
      at,
      pool: pool.name,
      what: say`${name(key)} of ${name(pool.name)} has no effect without ${'health_uri'}.`,
      why: say`No upstream is ever checked, so one that fails keeps its share of the requests.`,
      fix: say`Add ${'health_uri /healthz'} to the block.`,
    };
  },
});
