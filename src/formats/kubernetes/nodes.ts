import { written, type Setting, type Span } from '../../model/span.ts';
import { child, entriesOf, headOf, type PEntry, type PNode } from '../../text/positioned.ts';

type Settings = Map<string, Setting<string>>;

/** The value under a path of keys; a null counts as absent, as the API server drops it. */
export function at(node: PNode | undefined, ...keys: readonly string[]): PNode | undefined {
  let found = node;
  for (const key of keys) found = child(found, key);
  return found?.kind === 'scalar' && found.value === null ? undefined : found;
}

/** The entry under a key, for its place. */
export function entryOf(node: PNode | undefined, key: string): PEntry | undefined {
  return node?.kind === 'map' ? node.entries.get(key) : undefined;
}

/** The text of a scalar as it is written, with what a template fills in. */
export function rawAt(node: PNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
}

/** A text. Undefined value = a template fills it in. */
export function textAt(node: PNode | undefined): Setting<string> | undefined {
  if (node?.kind !== 'scalar') return undefined;
  return written(node.computed ? undefined : String(node.value), headOf(node));
}

/** A whole number. Undefined value = a template, or not a number. */
export function numberAt(node: PNode | undefined): Setting<number> | undefined {
  if (node?.kind !== 'scalar') return undefined;
  return written(node.computed ? undefined : wholeNumber(node.value), headOf(node));
}

/** A number that an annotation or field spells, as Go's `strconv.Atoi` reads it; undefined where it cannot. */
export function wholeNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  return typeof value === 'string' && /^[-+]?\d{1,15}$/.test(value) ? Number(value) : undefined;
}

export function isTrue(node: PNode | undefined): boolean {
  return node?.kind === 'scalar' && (node.value === true || node.value === 'true');
}

/** Every value below a node as a setting of its own, so that a change of what is not read otherwise is reported. */
export function settingsOf(node: PNode | undefined, prefix: string, except: readonly string[] = []): Settings {
  const found: Settings = new Map();
  for (const { key, value } of entriesOf(node)) if (!except.includes(key)) add(value, `${prefix}${key}`, found);
  return found;
}

function add(node: PNode, name: string, found: Settings): void {
  if (node.kind === 'scalar') {
    if (node.value !== null) found.set(name, written(node.computed ? undefined : String(node.value), node.at));
  } else if (node.kind === 'seq') {
    const texts = node.items.map((item) => (item.kind === 'scalar' ? String(item.value) : undefined));
    if (texts.includes(undefined)) node.items.forEach((item, i) => add(item, `${name}[${i}]`, found));
    else found.set(name, written(texts.join(', '), headOf(node)));
  } else {
    const entries = entriesOf(node);
    for (const { key, value } of entries) add(value, `${name}.${key}`, found);
    if (entries.length === 0) found.set(name, written('{}', headOf(node)));
  }
}

/** The labels of a map, each with its place. Undefined value = a template fills it in. */
export function labelsOf(node: PNode | undefined): ReadonlyMap<string, Setting<string>> {
  return new Map(
    entriesOf(node).flatMap(({ key, value }) => {
      const text = textAt(value);
      return text === undefined ? [] : [[key, text] as const];
    }),
  );
}

/** The place that a person would point at: a value, or else the thing that lacks it. */
export function placeOf(node: PNode | undefined, otherwise: Span): Span {
  return node === undefined ? otherwise : headOf(node);
}
