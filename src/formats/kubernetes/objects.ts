import type { Setting, Span } from '../../model/span.ts';
import { headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import { at, labelsOf, rawAt } from './nodes.ts';

/** One object of a manifest. */
export interface KubeObject {
  /** `Service`, `apps/Deployment`: its API group and kind, without the version. */
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Its namespace is written: whoever applies it cannot choose another one. */
  readonly isPlaced: boolean;
  readonly node: PNode;
  /** The place that a person would point at: its name. */
  readonly at: Span;
  readonly annotations: ReadonlyMap<string, Setting<string>>;
  readonly labels: ReadonlyMap<string, Setting<string>>;
  readonly spec: PNode | undefined;
  /** The template that rendered it, as Helm's `# Source:` names it. */
  readonly renderedFrom?: string;
}

/** What a namespace is where none is written; who applies the file may choose another one, for all its objects. */
export const DEFAULT_NAMESPACE = 'default';

/** Groups that kinds had before they moved to the present one. */
const MOVED: ReadonlyMap<string, string> = new Map([
  ['extensions/Ingress', 'networking.k8s.io/Ingress'],
  ['extensions/Deployment', 'apps/Deployment'],
  ['extensions/DaemonSet', 'apps/DaemonSet'],
  ['extensions/ReplicaSet', 'apps/ReplicaSet'],
]);

/** The objects of a document: itself, or the items of a list. What is no object (no kind, no name) is left out. */
export function objectsOf(document: PNode): KubeObject[] {
  const kind = rawAt(at(document, 'kind'));
  const items = at(document, 'items');
  // Lists of lists are refused by the API server.
  if (kind?.endsWith('List') === true && items?.kind === 'seq')
    return itemsOf(items).flatMap((item) => objectOf(item, kind === 'List' ? undefined : kind.slice(0, -4), document));
  return objectOf(document);
}

function objectOf(node: PNode, kindOfList?: string, list?: PNode): KubeObject[] {
  const kind = rawAt(at(node, 'kind')) ?? kindOfList;
  const version = rawAt(at(node, 'apiVersion')) ?? rawAt(at(list, 'apiVersion'));
  const named = at(node, 'metadata', 'name');
  const name = rawAt(named);
  if (kind === undefined || version === undefined || name === undefined || named === undefined) return [];
  const group = version.includes('/') ? `${version.slice(0, version.indexOf('/'))}/` : '';
  const metadata = at(node, 'metadata');
  const rendered = renderedFrom(node);
  return [
    {
      kind: MOVED.get(`${group}${kind}`) ?? `${group}${kind}`,
      name,
      namespace: rawAt(at(metadata, 'namespace')) ?? DEFAULT_NAMESPACE,
      isPlaced: at(metadata, 'namespace') !== undefined,
      node,
      at: headOf(named),
      annotations: labelsOf(at(metadata, 'annotations')),
      labels: labelsOf(at(metadata, 'labels')),
      spec: at(node, 'spec'),
      ...(rendered === undefined ? {} : { renderedFrom: rendered }),
    },
  ];
}

/** Helm writes `# Source: chart/templates/x.yaml` between `---` and the first key of what it renders. */
function renderedFrom({ at: { source, start } }: PNode): string | undefined {
  const before = source.text.slice(Math.max(0, start - 1000), start);
  const comments = before.slice(Math.max(0, before.lastIndexOf('---')));
  return /^# Source: (\S+)[ \t]*\r?$/m.exec(comments)?.[1];
}
