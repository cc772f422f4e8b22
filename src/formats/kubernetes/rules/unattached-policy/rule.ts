import { defineRule } from '../../../../rules/rule.ts';
import { say } from '../../../../text/say.ts';
import { didYouMean } from '../../../../text/suggest.ts';
import { clusterOf } from '../../cluster.ts';
import { backendPoliciesOf } from '../../envoy-gateway/policies.ts';

export const rule = defineRule({
  id: 'unattached-policy',
  title: 'A BackendTrafficPolicy targets something that exists',
  severity: 'warning',
  scope: 'config',
  *check({ config, configs }) {
    const own = clusterOf(config);
    if (own === undefined) return;
    const clusters = configs.flatMap((one) => clusterOf(one) ?? []);
    for (const { title, namespace, targets } of backendPoliciesOf(own))
      for (const { kind, name, at: place } of targets) {
        const names = clusters.flatMap((cluster) =>
          cluster
            .of(`gateway.networking.k8s.io/${kind}`)
            .filter((object) => object.namespace === namespace)
            .map((object) => object.name),
        );
        // Without any object of the kind, the target is in other files.
        if (names.length === 0 || names.includes(name)) continue;
        const meant = didYouMean(name, names);
        yield {
          at: place,
          key: `${title} ${name}`,
          what: say`${title} targets the ${kind} ${name}, which is not in the files.`,
          why: say`A policy without a target has no effect: requests are balanced by defaults.`,
          fix: meant === undefined ? say`Set the name of a ${kind} in the namespace ${namespace}.` : say`Set ${meant}.`,
        };
      }
  },
});
