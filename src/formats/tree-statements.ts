import type { Span } from '../model/span.ts';
import type { Block, Statement } from '../model/statement.ts';
import { entriesOf, headOf, toPlain, type PEntry, type PNode, type PScalar } from '../text/positioned.ts';
import { textOf } from '../text/source.ts';
import type { TreePath, TreeTable } from './tree-table.ts';

/** What one document of several is: its kind begins the paths in the table, its label names it among the others. */
export interface TreeDocument {
  readonly kind: string;
  readonly label: string;
}

/** Pools, routes and entries: the block that one is in is compared with the block of its counterpart, whatever it is called. */
type Owners = Iterable<{ readonly at: Span }>;

/**
 * The statements of a document: each value with its path, below headings for keys that are free names (`*` in the table) and for
 * elements of lists that have a name. A value that a template fills in is not judged, nor is one that no row knows.
 */
export function treeStatements(
  root: PNode,
  table: TreeTable,
  owners: Owners,
  document?: TreeDocument,
): readonly Statement[] {
  const walk = new Walk();
  const start: Around = { within: [], prefix: '', place: undefined };
  if (document === undefined) walk.node(root, table.top, '', root.at, start);
  else {
    const { kind, label } = document;
    const known = table.top.under(kind);
    walk.block({ text: label, label, at: headOf(root) }, known, start, (inner) => walk.inside(root, known, inner));
  }
  walk.own(owners);
  return walk.found;
}

interface Around {
  readonly within: readonly Block[];
  /** The label of the block, to call those in it by their whole path. */
  readonly prefix: string;
  readonly place: Place | undefined;
}

/** A block with its heading: both stand where the pool, route or entry does that the block is of. */
interface Place {
  readonly block: { label: string; at: Span };
  readonly heading: { at: Span };
}

interface Heading {
  readonly text: string;
  readonly label: string;
  readonly at: Span;
  readonly ordered?: string;
  readonly computed?: boolean;
}

class Walk {
  readonly found: Statement[] = [];
  /** The innermost block of each offset at which a key or value begins. */
  readonly #places = new Map<number, Place>();

  /** A value under a path; `at` = its key, or the element. */
  node(node: PNode, known: TreePath, path: string, at: Span, around: Around): void {
    this.#note(at, around);
    this.#note(node.at, around);
    if (node.kind === 'scalar') this.#leaf(node, known, path, at, around);
    else if (node.kind === 'map') {
      if (node.entries.size === 0) this.#add(known, `${path}: {}`, spanOf(at, node), around, false);
      else this.inside(node, known, around, path);
    } else if (node.items.every((item) => item.kind === 'scalar')) this.#list(node.items, known, path, at, around);
    else this.#elements(node.items, known, path, around);
  }

  /** The entries of a map. */
  inside(node: PNode, known: TreePath, around: Around, path = '', except?: string): void {
    this.#note(headOf(node), around);
    for (const entry of entriesOf(node)) if (entry.key !== except) this.#entry(entry, known, path, around);
  }

  /** A heading, and what is in its block. */
  block(heading: Heading, known: TreePath, around: Around, fill: (inner: Around) => void): void {
    const { text, label, at, ordered, computed = false } = heading;
    const block = { label: around.prefix === '' ? label : `${around.prefix} ${label}`, at };
    const statement = this.#add(known, text, at, around, computed, {
      opens: block.label,
      ...(ordered === undefined ? {} : { ordered }),
    });
    const place = { block, heading: statement };
    const inner = { within: [...around.within, block], prefix: block.label, place };
    this.#note(at, inner);
    fill(inner);
  }

  /** Gives each pool, route or entry the block that it is in; of several in one block the first. */
  own(owners: Owners): void {
    const taken = new Set<Place>();
    for (const { at } of owners) {
      const place = this.#places.get(at.start);
      if (place === undefined || taken.has(place) || at.source !== place.block.at.source) continue;
      taken.add(place);
      place.block.at = at;
      place.heading.at = at;
    }
  }

  #entry({ key, keyAt, value }: PEntry, known: TreePath, path: string, around: Around): void {
    const below = known.under(key);
    const whole = path === '' ? key : `${path}.${key}`;
    if (!known.namesKeys || value.kind !== 'map') {
      this.node(value, below, whole, keyAt, around);
      return;
    }
    const text = path === '' ? key : `${path}: ${key}`;
    this.block({ text, label: whole, at: keyAt }, below, around, (inner) => {
      this.#note(value.at, inner);
      this.inside(value, below, inner);
    });
  }

  #elements(items: readonly PNode[], known: TreePath, path: string, around: Around): void {
    const times = new Map<string, number>();
    const ordered = known.ordered ? { ordered: path } : {};
    for (const [i, item] of items.entries()) {
      if (known.names?.includes('*') === true) {
        this.#add(known, `${path}: ${textOfValue(item)}`, item.at, around, isComputed(item), ordered);
        continue;
      }
      const named = entriesOf(item).find(({ key }) => known.names?.includes(key) === true);
      if (named === undefined) {
        this.node(item, known, `${path}[${i}]`, headOf(item), around);
        continue;
      }
      const name = textOfValue(named.value);
      const nth = (times.get(name) ?? 0) + 1;
      times.set(name, nth);
      const called = nth === 1 ? name : `${name} #${nth}`;
      const heading: Heading = {
        text: `${path}: ${called}`,
        label: `${path}[${called}]`,
        at: spanOf(named.keyAt, named.value),
        computed: isComputed(named.value),
        ...ordered,
      };
      this.block(heading, known, around, (inner) => {
        for (const at of [item.at, headOf(item), named.keyAt, named.value.at]) this.#note(at, inner);
        this.inside(item, known, inner, '', named.key);
      });
    }
  }

  #leaf(node: PScalar, known: TreePath, path: string, at: Span, around: Around): void {
    this.#add(known, `${path}: ${textOfValue(node)}`, spanOf(at, node), around, node.computed);
  }

  #list(items: readonly PNode[], known: TreePath, path: string, at: Span, around: Around): void {
    const last = items.at(-1);
    const span = last === undefined ? at : spanOf(at, last);
    const text = `${path}: [${items.map((item) => textOfValue(item)).join(', ')}]`;
    this.#add(known, text, span, around, items.some(isComputed));
  }

  #add(
    { row }: TreePath,
    text: string,
    at: Span,
    { within }: Around,
    computed: boolean,
    more: Pick<Statement, 'opens' | 'ordered'> = {},
  ): { at: Span } {
    const kind: Statement['kind'] = row === undefined || (computed && row.kind === 'read') ? 'unjudged' : row.kind;
    const statement = { text, at, within, kind, ...(row === undefined ? {} : { row }), ...more };
    this.found.push(statement);
    return statement;
  }

  #note({ start }: Span, { place }: Around): void {
    if (place !== undefined) this.#places.set(start, place);
  }
}

/** From a key to the end of its value; an alias has its value elsewhere. */
function spanOf(at: Span, { at: value }: PNode): Span {
  return value.source === at.source && value.start >= at.start ? { ...at, end: Math.max(at.end, value.end) } : at;
}

function isComputed(node: PNode): boolean {
  if (node.kind === 'scalar') return node.computed;
  return node.kind === 'seq'
    ? node.items.some(isComputed)
    : [...node.entries.values()].some(({ value }) => isComputed(value));
}

/** One text for equal values, however they are written. */
function textOfValue(node: PNode): string {
  if (node.kind !== 'scalar') return JSON.stringify(toPlain(node));
  if (node.ambiguous !== undefined) return textOf(node.at);
  if (typeof node.value !== 'string') return String(node.value);
  return /^(?:true|false|null|~|[-+]?[\d.]+(?:e[-+]?\d+)?)?$|^\s|\s$|[\n\r,]/i.test(node.value)
    ? JSON.stringify(node.value)
    : node.value;
}
