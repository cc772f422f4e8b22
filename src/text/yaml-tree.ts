import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, type Document, type YAMLMap } from 'yaml';
import type { Span } from '../model/span.ts';
import type { Text } from '../model/text.ts';
import { guardMarks, guardText, LIMITS } from './limits.ts';
import type { Ambiguity, PEntry, PMap, PNode, PScalar } from './positioned.ts';
import { say, words } from './say.ts';
import { textOf, type SourceFile } from './source.ts';
import { isTemplate, Ledger, Stop, visible, type TreeRead } from './tree-faults.ts';
import { yamlErrorText } from './yaml-errors.ts';

export interface YamlOptions {
  /** Whether `<<: *anchor` merges, as most tools have it. Default true. */
  readonly merge?: boolean;
  /** What a value with a tag of the product's own (`!Ref`) is; without it such a value is computed by something else. */
  readonly tagged?: (tag: string, node: PNode) => PNode;
}

// uniqueKeys is quadratic in the library (10 minutes for 100,000 keys), so duplicates are found here.
// merge and aliases are resolved here too, because the library bounds neither before it has built plain values.
const PARSER = {
  version: '1.2',
  schema: 'core',
  uniqueKeys: false,
  merge: false,
  keepSourceTokens: false,
  logLevel: 'error',
  prettyErrors: false,
} as const;

/** Reads YAML 1.2 or JSON into positioned trees. Throws InputError for a text that is too large or binary, nothing else. */
export function readYaml(source: SourceFile, options: YamlOptions = {}): TreeRead {
  guardText(source.path, source.text, LIMITS.yamlBytes);
  guardMarks(source.path, source.text);
  const documents: PNode[] = [];
  const ledger = new Ledger(source, words('Split the file, or remove aliases.'));
  const parsed = parseAllDocuments(source.text, PARSER);
  for (const document of parsed) {
    if (ledger.full) break;
    const error = document.errors[0];
    if (error !== undefined) {
      ledger.faults.push({ kind: 'syntax', at: visible(source, ...error.pos), ...yamlErrorText(error, source.text) });
      continue;
    }
    const root = new Walk(source, options, ledger).document(document);
    if (root !== undefined) documents.push(root);
  }
  return { documents, faults: ledger.faults };
}

interface Sized {
  readonly node: PNode;
  /** Nodes that the node stands for once its aliases are followed. */
  readonly size: number;
  /** Levels of nesting below it. */
  readonly height: number;
}

class Walk {
  readonly #source: SourceFile;
  readonly #merge: boolean;
  readonly #tagged: YamlOptions['tagged'];
  readonly #ledger: Ledger;
  /** The last definition of an anchor wins; 'open' while its own node is being read. */
  readonly #anchors = new Map<string, Sized | 'open'>();
  #aliases = 0;

  constructor(source: SourceFile, { merge = true, tagged }: YamlOptions, ledger: Ledger) {
    this.#source = source;
    this.#merge = merge;
    this.#tagged = tagged;
    this.#ledger = ledger;
  }

  document(document: Document.Parsed): PNode | undefined {
    try {
      return this.#read(document.contents, document.range[0], 0).node;
    } catch (error) {
      if (error instanceof Stop) return undefined;
      throw error;
    }
  }

  /** `before` is the offset that an absent node is placed at. */
  #read(node: unknown, before: number, depth: number): Sized {
    if (isAlias(node)) return this.#follow(node.source, this.#span(node.range, before), depth);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return this.#leaf(null, this.#source.span(before, before));
    const at = this.#span(node.range, before);
    if (depth > LIMITS.depth) this.#ledger.tooDeep(at);
    const anchor = node.anchor;
    if (anchor !== undefined) this.#anchors.set(anchor, 'open');
    const text = textOf(at);
    const foreign = node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:');
    const tagged = foreign ? this.#tagged : undefined;
    let result: Sized;
    if ((foreign && tagged === undefined) || (isMap(node) && text.startsWith('{{')))
      result = this.#leaf(text, at, true);
    else if (isScalar(node)) result = this.#scalar(node.value, node.source, node.type === 'PLAIN' && !node.tag, at);
    else if (isMap(node)) result = this.#map(node, at, depth);
    else {
      const items = node.items.map((item) => this.#read(item, at.start, depth + 1));
      result = this.#sized({ kind: 'seq', at, items: items.map((item) => item.node) }, items);
    }
    if (tagged !== undefined) result = this.#sized(tagged(node.tag ?? '', result.node), [result]);
    if (anchor !== undefined) this.#anchors.set(anchor, result);
    return result;
  }

  #map(node: YAMLMap, at: Span, depth: number): Sized {
    const entries = new Map<string, PEntry>();
    const parts: Sized[] = [];
    const merged: { at: Span; value: Sized }[] = [];
    for (const pair of node.items) {
      const key = this.#key(pair.key, at);
      const value = this.#read(pair.value, key.at.end, depth + 1);
      if (this.#merge && key.name === '<<') {
        merged.push({ at: key.at, value });
        continue;
      }
      const first = entries.get(key.name);
      if (first !== undefined) this.#ledger.duplicate(key.name, key.at, first.keyAt);
      entries.set(key.name, { key: key.name, keyAt: key.at, value: value.node });
      parts.push(value);
    }
    for (const source of merged) {
      const from = source.value.node.kind === 'seq' ? source.value.node.items : [source.value.node];
      for (const map of from) {
        if (map.kind !== 'map') this.#refuse(source.at, words('A merge key (<<) names something that is not a map'));
        else this.#mergeInto(entries, map);
      }
      parts.push(source.value);
    }
    return this.#sized({ kind: 'map', at, entries }, parts);
  }

  /** What a map says itself beats what it merges; of several merged maps the first beats the later. */
  #mergeInto(entries: Map<string, PEntry>, map: PMap): void {
    this.#ledger.spend(map.entries.size, map.at);
    for (const [key, entry] of map.entries) if (!entries.has(key)) entries.set(key, entry);
  }

  #key(node: unknown, parent: Span): { name: string; at: Span } {
    const sized = isScalar(node) || isAlias(node) || node === null ? this.#read(node, parent.start, 0) : undefined;
    if (sized?.node.kind !== 'scalar') {
      const at = isMap(node) || isSeq(node) ? this.#span(node.range, parent.start) : parent;
      return this.#refuse(at, words('A key of a map is itself a map or a list'));
    }
    // As written: `1.0` and `010` are names here, not numbers.
    const plain = isScalar(node) && typeof node.value !== 'string' && node.source !== undefined;
    return { name: plain ? String(node.source) : String(sized.node.value), at: sized.node.at };
  }

  #scalar(value: unknown, source: string | undefined, plain: boolean, at: Span): Sized {
    if (typeof value === 'string') {
      const ambiguous = plain ? ambiguity(value) : undefined;
      return this.#leaf(value, at, isTemplate(value), ambiguous);
    }
    if (typeof value === 'number') return this.#leaf(value, at, false, plain ? ambiguity(source ?? '') : undefined);
    if (typeof value === 'boolean' || value === null) return this.#leaf(value, at);
    return this.#leaf(source ?? '', at);
  }

  #leaf(value: PScalar['value'], at: Span, computed = false, ambiguous?: Ambiguity): Sized {
    this.#ledger.spend(1, at);
    const node: PScalar = { kind: 'scalar', at, value, computed, ...(ambiguous === undefined ? {} : { ambiguous }) };
    return { node, size: 1, height: 0 };
  }

  #follow(name: string, at: Span, depth: number): Sized {
    if (++this.#aliases > LIMITS.aliases) {
      this.#ledger.beyond(at, say`The file uses more than ${LIMITS.aliases} aliases`);
    }
    const target = this.#anchors.get(name);
    if (target === undefined) return this.#refuse(at, say`The alias ${`*${name}`} has no anchor before it`);
    if (target === 'open') return this.#refuse(at, say`The anchor ${`&${name}`} contains itself`);
    if (depth + target.height > LIMITS.depth) this.#ledger.tooDeep(at);
    return target;
  }

  #sized(node: PNode, parts: readonly Sized[]): Sized {
    this.#ledger.spend(1, node.at);
    const size = parts.reduce((sum, part) => sum + part.size, 1);
    if (size > LIMITS.visitedNodes) this.#ledger.tooMany(node.at);
    return { node, size, height: parts.reduce((most, part) => Math.max(most, part.height + 1), 0) };
  }

  #refuse(at: Span, what: Text): never {
    return this.#ledger.refuse({ kind: 'syntax', at, what, fix: words('Set the value itself here.') });
  }

  /** The library's collections reach into the blank lines after them; a span ends with the last visible character. */
  #span(range: readonly number[] | null | undefined, before: number): Span {
    const start = range?.[0] ?? before;
    let end = range?.[1] ?? before;
    while (end > start && /\s/.test(this.#source.text[end - 1] ?? '')) end--;
    return this.#source.span(start, end);
  }
}

function ambiguity(written: string): Ambiguity | undefined {
  if (/^[-+]?0[0-7_]+$/.test(written)) return 'octal';
  if (/^(?:yes|no|on|off|y|n)$/i.test(written)) return 'boolean';
  return /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(written) ? 'base-60' : undefined;
}
