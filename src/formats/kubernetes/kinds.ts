import type { Cluster } from './cluster.ts';
import { readServices } from './core/services.ts';
import type { Found } from './found.ts';
import { readIngresses } from './ingress/ingresses.ts';
import type { KubeObject } from './objects.ts';

/** Reads all objects of one kind: pools, routes and entries go to `found`. */
export type KindReader = (objects: readonly KubeObject[], cluster: Cluster, found: Found) => void;

/** A kind that has nothing of its own to say: the readers of other kinds look it up in the cluster. */
const LOOKED_UP: KindReader = () => undefined;

/**
 * Every kind that decides where traffic goes, by API group and name, in the order in which they are read. Pools come before the
 * routes that lead to them. All other kinds are ignored.
 */
export const KINDS: ReadonlyMap<string, KindReader> = new Map([
  ['Service', readServices],
  ['Endpoints', LOOKED_UP],
  ['discovery.k8s.io/EndpointSlice', LOOKED_UP],
  ['Pod', LOOKED_UP],
  ['ReplicationController', LOOKED_UP],
  ['apps/Deployment', LOOKED_UP],
  ['apps/StatefulSet', LOOKED_UP],
  ['apps/ReplicaSet', LOOKED_UP],
  ['apps/DaemonSet', LOOKED_UP],
  ['autoscaling/HorizontalPodAutoscaler', LOOKED_UP],
  ['keda.sh/ScaledObject', LOOKED_UP],
  ['argoproj.io/Rollout', LOOKED_UP],
  ['flagger.app/Canary', LOOKED_UP],
  ['networking.k8s.io/IngressClass', LOOKED_UP],
  ['networking.k8s.io/Ingress', readIngresses],
]);
