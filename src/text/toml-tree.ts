// Never getStaticTOMLValue, which writes keys like __proto__ into Object.prototype.
import { ParseError, parseTOML, type AST } from 'toml-eslint-parser';
import type { Span } from '../model/span.ts';
import { guardText, LIMITS } from './limits.ts';
import type { PEntry, PNode, PScalar } from './positioned.ts';
import { say, words } from './say.ts';
import { textOf, type SourceFile } from './source.ts';
import { DUPLICATE, tomlErrorText } from './toml-errors.ts';
import { isTemplate, Ledger, Stop, visible, type TreeFault, type TreeRead } from './tree-faults.ts';

/**
 * Reads TOML 1.1, which holds all of 1.0, into one positioned tree; a file without a key has none. A table spans what it
 * holds, wherever in the file that is; a date is its written text. Throws InputError for a text that is too large or
 * binary, nothing else. Every value takes two characters at least, so the size of the text bounds the tree.
 */
export function readToml(source: SourceFile): TreeRead {
  guardText(source.path, source.text, LIMITS.tomlBytes);
  const ledger = new Ledger(source, words('Split the file.'));
  try {
    const root = new Builder(source, ledger).root(parse(source, ledger));
    return { documents: root.entries.size === 0 ? [] : [root], faults: ledger.faults };
  } catch (error) {
    if (error instanceof Stop) return { documents: [], faults: ledger.faults };
    throw error;
  }
}

function parse(source: SourceFile, ledger: Ledger): AST.TOMLTopLevelTable {
  const lone = /\r(?!\n)/.exec(source.text)?.index;
  if (lone !== undefined) {
    const what = words('A line ends with a carriage return alone, which TOML forbids');
    const fix = words('Set the line ends of the file to LF or CRLF.');
    ledger.refuse({ kind: 'syntax', at: source.span(lone, lone + 1), what, fix });
  }
  try {
    // The library knows no byte order mark; a space keeps the offsets.
    return parseTOML(source.text.replace(/^\ufeff/, ' '), { tomlVersion: '1.1' }).body[0];
  } catch (error) {
    if (error instanceof ParseError) return ledger.refuse(syntaxFault(source, error));
    // The library recurses into nested values and spreads the characters of a text over one call.
    if (error instanceof RangeError) {
      return ledger.beyond(source.span(0, 1), words('The file is nested too deeply, or one of its values is too long'));
    }
    throw error;
  }
}

/** The library stops at the first error. */
function syntaxFault(source: SourceFile, { index, message }: ParseError): TreeFault {
  const token = /^(?:[\w-]+|"[^"\n]*"|'[^'\n]*')/.exec(source.text.slice(index, index + 200))?.[0];
  const at = visible(source, index, index + (token?.length ?? 1));
  if (message !== DUPLICATE) return { kind: 'syntax', at, ...tomlErrorText(message, source.text) };
  return {
    kind: 'duplicate-key',
    at,
    what: token === undefined ? words('A key is given twice') : say`${token} is given twice`,
    fix: words('Remove one of the two: TOML allows a key or table once.'),
  };
}

interface Table {
  readonly kind: 'map';
  at: Span;
  readonly entries: Map<string, PEntry>;
}

interface List {
  readonly kind: 'seq';
  at: Span;
  readonly items: PNode[];
}

type Key = AST.TOMLBare | AST.TOMLQuoted;

/** Collections from the root down; the last is the one that is written into. Its length is the depth of what it holds. */
type Path = readonly (Table | List)[];

class Builder {
  readonly #source: SourceFile;
  readonly #ledger: Ledger;
  /** Collections that later lines may add to: what stands in `[ ]` and `{ }` is not among them. */
  readonly #open = new Map<PNode, Table | List>();

  constructor(source: SourceFile, ledger: Ledger) {
    this.#source = source;
    this.#ledger = ledger;
  }

  root(top: AST.TOMLTopLevelTable): Table {
    const root = this.#opened({ kind: 'map', at: this.#source.span(0, 0), entries: new Map() });
    for (const statement of top.body) {
      if (statement.type === 'TOMLKeyValue') this.#assign([root], statement);
      else this.#section(root, statement);
    }
    return root;
  }

  /** `[a.b]` opens a table, `[[a.b]]` adds one to a list; what follows belongs to it. */
  #section(root: Table, { kind, key, body }: AST.TOMLTable): void {
    let path: Path = [root];
    key.keys.forEach((part, i) => {
      path = this.#enter(path, part, kind === 'array' && i === key.keys.length - 1);
    });
    for (const pair of body) this.#assign(path, pair);
  }

  /** `a.b = value` */
  #assign(path: Path, { key, value }: AST.TOMLKeyValue): void {
    let inner = path;
    for (const [i, part] of key.keys.entries()) {
      if (i < key.keys.length - 1) inner = this.#enter(inner, part, false);
      else this.#add(inner, { key: nameOf(part), keyAt: this.#span(part), value: this.#value(value, inner) });
    }
  }

  /** The path into the collection of a name, which is made when it is not there yet. Of a list, its last table is meant. */
  #enter(path: Path, part: Key, appends: boolean): Path {
    const key = nameOf(part);
    const at = this.#span(part);
    const table = path.at(-1);
    const known = table?.kind === 'map' ? table.entries.get(key) : undefined;
    let next = known && this.#open.get(known.value);
    if (next === undefined) {
      next = this.#opened(appends ? { kind: 'seq', at, items: [] } : { kind: 'map', at, entries: new Map() });
      this.#add(path, { key, keyAt: at, value: next });
    }
    const inner = [...path, next];
    if (inner.length > LIMITS.depth) this.#ledger.tooDeep(at);
    if (next.kind === 'map') return inner;
    if (appends) {
      const item = this.#opened({ kind: 'map', at, entries: new Map() });
      next.items.push(item);
      this.#grow(inner, at);
      return [...inner, item];
    }
    const item = next.items.at(-1);
    const last = item && this.#open.get(item);
    return last === undefined ? inner : [...inner, last];
  }

  #add(path: Path, entry: PEntry): void {
    const table = path.at(-1);
    if (table?.kind !== 'map') return;
    const first = table.entries.get(entry.key);
    if (first !== undefined) this.#ledger.duplicate(entry.key, entry.keyAt, first.keyAt);
    this.#grow(path, { ...entry.keyAt, end: Math.max(entry.keyAt.end, entry.value.at.end) });
    table.entries.set(entry.key, entry);
  }

  #value(node: AST.TOMLContentNode, path: Path): PNode {
    const at = this.#span(node);
    if (path.length > LIMITS.depth) this.#ledger.tooDeep(at);
    if (node.type === 'TOMLValue') return scalar(node, at);
    if (node.type === 'TOMLArray') {
      const list: List = { kind: 'seq', at, items: [] };
      for (const element of node.elements) list.items.push(this.#value(element, [...path, list]));
      return list;
    }
    const table: Table = { kind: 'map', at, entries: new Map() };
    for (const pair of node.body) this.#assign([...path, table], pair);
    return table;
  }

  #opened<T extends Table | List>(node: T): T {
    this.#open.set(node, node);
    return node;
  }

  /** What is added to a table is a part of it and of all that it is in. Until then a table spans its name. */
  #grow(path: Path, by: Span): void {
    for (const node of path) {
      if (!this.#open.has(node)) continue;
      const empty = node.kind === 'map' && node.entries.size === 0;
      const { start, end } = node.at;
      node.at = empty ? by : this.#source.span(Math.min(start, by.start), Math.max(end, by.end));
    }
  }

  #span({ range: [start, end] }: AST.TOMLNode): Span {
    return this.#source.span(start, end);
  }
}

function nameOf(part: Key): string {
  return part.type === 'TOMLBare' ? part.name : part.value;
}

function scalar(node: AST.TOMLValue, at: Span): PScalar {
  const { value } = node;
  if (value instanceof Date) return { kind: 'scalar', at, value: textOf(at), computed: false };
  return { kind: 'scalar', at, value, computed: typeof value === 'string' && isTemplate(value) };
}
