import type { Config, Problem } from '../../model/config.ts';
import type { FileTree } from '../../model/tree.ts';
import { InputError } from '../../model/tree.ts';
import type { PNode } from '../../text/positioned.ts';
import { say } from '../../text/say.ts';
import { SourceFile } from '../../text/source.ts';
import type { TreeFault } from '../../text/tree-faults.ts';
import { readYaml } from '../../text/yaml-tree.ts';
import type { FormatReader } from '../reader.ts';
import { clusterOf, readAggregate, readAssignment, readPool, type Surroundings } from './clusters.ts';
import { clusterFaults, listenerFaults, routeFaults } from './cross-faults.ts';
import { dialect } from './dialect.ts';
import { faultsOf, REJECTED } from './faults.ts';
import { refused, type Cluster, type Found, type World } from './found.ts';
import { statementsOf } from './harmless.ts';
import { readListener } from './listeners.ts';
import { at, listOf, rawAt } from './nodes.ts';
import { otherUses } from './others.ts';
import { recognise } from './recognise.ts';
import { discoveredBy, isEmpty, resourcesOf, type Resources } from './resources.ts';
import { readVirtualHosts } from './routes.ts';

/** Envoy's bootstrap and resources, in YAML and JSON. */
export const reader: FormatReader = { dialect, recognise, read };

function read(path: string, tree: FileTree): Config {
  const text = tree.read(path);
  if (text === undefined) throw new InputError(`${path} is not a file that can be read. Name a file that exists.`);
  const source = new SourceFile(path, text);
  // Envoy reads the first document, and has no merge keys.
  const { documents, faults } = readYaml(source, { merge: false });
  const [root] = documents;
  const found: Found = {
    path,
    pools: [],
    routes: [],
    entries: [],
    references: [],
    listeners: [],
    problems: faults.map(faultProblem),
    unknowns: [],
  };
  const resources = root === undefined ? undefined : resourcesOf(root);
  if (root !== undefined && resources !== undefined) readRoot(root, resources, found);
  const whole =
    found.problems.length === 0 &&
    found.unknowns.length === 0 &&
    found.pools.every(({ unknowns }) => unknowns.length === 0);
  return {
    dialect,
    path,
    source,
    status: root === undefined ? 'refused' : whole ? 'read' : 'partial',
    files: [path],
    pools: found.pools,
    routes: found.routes,
    entries: found.entries,
    references: found.references,
    listeners: found.listeners,
    facts: new Map(),
    statements:
      resources === undefined ? [] : statementsOf(resources, [...found.pools, ...found.routes, ...found.entries]),
    problems: found.problems,
    unknowns: found.unknowns,
    ignores: [],
  };
}

function readRoot(root: PNode, resources: Resources, found: Found): void {
  if (isEmpty(resources)) {
    found.problems.push(
      refused(
        root.at,
        say`The file has no resource of Envoy.`,
        say`Add ${'static_resources'}, or remove the file from the list.`,
        say`Nothing of it can be judged.`,
      ),
    );
    return;
  }
  const { bootstrap, clusters, assignments, listeners, routes } = resources;
  found.problems.push(...structureFaults(resources));
  const known = clusters.map(clusterOf);
  const world: World = {
    found,
    clusters: firstOf(known),
    isOpen: discoveredBy(bootstrap).clusters,
    uses: new Map(),
    subsets: new Map(),
  };
  const byName = new Map(routes.map((config) => [rawAt(at(config, 'name')) ?? '', config]));
  for (const listener of listeners) readListener(listener, byName, world);
  const used = new Set(listeners.flatMap(routeNames));
  for (const config of routes) {
    const name = rawAt(at(config, 'name')) ?? '';
    const front = { label: `routes ${name}`, listens: [], settings: new Map(), before: [], retries: undefined };
    if (!used.has(name)) readVirtualHosts(config, front, world);
  }
  for (const cluster of known) if (cluster.kind === 'aggregate') found.routes.push(readAggregate(cluster, world));
  otherUses(root, world);
  found.problems.push(
    ...clusterFaults(known, bootstrap !== undefined),
    ...routeFaults(world, bootstrap !== undefined),
    ...listeners.flatMap(listenerFaults),
  );
  readPools(world, {
    world,
    local: at(bootstrap, 'cluster_manager', 'local_cluster_name') !== undefined,
    assignments: new Map(assignments.map((one) => [rawAt(at(one, 'cluster_name')) ?? '', one])),
  });
}

/** Clusters by their names, in the order of the file; of several of one name the first. */
function firstOf(clusters: readonly Cluster[]): ReadonlyMap<string, Cluster> {
  const byName = new Map<string, Cluster>();
  for (const cluster of clusters) if (!byName.has(cluster.name)) byName.set(cluster.name, cluster);
  return byName;
}

/** The names of the route configurations that a listener asks for. */
function routeNames(listener: PNode): string[] {
  return listOf(at(listener, 'filter_chains')).flatMap((chain) =>
    listOf(at(chain, 'filters')).flatMap(
      (filter) => rawAt(at(filter, 'typed_config', 'rds', 'route_config_name')) ?? [],
    ),
  );
}

/** Clusters, subsets of them that routes use, and endpoints whose cluster is not in the file. */
function readPools(world: World, surroundings: Surroundings): void {
  const { found, clusters, subsets, uses } = world;
  const taken = new Set<string>();
  for (const cluster of clusters.values()) {
    if (cluster.kind === 'aggregate') continue;
    taken.add(rawAt(at(cluster.node, 'eds_cluster_config', 'service_name')) ?? cluster.name);
    const own = [...subsets.values()].filter((subset) => subset.cluster === cluster);
    const whole = own.length === 0 || (uses.has(cluster.name) && !subsets.has(cluster.name));
    if (whole) found.pools.push(readPool(cluster, undefined, surroundings));
    for (const subset of own) found.pools.push(readPool(cluster, subset, surroundings));
  }
  for (const [name, node] of surroundings.assignments)
    if (!taken.has(name)) found.pools.push(readAssignment(node, world));
}

function structureFaults({ bootstrap, clusters, assignments, listeners, routes }: Resources): Problem[] {
  if (bootstrap !== undefined) return faultsOf(bootstrap, 'Bootstrap');
  return [
    ...clusters.flatMap((node) => faultsOf(node, 'Cluster')),
    ...assignments.flatMap((node) => faultsOf(node, 'ClusterLoadAssignment')),
    ...listeners.flatMap((node) => faultsOf(node, 'Listener')),
    ...routes.flatMap((node) => faultsOf(node, 'RouteConfiguration')),
  ];
}

/** Envoy takes the last of two equal keys without a word. */
function faultProblem({ kind, at: place, what, fix }: TreeFault): Problem {
  const problem = refused(
    place,
    say`${what}.`,
    fix,
    kind === 'duplicate-key' ? say`Envoy takes the last one.` : REJECTED,
  );
  return kind === 'duplicate-key' ? { ...problem, severity: 'warning' } : problem;
}
