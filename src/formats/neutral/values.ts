import type { Origin } from '../../model/pool.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import { child, headOf, type PNode } from '../../text/positioned.ts';
import { parseDuration } from '../../text/units.ts';

/**
 * Reads settings out of a tree that may have faults. A value that is written but at fault, computed by a template, or read
 * differently by two YAML versions becomes an undefined value: what depends on it abstains.
 */
export class Values {
  /** The values that the schema refuses. */
  readonly #faulty: ReadonlySet<PNode>;

  constructor(faulty: ReadonlySet<PNode>) {
    this.#faulty = faulty;
  }

  /** Whether a value can be taken at its word. */
  #sound(node: PNode): boolean {
    if (this.#faulty.has(node)) return false;
    return node.kind !== 'scalar' || (!node.computed && node.ambiguous !== 'octal');
  }

  text(node: PNode | undefined): Setting<string> | undefined {
    return this.#setting(node, (value) => (typeof value === 'string' ? value : undefined));
  }

  number(node: PNode | undefined): Setting<number> | undefined {
    return this.#setting(node, (value) => (typeof value === 'number' ? value : undefined));
  }

  boolean(node: PNode | undefined): Setting<boolean> | undefined {
    return this.#setting(node, (value) => (typeof value === 'boolean' ? value : undefined));
  }

  /** A duration in ms. */
  duration(node: PNode | undefined): Setting<number> | undefined {
    return this.#setting(node, (value) => (typeof value === 'string' ? parseDuration(value) : undefined));
  }

  /** One of the given words. */
  oneOf<T extends string>(node: PNode | undefined, allowed: readonly T[]): Setting<T> | undefined {
    return this.#setting(node, (value) => allowed.find((word) => word === value));
  }

  #setting<T>(node: PNode | undefined, read: (value: unknown) => T | undefined): Setting<T> | undefined {
    if (node === undefined) return undefined;
    return written(node.kind === 'scalar' && this.#sound(node) ? read(node.value) : undefined, headOf(node));
  }
}

/** A setting, or the format's default at the place of what it applies to. */
export function orElse<T>(setting: Setting<T> | undefined, fallback: T, at: Span): Setting<T> {
  return setting ?? implied(fallback, at);
}

/** A number whose default is 0, meaning none: writing the default out changes nothing. */
export function unlessZero(setting: Setting<number> | undefined): Setting<number> | undefined {
  return setting?.value === 0 ? undefined : setting;
}

/** Where the file says that a fact comes from. */
export function readOrigin(node: PNode | undefined, values: Values): { origin?: Origin } {
  const file = values.text(child(node, 'file'))?.value;
  if (file === undefined) return {};
  const line = values.number(child(node, 'line'))?.value;
  const column = values.number(child(node, 'column'))?.value;
  return {
    origin: { file, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) },
  };
}

/**
 * Adds what has no place of its own in the model, as `key` or `key.sub`, each value as text. A value equal to its default
 * in `defaults` is left out: writing a default out changes nothing.
 */
export function keepOptions(
  options: Map<string, Setting<string>>,
  prefix: string,
  node: PNode | undefined,
  defaults: ReadonlyMap<string, string>,
): void {
  if (node === undefined) return;
  if (node.kind === 'map') {
    for (const entry of node.entries.values()) keepOptions(options, `${prefix}.${entry.key}`, entry.value, defaults);
    return;
  }
  const items = node.kind === 'seq' ? node.items : [node];
  const known = items.every((item) => item.kind === 'scalar' && !item.computed);
  const value = items.map((item) => (item.kind === 'scalar' ? String(item.value) : '')).join(' ');
  if (known && defaults.get(prefix) === value) return;
  options.set(prefix, written(known ? value : undefined, headOf(node)));
}

/** Finds the value of a key in a map, else in `defaults`. Whole keys, no deep merge. */
export function withDefaults(node: PNode, defaults: PNode | undefined): (key: string) => PNode | undefined {
  return (key) => child(node, key) ?? child(defaults, key);
}
