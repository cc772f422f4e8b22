import type { Span } from '../../model/span.ts';
import type { Statement } from '../../model/statement.ts';
import { headOf, type PEntry, type PMap, type PNode } from '../../text/positioned.ts';
import { rowMakers } from '../rows.ts';
import { treeStatements } from '../tree-statements.ts';
import { TreeTable } from '../tree-table.ts';
import { sameSpelling } from './messages.ts';
import { at, rawAt } from './nodes.ts';
import type { Resources } from './resources.ts';

const MANUAL = 'https://www.envoyproxy.io/docs/envoy/latest/api-v3/';

const { read, harmless } = rowMakers((page) => `${MANUAL}${page}`, { whole: true });

const MANAGER = 'Listener.filter_chains.filters.typed_config';
/** Where a route configuration may be: by itself, or in a listener. */
const inRoutes = (path: string): readonly string[] => [`RouteConfiguration.${path}`, `${MANAGER}.route_config.${path}`];

const CLUSTER_PAGE = 'config/cluster/v3/cluster.proto';
const ROUTE_PAGE = 'config/route/v3/route_components.proto';
const BOOTSTRAP_PAGE = 'config/bootstrap/v3/bootstrap.proto';

/** Every value that is read is in the model: as a field, or as a setting of the pool, entry or route that has it. */
export const TABLE = new TreeTable({
  spelling: sameSpelling,
  elements: {
    [`${MANAGER}.http_filters`]: ['name'],
    'Listener.filter_chains.filters': ['name'],
    ...Object.fromEntries(inRoutes('virtual_hosts').map((path) => [path, ['name']])),
    ...Object.fromEntries(inRoutes('virtual_hosts.routes').map((path) => [path, ['match']])),
  },
  ordered: inRoutes('virtual_hosts.routes'),
  rows: [
    read('clusters', CLUSTER_PAGE, 'servers algorithm check limits timeouts requests options', ['Cluster']),
    read('endpoints', 'config/endpoint/v3/endpoint.proto', 'servers options requests', ['ClusterLoadAssignment']),
    read('listeners', 'config/listener/v3/listener.proto', 'listen requests entry hosts stickiness', ['Listener']),
    read('routes', ROUTE_PAGE, 'requests entry hosts algorithm retries timeouts stickiness', [
      'RouteConfiguration',
      `${MANAGER}.route_config`,
    ]),
    harmless('statistics', CLUSTER_PAGE, [
      'Cluster.alt_stat_name',
      'Cluster.track_cluster_stats',
      'Cluster.track_timeout_budgets',
    ]),
    harmless('logging of health checks', 'config/core/v3/health_check.proto', [
      'Cluster.health_checks.event_log_path',
      'Cluster.health_checks.event_logger',
      'Cluster.health_checks.always_log_health_check_failures',
      'Cluster.health_checks.always_log_health_check_success',
    ]),
    harmless('logging', 'config/accesslog/v3/accesslog.proto', [
      'Listener.access_log',
      'Listener.stat_prefix',
      `${MANAGER}.access_log`,
      `${MANAGER}.access_log_options`,
    ]),
    harmless('statistics and tracing', ROUTE_PAGE, [
      `${MANAGER}.stat_prefix`,
      `${MANAGER}.tracing`,
      ...['decorator', 'tracing', 'stat_prefix'].flatMap((name) => inRoutes(`virtual_hosts.routes.${name}`)),
      ...inRoutes('virtual_hosts.virtual_clusters'),
    ]),
    harmless('the name of routes that nothing refers to', ROUTE_PAGE, [`${MANAGER}.route_config.name`]),
    harmless('types of resources', 'service/discovery/v3/discovery.proto', [
      'Cluster."@type"',
      'ClusterLoadAssignment."@type"',
      'Listener."@type"',
      'RouteConfiguration."@type"',
    ]),
    harmless('the admin interface', BOOTSTRAP_PAGE, ['admin']),
    harmless('statistics, logs and traces of the process', BOOTSTRAP_PAGE, [
      'stats_sinks',
      'stats_config',
      'stats_flush_interval',
      'stats_flush_on_admin',
      'stats_server_version_override',
      'deferred_stat_options',
      'tracing',
      'application_log_config',
      'perf_tracing_file_path',
      'enable_dispatcher_stats',
    ]),
    harmless('watchdogs', BOOTSTRAP_PAGE, ['watchdog', 'watchdogs']),
    harmless('certificates', 'extensions/transport_sockets/tls/v3/secret.proto', ['static_resources.secrets']),
  ],
});

/** The statements of a file: of each resource, and of what else a bootstrap has. */
export function statementsOf(
  { bootstrap, clusters, assignments, listeners, routes }: Resources,
  owners: readonly { readonly at: Span }[],
): readonly Statement[] {
  const of = (kind: string, title: string, nodes: readonly PNode[]): readonly Statement[] =>
    nodes.flatMap((node) => {
      const name = rawAt(at(node, 'name') ?? at(node, 'cluster_name')) ?? '';
      return treeStatements(node, TABLE, owners, { kind, label: `${title} ${name}` });
    });
  const others = bootstrap?.kind === 'map' ? othersOf(bootstrap) : undefined;
  return [
    ...(others === undefined || others.entries.size === 0 ? [] : treeStatements(others, TABLE, [])),
    ...of('Listener', 'listener', listeners),
    ...of('RouteConfiguration', 'routes', routes),
    ...of('Cluster', 'cluster', clusters),
    ...of('ClusterLoadAssignment', 'endpoints', assignments),
  ];
}

/** A bootstrap without the resources that have statements of their own. */
function othersOf(bootstrap: PMap): PMap {
  const [resources, ...own] = ['static_resources', 'listeners', 'clusters'].map(sameSpelling);
  const without = (map: PMap, names: readonly string[]): ReadonlyMap<string, PEntry> =>
    new Map([...map.entries].filter(([key]) => !names.includes(sameSpelling(key))));
  const entries = new Map<string, PEntry>();
  for (const [key, entry] of bootstrap.entries) {
    const { value } = entry;
    if (sameSpelling(key) !== resources || value.kind !== 'map') {
      entries.set(key, entry);
      continue;
    }
    const left = without(value, own);
    if (left.size > 0) entries.set(key, { ...entry, value: { ...value, entries: left } });
  }
  return { ...bootstrap, entries, at: headOf(bootstrap) };
}
