import { servingMembers, unreadable } from '../../../../compare/stages.ts';
import { defineRule } from '../../../../rules/rule.ts';
import { say } from '../../../../text/say.ts';
import { SUBSET } from '../../clusters.ts';

export const rule = defineRule({
  id: 'subset-without-endpoint',
  title: 'Every route to a subset finds an endpoint',
  severity: 'error',
  scope: 'pool',
  covers: { 'no-active-server': 'pool', 'no-health-check': 'pool' },
  *check({ pool }) {
    const wanted = pool.options.get(SUBSET);
    if (wanted === undefined || pool.dynamic || pool.servers.length === 0) return;
    if (unreadable(pool) !== undefined || servingMembers(pool).length > 0) return;
    const isNone = pool.servers.every(({ weight }) => weight.value === 0);
    if (!isNone) return;
    const asks = wanted.value === undefined || wanted.value === '' ? undefined : wanted.value;
    yield {
      at: wanted.at,
      pool: pool.name,
      what:
        asks === undefined
          ? say`The route has no ${'metadata_match'}, and the cluster ${pool.name} is divided into subsets.`
          : say`No endpoint has the metadata that the route asks for: ${asks}.`,
      why: say`The cluster has no fallback for that, so Envoy answers every request of the route with 503.`,
      fix:
        asks === undefined
          ? say`Add ${'metadata_match'} to the route, or set ${'fallback_policy: ANY_ENDPOINT'} in ${'lb_subset_config'}.`
          : say`Set the metadata of an endpoint, and its keys as a ${'subset_selectors'} entry, or set ${'fallback_policy: ANY_ENDPOINT'}.`,
    };
  },
});
