import type { Span } from '../../../model/span.ts';
import { LIMITS } from '../../../text/limits.ts';
import type { PEntry, PMap, PNode } from '../../../text/positioned.ts';
import type { Label } from './label.ts';

/** A map that labels fill; it becomes a list where all its keys are numbers in brackets. */
interface Draft {
  readonly at: Span;
  readonly entries: Map<string, DraftEntry>;
}

interface DraftEntry {
  readonly key: string;
  readonly keyAt: Span;
  draft?: Draft;
  label?: Label;
}

/** Texts that hold several values with commas between them. */
const LISTS = new Set(['entrypoints', 'middlewares', 'parentrefs', 'status']);
/** What `=true` switches on without a value below it. */
const SWITCHES = new Set(['cookie', 'tls']);

/**
 * Labels as the tree of dynamic configuration that they stand for: `traefik.http.routers.app.rule=…` is `http: { routers: { app: { rule: … } } }`.
 * Names are the same in any letter case, as Traefik has it. The parts of a key are placed where it is written.
 */
export function treeOf(labels: Iterable<Label>, at: Span): PMap {
  const root: Draft = { at, entries: new Map() };
  for (const label of labels) {
    if (/^traefik\.(?:http|tcp|udp|tls)\./i.test(label.key)) add(root, label);
  }
  return mapOf(root);
}

function add(root: Draft, label: Label): void {
  const parts = partsOf(label).slice(1, LIMITS.depth);
  let draft = root;
  for (const [i, { name, at }] of parts.entries()) {
    const entry = draft.entries.get(name.toLowerCase()) ?? { key: name, keyAt: at };
    draft.entries.set(name.toLowerCase(), entry);
    if (i === parts.length - 1) entry.label = label;
    else draft = entry.draft ??= { at: { ...label.keyAt, start: at.start }, entries: new Map() };
  }
}

/** `domains[0].main` has the parts `domains`, `[0]` and `main`. */
function partsOf({ key, keyAt }: Label): { name: string; at: Span }[] {
  const isPlaced = keyAt.end - keyAt.start >= key.length;
  return [...key.matchAll(/\[\d+\]|[^.[\]]+/g)].map(({ 0: name, index }) => ({
    name,
    at: isPlaced ? { ...keyAt, start: keyAt.start + index, end: keyAt.start + index + name.length } : keyAt,
  }));
}

function mapOf({ at, entries }: Draft): PMap {
  const found = new Map<string, PEntry>();
  for (const { key, keyAt, draft, label } of entries.values()) {
    const value = draft === undefined ? label && leafOf(key, label) : nodeOf(draft);
    if (value !== undefined) found.set(key, { key, keyAt, value });
  }
  return { kind: 'map', at, entries: found };
}

function nodeOf(draft: Draft): PNode {
  const map = mapOf(draft);
  const items = [...map.entries.values()];
  return items.length > 0 && items.every(({ key }) => key.startsWith('['))
    ? { kind: 'seq', at: draft.at, items: items.map(({ value }) => value) }
    : map;
}

/** What is switched off is not there. */
function leafOf(key: string, { value, valueAt, computed, keyAt }: Label): PNode | undefined {
  const name = key.toLowerCase();
  const scalar: PNode = { kind: 'scalar', at: valueAt.end > valueAt.start ? valueAt : keyAt, value, computed };
  if (SWITCHES.has(name) && /^(?:true|false)$/i.test(value))
    return /^true$/i.test(value) ? { kind: 'map', at: keyAt, entries: new Map() } : undefined;
  if (!LISTS.has(name)) return scalar;
  return {
    kind: 'seq',
    at: scalar.at,
    items: [...value.matchAll(/[^,\s][^,]*/g)].map(({ 0: item, index }) => ({
      kind: 'scalar',
      at: partAt(valueAt, value, index, item.trimEnd().length),
      value: item.trimEnd(),
      computed: computed && item.includes('$'),
    })),
  };
}

function partAt(at: Span, value: string, index: number, length: number): Span {
  return at.end - at.start === value.length ? { ...at, start: at.start + index, end: at.start + index + length } : at;
}
