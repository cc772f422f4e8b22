import type { Setting, Span } from '../../model/span.ts';
import { implied, written } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import type { PNode } from '../../text/positioned.ts';

/** What a resource says, whichever language it is written in: every value with its place. */
export type Value =
  | { readonly kind: 'scalar'; readonly at: Span; readonly value: string | number | boolean | null }
  | { readonly kind: 'list'; readonly at: Span; readonly items: readonly Value[] }
  | MapValue
  /** An attribute of another resource that is known only once it exists: `aws_lb.app.arn`. */
  | Reference
  | {
      readonly kind: 'unknown';
      readonly at: Span;
      readonly why: Text;
      /** It is certain that there is no such value: `try` takes the next one. */
      readonly fails?: true;
    };

export interface MapValue {
  readonly kind: 'map';
  readonly at: Span;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly keyAt: Span;
  readonly value: Value;
}

export interface Reference {
  readonly kind: 'reference';
  readonly at: Span;
  /** The address of the resource. */
  readonly to: string;
  /** '' = the resource as a whole. */
  readonly attribute: string;
  /** What the resource's own text says of an attribute; undefined where it does not. */
  readonly own?: (attribute: string) => Value | undefined;
}

/** One resource, or one instance of a resource that is repeated. */
export interface Resource {
  /** Terraform's name of the type, `aws_lb` for `aws_alb` too. */
  readonly type: string;
  /** `module.web.aws_lb.app[0]`, or a logical id. */
  readonly address: string;
  /** What people call it: `app[0]`. */
  readonly name: string;
  /** Its heading. */
  readonly at: Span;
  /** Attributes by Terraform's names; a block is a list of maps. */
  readonly args: MapValue;
  /** How many of it there are: undefined = the file does not say. */
  readonly count: Setting<number>;
  /** Made by another stack: this one only looks it up. */
  readonly external?: true;
}

/** The value of an argument; null counts as absent. */
export function argument(node: Value | undefined, ...names: readonly string[]): Value | undefined {
  let found = node;
  for (const name of names) {
    // A block that may be there once is a list of one.
    if (found?.kind === 'list' && found.items.length === 1) [found] = found.items;
    found = found?.kind === 'map' ? found.entries.get(name)?.value : undefined;
  }
  return found?.kind === 'scalar' && found.value === null ? undefined : found;
}

/** The blocks of a name, in their order; unknown ones stand for any number. */
export function blocks(node: Value | undefined, name: string): readonly Value[] {
  const found = argument(node, name);
  return found === undefined ? [] : found.kind === 'list' ? found.items : [found];
}

/** A text; numbers and booleans become texts, as Terraform converts them. */
export function textOfValue(value: Value | undefined): Setting<string> | undefined {
  if (value === undefined) return undefined;
  return written(value.kind === 'scalar' && value.value !== null ? String(value.value) : undefined, value.at);
}

/** A number, also as a text: `"80"`. Undefined value = the file does not say, or it is not a number. */
export function numberOf(value: Value | undefined): Setting<number> | undefined {
  if (value === undefined) return undefined;
  const plain = value.kind === 'scalar' ? value.value : undefined;
  const number =
    typeof plain === 'number'
      ? plain
      : typeof plain === 'string' && /^-?\d+(?:\.\d+)?$/.test(plain)
        ? Number(plain)
        : undefined;
  return written(number, value.at);
}

/** A flag, also as a text: `"true"`. */
export function flagOf(value: Value | undefined): Setting<boolean> | undefined {
  if (value === undefined) return undefined;
  const plain = value.kind === 'scalar' ? String(value.value) : undefined;
  return written(plain === 'true' ? true : plain === 'false' ? false : undefined, value.at);
}

/** A setting, or what the product takes where none is written. */
export function orDefault<T>(setting: Setting<T> | undefined, value: T | undefined, at: Span): Setting<T> {
  return setting ?? implied(value, at);
}

/** A value at the place where it is used. */
export function placed(value: Value, at: Span): Value {
  return { ...value, at };
}

/** A positioned tree of JSON as a value. */
export function valueOf(node: PNode): Value {
  if (node.kind === 'scalar') return { kind: 'scalar', at: node.at, value: node.value };
  if (node.kind === 'seq') return { kind: 'list', at: node.at, items: node.items.map(valueOf) };
  const entries = [...node.entries.values()].map(
    ({ key, keyAt, value }) => [key, { keyAt, value: valueOf(value) }] as const,
  );
  return { kind: 'map', at: node.at, entries: new Map(entries) };
}
