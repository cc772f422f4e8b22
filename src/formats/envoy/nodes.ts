import { implied, written, type Setting, type Span } from '../../model/span.ts';
import { entriesOf, headOf, type PEntry, type PMap, type PNode, type PScalar } from '../../text/positioned.ts';
import { enumName, sameSpelling } from './messages.ts';

const entries = new WeakMap<PMap, ReadonlyMap<string, PEntry>>();

/** The entry of a map under a field's name, in either spelling; of several the last. */
export function entryOf(node: PNode | undefined, name: string): PEntry | undefined {
  if (node?.kind !== 'map') return undefined;
  let byName = entries.get(node);
  if (byName === undefined) {
    byName = new Map(entriesOf(node).map((entry) => [sameSpelling(entry.key), entry]));
    entries.set(node, byName);
  }
  return byName.get(sameSpelling(name));
}

/** The value under a path of field names; a null counts as absent. */
export function at(node: PNode | undefined, ...names: readonly string[]): PNode | undefined {
  let found = node;
  for (const name of names) found = entryOf(found, name)?.value;
  return found?.kind === 'scalar' && found.value === null ? undefined : found;
}

/** The items of a list; Envoy takes one value for a list of one. */
export function listOf(node: PNode | undefined): readonly PNode[] {
  if (node === undefined) return [];
  return node.kind === 'seq' ? node.items : [node];
}

/** A text. Undefined value = a template fills it in. */
export function textAt(node: PNode | undefined): Setting<string> | undefined {
  if (node?.kind !== 'scalar') return undefined;
  return written(node.computed ? undefined : String(node.value), headOf(node));
}

/** The text of a scalar as it is written, with what a template fills in. */
export function rawAt(node: PNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
}

/** Whether a template fills a value in. */
export function isComputed(node: PNode | undefined): boolean {
  return node?.kind === 'scalar' && node.computed;
}

/** A number, also as a text (`"3"`). Undefined value = a template, or not a number. */
export function numberAt(node: PNode | undefined): Setting<number> | undefined {
  if (node?.kind !== 'scalar') return undefined;
  return written(node.computed ? undefined : numberOf(node), headOf(node));
}

/** The number that a scalar stands for; YAML 1.1 reads a leading 0 as octal, and so does Envoy. */
export function numberOf({ value, ambiguous, at: place }: PScalar): number | undefined {
  if (ambiguous === 'octal') {
    const octal = Number.parseInt(place.source.text.slice(place.start, place.end), 8);
    return Number.isNaN(octal) ? undefined : octal;
  }
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : undefined;
  return number === undefined || !Number.isFinite(number) ? undefined : number;
}

/** Whether a switch is on; absent = `otherwise`. */
export function isOn(node: PNode | undefined, otherwise = false): boolean {
  const value = node?.kind === 'scalar' ? node.value : undefined;
  if (value === undefined || value === null) return otherwise;
  return value === true || value === 'true' || value === 'yes';
}

/** The name of an enum's value, however it is written. Undefined value = a template, or no value of the enum. */
export function wordAt(node: PNode | undefined, of: string): Setting<string> | undefined {
  if (node?.kind !== 'scalar') return undefined;
  return written(node.computed ? undefined : enumName(of, node.value), headOf(node));
}

/** A duration in ms: `0.25s`, or `{ seconds: 1, nanos: 0 }`. */
export function durationAt(node: PNode | undefined): Setting<number> | undefined {
  if (node === undefined || node.kind === 'seq') return undefined;
  if (node.kind === 'map') {
    const part = (name: string): number => numberAt(at(node, name))?.value ?? 0;
    return written(part('seconds') * 1000 + part('nanos') / 1e6, headOf(node));
  }
  return written(node.computed ? undefined : milliseconds(String(node.value)), headOf(node));
}

/** Seconds with up to nine digits after the point and the unit `s`, as JSON of protocol buffers has it. */
export function milliseconds(text: string): number | undefined {
  const match = /^(-?\d{1,12}(?:\.\d{1,9})?)s$/.exec(text);
  return match === null ? undefined : Math.round(Number(match[1]) * 1e9) / 1e6;
}

/** A part 0..1 of a percentage (`{ value: 50 }`) or fraction (`{ numerator: 5, denominator: TEN_THOUSAND }`). */
export function partAt(node: PNode | undefined): Setting<number> | undefined {
  if (node?.kind !== 'map') return undefined;
  const place = headOf(node);
  const value = numberAt(at(node, 'value'));
  if (value !== undefined) return { ...value, value: value.value === undefined ? undefined : value.value / 100 };
  const numerator = numberAt(at(node, 'numerator')) ?? implied(0, place);
  const unit = wordAt(at(node, 'denominator'), 'FractionalPercent.DenominatorType')?.value ?? 'HUNDRED';
  const whole = unit === 'MILLION' ? 1_000_000 : unit === 'TEN_THOUSAND' ? 10_000 : 100;
  return written(numerator.value === undefined ? undefined : Math.min(1, numerator.value / whole), place);
}

/** A typed message: what an extension is configured with. */
export interface Typed {
  /** The last word of its type: `HttpConnectionManager`. */
  readonly type: string;
  readonly body: PNode;
}

/** Reads `@type`; a `TypedStruct` holds the type and the value of another message. */
export function typedAt(node: PNode | undefined): Typed | undefined {
  const url = rawAt(node?.kind === 'map' ? node.entries.get('@type')?.value : undefined);
  if (node === undefined || url === undefined) return undefined;
  const type = lastWord(url);
  if (type !== 'TypedStruct') return { type, body: node };
  return { type: lastWord(rawAt(at(node, 'type_url')) ?? ''), body: at(node, 'value') ?? node };
}

function lastWord(url: string): string {
  return url.slice(Math.max(url.lastIndexOf('.'), url.lastIndexOf('/')) + 1);
}

/** A setting, or the default that holds at a place. */
export function orDefault<T>(setting: Setting<T> | undefined, value: T, place: Span): Setting<T> {
  return setting ?? implied(value, place);
}
