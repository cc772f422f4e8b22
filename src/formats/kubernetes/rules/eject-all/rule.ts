import { defineRule } from '../../../../rules/rule.ts';
import { say } from '../../../../text/say.ts';
import { clusterOf } from '../../cluster.ts';
import { backendPoliciesOf } from '../../envoy-gateway/policies.ts';
import { policiesOf } from '../../istio/policies.ts';
import { at, numberAt } from '../../nodes.ts';

export const rule = defineRule({
  id: 'eject-all',
  title: 'Outlier detection leaves pods in the pool',
  severity: 'notice',
  scope: 'config',
  *check({ config }) {
    const cluster = clusterOf(config);
    if (cluster === undefined) return;
    const policies = [
      ...policiesOf(cluster).map(({ title, policy }) => ({ title, node: policy.get('outlierDetection') })),
      ...backendPoliciesOf(cluster).map(({ title, spec }) => ({ title, node: at(spec, 'healthCheck', 'passive') })),
    ];
    for (const { title, node } of policies) {
      const most = numberAt(at(node, 'maxEjectionPercent'));
      if (most?.value === undefined || most.value < 100) continue;
      const fails = numberAt(at(node, 'consecutive5xxErrors') ?? at(node, 'consecutive5XxErrors'));
      yield {
        at: most.at,
        key: title,
        // One error of each pod is enough.
        severity: fails?.value === 1 ? 'warning' : 'notice',
        what: say`${title} may eject every pod at once.`,
        why: say`When all pods fail for a moment, such as through a shared database, no pod is left and requests are answered with 503.`,
        fix: say`Set ${'maxEjectionPercent: 50'}.`,
      };
    }
  },
});
