import type { Cluster } from './cluster.ts';
import { readServices } from './core/services.ts';
import { BACKEND, readBackends } from './envoy-gateway/backends.ts';
import { BACKEND_TRAFFIC_POLICY } from './envoy-gateway/policies.ts';
import { readBackendPolicies } from './envoy-gateway/pools.ts';
import type { Found } from './found.ts';
import { readGrpcRoutes, readHttpRoutes, readTcpRoutes, readUdpRoutes } from './gateway/routes.ts';
import { readIngresses } from './ingress/ingresses.ts';
import { DESTINATION_RULE, readDestinationRules } from './istio/destinations.ts';
import { readServiceEntries, SERVICE_ENTRY } from './istio/entries.ts';
import { readVirtualServices } from './istio/virtual-services.ts';
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
  [SERVICE_ENTRY, readServiceEntries],
  // Pools of hosts are balanced by their rules before routes lead to them.
  [DESTINATION_RULE, readDestinationRules],
  ['networking.istio.io/Gateway', LOOKED_UP],
  ['networking.istio.io/VirtualService', readVirtualServices],
  [BACKEND, readBackends],
  [BACKEND_TRAFFIC_POLICY, readBackendPolicies],
  ['gateway.networking.k8s.io/Gateway', LOOKED_UP],
  ['gateway.networking.k8s.io/ReferenceGrant', LOOKED_UP],
  ['gateway.networking.k8s.io/HTTPRoute', readHttpRoutes],
  ['gateway.networking.k8s.io/GRPCRoute', readGrpcRoutes],
  ['gateway.networking.k8s.io/TLSRoute', readTcpRoutes],
  ['gateway.networking.k8s.io/TCPRoute', readTcpRoutes],
  ['gateway.networking.k8s.io/UDPRoute', readUdpRoutes],
  ['networking.k8s.io/IngressClass', LOOKED_UP],
  ['networking.k8s.io/Ingress', readIngresses],
]);
