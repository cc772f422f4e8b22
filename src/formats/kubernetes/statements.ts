import type { Statement, StatementRow } from '../../model/statement.ts';
import { TreeTable } from '../tree-table.ts';
import { treeStatements } from '../tree-statements.ts';
import type { PNode } from '../../text/positioned.ts';
import type { Found } from './found.ts';
import { SHAPE } from './harmless.ts';
import { KINDS } from './kinds.ts';
import { at, rawAt } from './nodes.ts';
import { DEFAULT_NAMESPACE, type KubeObject } from './objects.ts';

const TABLE = new TreeTable(SHAPE);

/** The statements of every object of a kind that is read, below a heading with its kind and name. */
export function statementsOf(objects: readonly KubeObject[], found: Found): readonly Statement[] {
  const owners = [...found.pools, ...found.routes, ...found.entries];
  return objects
    .filter(({ kind }) => KINDS.has(kind))
    .flatMap(({ kind, name, namespace, node }) => {
      const word = kind.slice(kind.indexOf('/') + 1);
      const label = namespace === DEFAULT_NAMESPACE ? `${word} ${name}` : `${word} ${namespace}/${name}`;
      const table = isPattern(node) ? `${kind} for a pattern` : kind;
      const [heading, ...others] = treeStatements(node, TABLE, owners, { kind: table, label });
      if (heading === undefined) return [];
      return [PARTLY.has(kind) ? heading : { ...heading, kind: 'read' as const, row: OBJECT }, ...others];
    });
}

/** Rules for many hosts at once are not read. */
function isPattern(node: PNode): boolean {
  return rawAt(at(node, 'spec', 'host'))?.includes('*') === true;
}

/** Kinds that do more than what is read of them. */
const PARTLY: ReadonlySet<string> = new Set([
  'autoscaling/HorizontalPodAutoscaler',
  'keda.sh/ScaledObject',
  'flagger.app/Canary',
  'networking.k8s.io/IngressClass',
  'gateway.networking.k8s.io/Gateway',
  'gateway.networking.k8s.io/ReferenceGrant',
  'gateway.envoyproxy.io/BackendTrafficPolicy',
  'networking.istio.io/Gateway',
]);

/** An object as a whole: what is not read in it does not come with its heading. */
const OBJECT: StatementRow = {
  kind: 'read',
  what: 'objects',
  manual: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/',
  words: [],
  shows: ['servers', 'requests', 'entry', 'options'],
  whole: true,
};
