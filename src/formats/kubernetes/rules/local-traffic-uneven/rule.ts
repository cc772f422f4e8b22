import { defineRule } from '../../../../rules/rule.ts';
import { headOf } from '../../../../text/positioned.ts';
import { say } from '../../../../text/say.ts';
import { serviceOf } from '../../core/found-service.ts';
import { isLocal, selectorOf } from '../../core/services.ts';
import { at } from '../../nodes.ts';

export const rule = defineRule({
  id: 'local-traffic-uneven',
  title: 'Pods behind a local traffic policy are spread over nodes',
  severity: 'warning',
  scope: 'pool',
  *check({ pool, config }) {
    const own = serviceOf(pool, config);
    const policy = own && at(own.service.spec, 'externalTrafficPolicy');
    if (own === undefined || policy === undefined || !isLocal(own.service)) return;
    const workloads = own.cluster.selected(own.service.namespace, selectorOf(own.service));
    const uneven = workloads.find(({ spread, replicas }) => spread !== 'each-node' && (replicas.value ?? 2) > 1);
    if (uneven === undefined) return;
    const { name } = uneven.object;
    const isLoose = uneven.spread === 'no';
    yield {
      at: headOf(policy),
      severity: isLoose ? 'warning' : 'notice',
      what: isLoose
        ? say`The load balancer splits the traffic of ${pool.name} by node, and nothing spreads the pods of ${name} over nodes.`
        : say`The load balancer splits the traffic of ${pool.name} by node, and a node may run more pods of ${name} than another.`,
      why: say`With ${'externalTrafficPolicy: Local'} each node gets an equal part: 3 pods on 2 nodes get 25%, 25% and 50%.`,
      fix: say`Add ${'topologySpreadConstraints'} with ${'topologyKey: kubernetes.io/hostname'}, or set ${'externalTrafficPolicy: Cluster'}.`,
      related: [{ at: uneven.object.at, note: say`the workload of these pods` }],
    };
  },
});
