import { defineRule } from '../../../../rules/rule.ts';
import { headOf } from '../../../../text/positioned.ts';
import { say } from '../../../../text/say.ts';
import { clusterOf } from '../../cluster.ts';
import { policiesOf } from '../../istio/policies.ts';
import { at } from '../../nodes.ts';

export const rule = defineRule({
  id: 'implied-locality',
  title: 'Locality preference is written, not implied',
  severity: 'notice',
  scope: 'config',
  *check({ config }) {
    const cluster = clusterOf(config);
    for (const { title, policy } of cluster === undefined ? [] : policiesOf(cluster)) {
      const outlier = policy.get('outlierDetection');
      if (outlier === undefined || at(policy.get('loadBalancer'), 'localityLbSetting') !== undefined) continue;
      yield {
        at: headOf(outlier),
        key: title,
        what: say`The outlier detection of ${title} also sends traffic to pods of the caller's locality first.`,
        why: say`Pods in a zone with many callers get more than the others; without outlier detection all pods get the same.`,
        fix: say`Add ${'localityLbSetting: { enabled: false }'} to the ${'loadBalancer'} if that is not intended.`,
      };
    }
  },
});
