import { entriesOf, headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import { use, type World } from './found.ts';
import { manualName } from './messages.ts';
import { at, typedAt } from './nodes.ts';

/** Fields that name a cluster outside of routes: of filters, discovery, tracing, authorization. */
const FIELDS = /^(?:cluster|cluster_name|\w+_cluster|\w+_cluster_name|clusters|cluster_names)$/;

/** Clusters that something else than a route uses; how it picks servers is its own matter. */
export function otherUses(root: PNode, world: World): void {
  const { found, clusters, uses, subsets } = world;
  const known = new Set([
    ...found.references.map(({ pool }) => pool),
    ...[...subsets.values()].map(({ cluster }) => cluster.name),
  ]);
  for (const { field, node } of textsOf(root)) {
    const name = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
    if (name === undefined || known.has(name) || uses.has(name) || !clusters.has(name)) continue;
    known.add(name);
    use(world, name, { at: headOf(node), protocol: 'unknown', hash: 'unknown' });
    found.references.push({
      kind: manualName(field),
      at: headOf(node),
      pool: name,
      protocol: 'unknown',
      timeouts: {},
      options: new Map(),
    });
  }
}

/** Every text whose field may name a cluster. Load assignments name their own, aggregate clusters the branches of a route. */
function* textsOf(root: PNode): Generator<{ readonly field: string; readonly node: PNode }> {
  const open: { field: string; node: PNode }[] = [{ field: '', node: root }];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const { field, node } = one;
    if (node.kind === 'scalar') {
      if (FIELDS.test(manualName(field))) yield one;
      continue;
    }
    for (const item of itemsOf(node)) open.push({ field, node: item });
    const isSkipped = typedAt(node)?.type === 'ClusterConfig' || at(node, 'endpoints') !== undefined;
    if (!isSkipped) for (const { key, value } of entriesOf(node)) open.push({ field: key, node: value });
  }
}
