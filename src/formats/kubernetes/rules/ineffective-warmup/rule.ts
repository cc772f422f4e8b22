import { defineRule } from '../../../../rules/rule.ts';
import { say } from '../../../../text/say.ts';
import { clusterOf } from '../../cluster.ts';
import { policiesOf } from '../../istio/policies.ts';
import { warmupOf } from '../../istio/policy.ts';
import { backendPoliciesOf } from '../../envoy-gateway/policies.ts';
import { at, entryOf, rawAt } from '../../nodes.ts';

export const rule = defineRule({
  id: 'ineffective-warmup',
  title: 'A configured warm-up takes effect',
  severity: 'warning',
  scope: 'config',
  *check({ config }) {
    const cluster = clusterOf(config);
    if (cluster === undefined) return;
    for (const { title, policy } of policiesOf(cluster)) {
      const balancer = policy.get('loadBalancer');
      const warmup = warmupOf(balancer);
      const simple = rawAt(at(balancer, 'simple'));
      const algorithm = entryOf(balancer, 'consistentHash') === undefined ? simple : 'consistentHash';
      if (warmup === undefined || algorithm === undefined || /^(?:ROUND_ROBIN|LEAST_|UNSPECIFIED)/.test(algorithm))
        continue;
      yield {
        at: warmup.at,
        key: title,
        what: say`The warm-up in ${title} has no effect with ${algorithm}.`,
        why: say`New pods get their full share at once: warm-up exists for ${'ROUND_ROBIN'} and ${'LEAST_REQUEST'} only.`,
        fix: say`Set ${'simple: LEAST_REQUEST'}, or remove the warm-up.`,
      };
    }
    for (const { title, spec } of backendPoliciesOf(cluster)) {
      const slow = entryOf(at(spec, 'loadBalancer'), 'slowStart');
      const type = rawAt(at(spec, 'loadBalancer', 'type')) ?? '';
      if (slow === undefined || !/^(?:Random|ConsistentHash)$/.test(type)) continue;
      yield {
        at: slow.keyAt,
        key: title,
        what: say`The slow start in ${title} has no effect with ${type}.`,
        why: say`Slow start exists for ${'RoundRobin'} and ${'LeastRequest'} only; the API server rejects the policy.`,
        fix: say`Set ${'type: LeastRequest'}, or remove ${'slowStart'}.`,
      };
    }
  },
});
