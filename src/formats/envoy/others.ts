import type { PNode } from '../../text/positioned.ts';
import { headOf } from '../../text/positioned.ts';
import { use, type World } from './found.ts';
import { manualName } from './messages.ts';
import { textsOf } from './resources.ts';

/** Fields that name a cluster outside of routes: of filters, discovery, tracing, authorization. */
const FIELDS = /^(?:cluster|cluster_name|\w+_cluster|\w+_cluster_name|clusters|cluster_names)$/;

/** Clusters that something else than a route uses; how it picks servers is its own matter. */
export function otherUses(root: PNode, world: World): void {
  const { found, clusters, uses } = world;
  const known = new Set(found.references.map(({ pool }) => pool));
  for (const { field, node } of textsOf(root)) {
    const name = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
    if (name === undefined || known.has(name) || uses.has(name) || !clusters.has(name)) continue;
    const kind = manualName(field);
    const isChild = kind === 'clusters' && [...found.routes].some(({ to }) => to.some(({ at }) => at.start === node.at.start));
    if (!FIELDS.test(kind) || isOwnName(node, clusters) || isChild) continue;
    known.add(name);
    use(world, name, { at: headOf(node), protocol: 'unknown', hash: 'unknown' });
    found.references.push({ kind, at: headOf(node), pool: name, protocol: 'unknown', timeouts: {}, options: new Map() });
  }
}

/** `cluster_name` of a load assignment names the cluster that it is in. */
function isOwnName(node: PNode, clusters: World['clusters']): boolean {
  return [...clusters.values()].some(({ node: cluster }) => node.at.start >= cluster.at.start && node.at.end <= cluster.at.end);
}
