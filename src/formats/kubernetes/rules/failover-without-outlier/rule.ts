import { defineRule } from '../../../../rules/rule.ts';
import { say } from '../../../../text/say.ts';
import { clusterOf } from '../../cluster.ts';
import { policiesOf } from '../../istio/policies.ts';
import { at, entryOf, rawAt } from '../../nodes.ts';

export const rule = defineRule({
  id: 'failover-without-outlier',
  title: 'Locality failover comes with outlier detection',
  severity: 'warning',
  scope: 'config',
  *check({ config }) {
    const cluster = clusterOf(config);
    for (const { title, policy } of cluster === undefined ? [] : policiesOf(cluster)) {
      const setting = at(policy.get('loadBalancer'), 'localityLbSetting');
      const failover = entryOf(setting, 'failover') ?? entryOf(setting, 'failoverPriority');
      if (failover === undefined || policy.has('outlierDetection') || rawAt(at(setting, 'enabled')) === 'false')
        continue;
      yield {
        at: failover.keyAt,
        key: title,
        what: say`The failover between localities in ${title} has no effect without outlier detection.`,
        why: say`Istio sorts pods by locality only when ${'outlierDetection'} can find the unhealthy ones.`,
        fix: say`Add ${'outlierDetection: { consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s }'} to the ${'trafficPolicy'}.`,
      };
    }
  },
});
