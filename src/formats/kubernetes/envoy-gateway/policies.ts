import type { PoolKey } from '../../../model/keys.ts';
import type { Span } from '../../../model/span.ts';
import { headOf, itemsOf, type PNode } from '../../../text/positioned.ts';
import type { Cluster } from '../cluster.ts';
import { gatewayRoutes } from '../choices.ts';
import type { Found } from '../found.ts';
import { backendsOf, targetOf } from '../gateway/backends.ts';
import { parentsOf } from '../gateway/gateways.ts';
import { titleOf } from '../gateway/matches.ts';
import { at, rawAt } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';

export const BACKEND_TRAFFIC_POLICY = 'gateway.envoyproxy.io/BackendTrafficPolicy';

/** What a policy is for. */
export interface PolicyTarget {
  readonly kind: string;
  readonly name: string;
  readonly at: Span;
}

export interface BackendPolicy {
  readonly title: string;
  readonly namespace: string;
  readonly at: Span;
  readonly spec: PNode;
  readonly targets: readonly PolicyTarget[];
}

/** Every BackendTrafficPolicy with what it is for: `targetRefs`, or `targetRef` as it was called before. */
export function backendPoliciesOf(cluster: Cluster): readonly BackendPolicy[] {
  return cluster.of(BACKEND_TRAFFIC_POLICY).flatMap((policy) => {
    const { spec, namespace } = policy;
    if (spec === undefined) return [];
    const single = at(spec, 'targetRef');
    const refs = [...itemsOf(at(spec, 'targetRefs')), ...(single === undefined ? [] : [single])];
    const targets = refs.flatMap((ref): PolicyTarget[] => {
      const named = at(ref, 'name');
      const [kind, name] = [rawAt(at(ref, 'kind')), rawAt(named)];
      return named === undefined || kind === undefined || name === undefined ? [] : [{ kind, name, at: headOf(named) }];
    });
    return [{ title: titleOf(policy), namespace, at: policy.at, spec, targets }];
  });
}

/** The policy of a route: its own one before that of its Gateway. */
function policyFor(route: KubeObject, policies: readonly BackendPolicy[]): BackendPolicy | undefined {
  const kind = route.kind.slice(route.kind.indexOf('/') + 1);
  const own = policies.find(
    ({ namespace, targets }) =>
      namespace === route.namespace && targets.some((one) => one.kind === kind && one.name === route.name),
  );
  return (
    own ??
    policies.find(({ namespace, targets }) =>
      parentsOf(route).some(
        (parent) =>
          parent.namespace === namespace && targets.some((one) => one.kind === parent.kind && one.name === parent.name),
      ),
    )
  );
}

/** The pools whose every route has one and the same policy. */
export function governedPools(cluster: Cluster, found: Found): ReadonlyMap<PoolKey, BackendPolicy> {
  const policies = backendPoliciesOf(cluster);
  const governed = new Map<PoolKey, BackendPolicy | undefined>();
  for (const route of gatewayRoutes(cluster)) {
    const policy = policyFor(route, policies);
    for (const rule of itemsOf(at(route.spec, 'rules')))
      for (const backend of backendsOf(rule, route, cluster)) {
        const to = targetOf(backend, cluster, found);
        if (to.kind !== 'pool') continue;
        const isTorn = governed.has(to.pool) && governed.get(to.pool) !== policy;
        governed.set(to.pool, isTorn ? undefined : policy);
      }
  }
  return new Map([...governed].flatMap(([key, policy]) => (policy === undefined ? [] : [[key, policy] as const])));
}
