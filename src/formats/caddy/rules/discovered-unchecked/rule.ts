import { defineRule } from '../../../../rules/rule.ts';
import { name, say } from '../../../../text/say.ts';

export const rule = defineRule({
  id: 'discovered-unchecked',
  title: 'Health checks reach the upstreams',
  severity: 'warning',
  scope: 'pool',
  *check({ pool }) {
    if (!pool.dynamic || pool.passiveCheck !== undefined) return;
    const [first] = [...pool.options].filter(([key]) => key.startsWith('health_'));
    if (first === undefined) return;
    const [key, { at }] = first;
    yield {
      at,
      pool: pool.name,
      what: say`${name(key)} of ${name(pool.name)} has no effect: upstreams from ${'dynamic'} are not actively checked.`,
      why: say`An upstream that fails keeps its share until its address is gone from the source.`,
      fix: say`Add ${'fail_duration 10s'} to the block, so that failed requests take an upstream out.`,
    };
  },
});
