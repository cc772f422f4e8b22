import type { Target } from '../../../model/route.ts';
import { implied, type Setting, type Span } from '../../../model/span.ts';
import { headOf, itemsOf, type PNode } from '../../../text/positioned.ts';
import { say } from '../../../text/say.ts';
import type { Cluster } from '../cluster.ts';
import { BACKEND, isFallback, keyOfBackend } from '../envoy-gateway/backends.ts';
import { keyOfPool, type Found } from '../found.ts';
import { at, numberAt, rawAt } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';
import { isGranted } from './grants.ts';

/** One of the `backendRefs` of a rule. */
export interface Backend {
  readonly node: PNode;
  /** Its name. */
  readonly at: Span;
  readonly name: string | undefined;
  readonly namespace: string;
  /** `Service`, `gateway.envoyproxy.io/Backend`. */
  readonly kind: string;
  /** 1 where none is written (BackendRef of the specification). */
  readonly weight: Setting<number>;
  /** It names another namespace, and no ReferenceGrant of the files allows that. */
  readonly lacksGrant: boolean;
}

/** The backends of a rule of any kind of route. */
export function backendsOf(rule: PNode, route: KubeObject, cluster: Cluster): Backend[] {
  return itemsOf(at(rule, 'backendRefs')).map((node) => backendOf(node, route, cluster));
}

export function backendOf(node: PNode, route: KubeObject, cluster: Cluster): Backend {
  const named = at(node, 'name');
  const place = headOf(named ?? node);
  const group = rawAt(at(node, 'group')) ?? '';
  const plainKind = rawAt(at(node, 'kind')) ?? 'Service';
  const namespace = rawAt(at(node, 'namespace')) ?? route.namespace;
  const name = named?.kind === 'scalar' && !named.computed ? rawAt(named) : undefined;
  const crossing = { from: route, group, kind: plainKind, namespace, name: name ?? '' };
  return {
    node,
    at: place,
    name,
    namespace,
    kind: group === '' ? plainKind : `${group}/${plainKind}`,
    weight: numberAt(at(node, 'weight')) ?? implied(1, place),
    // Who applies a route without a namespace chooses it.
    lacksGrant: route.isPlaced && namespace !== route.namespace && !isGranted(crossing, cluster),
  };
}

/**
 * Where a backend leads. One that is certainly invalid gets its share of the requests answered with 500 (HTTPRouteRule of the
 * specification); what is not in these files may be in the cluster.
 */
export function targetOf(backend: Backend, cluster: Cluster, found: Found): Target {
  const { name, namespace, kind } = backend;
  if (name === undefined) return { kind: 'unknown', why: say`the name of a backend is filled in by a template` };
  if (isInvalid(backend, cluster)) return { kind: 'answer', status: 500 };
  if (kind === BACKEND && cluster.find(BACKEND, namespace, name) !== undefined)
    return { kind: 'pool', pool: keyOfBackend(namespace, name, found), name };
  if (kind !== 'Service') return { kind: 'unknown', why: say`${kind} ${name} is not read` };
  return { kind: 'pool', pool: keyOfPool(found, namespace, name), name };
}

/** Whether a backend serves only when the others of its rule cannot. */
export function isStandby({ kind, namespace, name = '' }: Backend, cluster: Cluster): boolean {
  const backend = kind === BACKEND ? cluster.find(BACKEND, namespace, name) : undefined;
  return backend !== undefined && isFallback(backend);
}

/** Whether a reference is invalid for certain: the files have what it leads to, or grants beside it, and none allows it. */
export function isInvalid({ lacksGrant, namespace, name, kind }: Backend, cluster: Cluster): boolean {
  if (!lacksGrant) return false;
  const grants = cluster.of('gateway.networking.k8s.io/ReferenceGrant');
  return (
    grants.some((grant) => grant.namespace === namespace) || cluster.find(kind, namespace, name ?? '') !== undefined
  );
}
