import { poolKey, routeKey } from '../../model/keys.ts';
import type { Target } from '../../model/route.ts';
import { headOf, type PNode } from '../../text/positioned.ts';
import { say } from '../../text/say.ts';
import { dialect } from './dialect.ts';
import type { Cluster, World } from './found.ts';
import { at, listOf } from './nodes.ts';
import { readPolicy } from './policy.ts';
import { criteriaOf, subsetName } from './subsets.ts';

/** Where the name of a cluster leads, with what the route asks of its servers. */
export function targetOf(place: PNode, name: string, metadata: PNode | undefined, world: World): Target {
  const cluster = world.clusters.get(name);
  const scope = world.found.path;
  if (cluster === undefined && world.isOpen) return { kind: 'unknown', why: say`${name} comes from the control plane` };
  if (cluster?.kind === 'forward')
    return { kind: 'unknown', why: say`${name} sends each request to the host that it names` };
  if (cluster?.kind === 'original')
    return { kind: 'unknown', why: say`${name} sends each connection to where it was going` };
  if (cluster?.kind === 'aggregate') return { kind: 'route', route: routeKey(dialect.format, scope, name), name };
  const pool = cluster === undefined ? name : poolNameOf(cluster, place, metadata, world);
  return { kind: 'pool', pool: poolKey(dialect.format, scope, pool), name: pool };
}

/** A cluster with subsets is a pool of its own for each set of criteria that routes ask for. */
function poolNameOf(cluster: Cluster, place: PNode, metadata: PNode | undefined, { subsets }: World): string {
  if (!hasSubsets(cluster.node)) return cluster.name;
  const wanted = criteriaOf(metadata);
  const name = subsetName(cluster.name, wanted);
  if (!subsets.has(name)) subsets.set(name, { cluster, name, at: headOf(metadata ?? place), wanted });
  return name;
}

/** Without selectors there are no subsets, whatever routes ask for. */
function hasSubsets(node: PNode): boolean {
  const { subsets } = readPolicy(node, headOf(node), false);
  return listOf(at(subsets, 'subset_selectors')).length > 0;
}
