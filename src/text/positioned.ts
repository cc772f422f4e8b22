import type { Span } from '../model/span.ts';

/** YAML, JSON and TOML as one tree in which every key and value knows its place. */
export type PNode = PMap | PSeq | PScalar;

export interface PMap {
  readonly kind: 'map';
  readonly at: Span;
  readonly entries: ReadonlyMap<string, PEntry>;
}

export interface PEntry {
  readonly key: string;
  readonly keyAt: Span;
  readonly value: PNode;
}

export interface PSeq {
  readonly kind: 'seq';
  readonly at: Span;
  readonly items: readonly PNode[];
}

/** How two YAML versions read one plain scalar differently. */
export type Ambiguity = 'octal' | 'boolean' | 'base-60';

export interface PScalar {
  readonly kind: 'scalar';
  readonly at: Span;
  readonly value: string | number | boolean | null;
  /** True when something else computes the value: a template marker (`{{ }}`, `${ }`, `<% %>`) or a custom tag. */
  readonly computed: boolean;
  /** Set when YAML 1.1 and 1.2 readers give the scalar different values. */
  readonly ambiguous?: Ambiguity;
}

/** The value under a key of a map. A key like `__proto__` is a key like any other. */
export function child(node: PNode | undefined, key: string): PNode | undefined {
  return node?.kind === 'map' ? node.entries.get(key)?.value : undefined;
}

/** The items of a list; none when the node is something else. */
export function itemsOf(node: PNode | undefined): readonly PNode[] {
  return node?.kind === 'seq' ? node.items : [];
}

/** The entries of a map; none when the node is something else. */
export function entriesOf(node: PNode | undefined): readonly PEntry[] {
  return node?.kind === 'map' ? [...node.entries.values()] : [];
}

/** A narrow span to point at a node with: the whole of a scalar, the first key or item of a collection. */
export function headOf(node: PNode): Span {
  if (node.kind === 'scalar') return node.at;
  const first = node.kind === 'map' ? node.entries.values().next().value?.keyAt : node.items[0]?.at;
  // Keys that came in through a merge stand elsewhere, so only a first key inside the node narrows it.
  const inside = first !== undefined && first.start >= node.at.start && first.end <= node.at.end;
  const end = inside && node.kind === 'map' ? first.end : Math.min(node.at.end, node.at.start + 1);
  return { ...node.at, end: Math.max(end, node.at.start) };
}

/** A JSON pointer (RFC 6901) as its keys. */
export function pointerKeys(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The node under a path of keys and indexes; undefined when the path leaves the tree. */
export function nodeAt(root: PNode, keys: readonly string[]): PNode | undefined {
  let node: PNode | undefined = root;
  for (const key of keys) {
    node = node.kind === 'seq' ? node.items[Number(key)] : child(node, key);
    if (node === undefined) return undefined;
  }
  return node;
}

/**
 * Plain values for a schema validator: objects without prototype, so that no key of a file means anything to JavaScript.
 * Nodes that aliases share stay shared; the reader of the tree has already bounded what they expand to.
 */
export function toPlain(root: PNode): unknown {
  const made = new Map<PNode, unknown>();
  const make = (node: PNode): unknown => {
    if (node.kind === 'scalar') return node.value;
    const known = made.get(node);
    if (known !== undefined) return known;
    let value: unknown;
    if (node.kind === 'seq') value = node.items.map(make);
    else {
      const object = Object.create(null) as Record<string, unknown>;
      for (const entry of node.entries.values()) object[entry.key] = make(entry.value);
      value = object;
    }
    made.set(node, value);
    return value;
  };
  return make(root);
}
