import { LIMITS } from '../../text/limits.ts';
import { itemsOf, type PNode } from '../../text/positioned.ts';
import { at, listOf, typedAt } from './nodes.ts';

/** What a file holds, whichever of Envoy's shapes it has. */
export interface Resources {
  readonly bootstrap: PNode | undefined;
  readonly clusters: PNode[];
  /** Endpoints of clusters that get them from discovery. */
  readonly assignments: PNode[];
  readonly listeners: PNode[];
  readonly routes: PNode[];
}

const BOOTSTRAP = ['static_resources', 'dynamic_resources'];

/**
 * The resources of a document: of a bootstrap, of a discovery response (`resources:`), of a dump of the admin interface (`configs:`),
 * of a list of resources, or one resource alone.
 */
export function resourcesOf(root: PNode): Resources {
  const isBootstrap = root.kind === 'map' && BOOTSTRAP.some((name) => at(root, name) !== undefined);
  const found: Resources = {
    bootstrap: isBootstrap ? root : undefined,
    clusters: [],
    assignments: [],
    listeners: [],
    routes: [],
  };
  if (isBootstrap) {
    found.clusters.push(...listOf(at(root, 'static_resources', 'clusters')));
    found.listeners.push(...listOf(at(root, 'static_resources', 'listeners')));
  } else collect(root, found, 0);
  return found;
}

/** Messages that hold a resource, in responses and dumps. */
const HOLDERS = [
  'resource',
  'cluster',
  'listener',
  'route_config',
  'endpoint_config',
  'active_state',
  'resources',
  'configs',
  'static_clusters',
  'dynamic_active_clusters',
  'static_listeners',
  'dynamic_listeners',
  'static_route_configs',
  'dynamic_route_configs',
  'static_endpoint_configs',
  'dynamic_endpoint_configs',
];

function collect(node: PNode, found: Resources, depth: number): void {
  if (depth > LIMITS.depth) return;
  for (const item of itemsOf(node)) collect(item, found, depth + 1);
  if (node.kind !== 'map') return;
  const kind = kindOf(node);
  if (kind !== undefined) found[kind].push(node);
  // The bootstrap of a dump lists again what the dump has as resources.
  else if (typedAt(node)?.type !== 'BootstrapConfigDump')
    for (const name of HOLDERS) {
      const held = at(node, name);
      if (held !== undefined && held.kind !== 'scalar') collect(held, found, depth + 1);
    }
}

type Kind = 'clusters' | 'assignments' | 'listeners' | 'routes';

const TYPES: ReadonlyMap<string, Kind> = new Map([
  ['Cluster', 'clusters'],
  ['ClusterLoadAssignment', 'assignments'],
  ['Listener', 'listeners'],
  ['RouteConfiguration', 'routes'],
]);

/** By its type, else by the fields that only one kind of resource has. */
function kindOf(node: PNode): Kind | undefined {
  const type = typedAt(node)?.type;
  if (type !== undefined) return TYPES.get(type);
  const has = (name: string): boolean => at(node, name) !== undefined;
  if (has('virtual_hosts')) return 'routes';
  if (has('filter_chains')) return 'listeners';
  if (has('cluster_name') && has('endpoints')) return 'assignments';
  const isCluster = ['load_assignment', 'lb_policy', 'eds_cluster_config', 'cluster_type', 'connect_timeout'].some(has);
  return has('name') && isCluster ? 'clusters' : undefined;
}

/** Whether a document has anything that is Envoy's. */
export function isEmpty({ bootstrap, clusters, assignments, listeners, routes }: Resources): boolean {
  return bootstrap === undefined && [clusters, assignments, listeners, routes].every((list) => list.length === 0);
}

/** Kinds of resources that a bootstrap gets from somewhere else while it runs. */
export function discoveredBy(bootstrap: PNode | undefined): {
  readonly clusters: boolean;
  readonly listeners: boolean;
} {
  const dynamic = at(bootstrap, 'dynamic_resources');
  const has = (name: string): boolean =>
    at(dynamic, name) !== undefined || at(dynamic, `${name}_resources_locator`) !== undefined;
  return { clusters: has('cds_config'), listeners: has('lds_config') };
}
