import { defineRule } from '../../../../rules/rule.ts';
import { itemsOf } from '../../../../text/positioned.ts';
import { say } from '../../../../text/say.ts';
import { gatewayRoutes } from '../../choices.ts';
import { clusterOf, type Cluster } from '../../cluster.ts';
import { backendOf, backendsOf, isInvalid } from '../../gateway/backends.ts';
import { titleOf } from '../../gateway/matches.ts';
import { at, placeOf } from '../../nodes.ts';

export const rule = defineRule({
  id: 'missing-grant',
  title: 'A backend in another namespace is allowed by a ReferenceGrant',
  severity: 'error',
  scope: 'config',
  *check({ config, configs }) {
    const own = clusterOf(config);
    if (own === undefined) return;
    const clusters = configs.flatMap((one) => clusterOf(one) ?? []);
    for (const route of gatewayRoutes(own))
      for (const rule of itemsOf(at(route.spec, 'rules')))
        for (const backend of backendsOf(rule, route, own)) {
          const isAllowed = (cluster: Cluster): boolean => !backendOf(backend.node, route, cluster).lacksGrant;
          if (!backend.lacksGrant || clusters.some(isAllowed) || backend.weight.value === 0) continue;
          const { name = '', namespace } = backend;
          const isSure = isInvalid(backend, own);
          yield {
            at: placeOf(at(backend.node, 'namespace'), backend.at),
            key: `${titleOf(route)} ${namespace}/${name}`,
            severity: isSure ? 'error' : 'warning',
            what: say`${titleOf(route)} leads to ${name} in the namespace ${namespace}, and no ReferenceGrant in the files allows it.`,
            why: say`Without a grant the reference is invalid, and its share of the requests is answered with 500.`,
            fix: say`Add a ReferenceGrant to ${namespace} for routes from ${route.namespace}.`,
            related: [{ at: backend.at, note: say`the backend` }],
          };
        }
  },
});
