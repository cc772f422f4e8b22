import { implied, written, type Setting, type Span } from '../../model/span.ts';
import type { Provider } from './found.ts';
import { entriesOf, headOf, type PEntry, type PMap, type PNode, type PScalar } from '../../text/positioned.ts';
import { textOf } from '../../text/source.ts';
import { parseDuration } from '../../text/units.ts';

const entries = new WeakMap<PMap, ReadonlyMap<string, PEntry>>();

/** The entry of a map under a key in any letter case, as Traefik matches keys; of several the first. */
export function entryOf(node: PNode | undefined, key: string): PEntry | undefined {
  if (node?.kind !== 'map') return undefined;
  let byKey = entries.get(node);
  if (byKey === undefined) {
    byKey = new Map(
      entriesOf(node)
        .map((entry) => [entry.key.toLowerCase(), entry] as const)
        .toReversed(),
    );
    entries.set(node, byKey);
  }
  return byKey.get(key.toLowerCase());
}

/** The value under a key in any letter case; a null counts as absent, as it does for Traefik. */
export function at(node: PNode | undefined, ...keys: readonly string[]): PNode | undefined {
  let found = node;
  for (const key of keys) found = entryOf(found, key)?.value;
  return found?.kind === 'scalar' && found.value === null ? undefined : found;
}

/** A text; numbers and booleans are taken for texts, as Traefik's weak decoding does. Undefined value = a template fills it in. */
export function textAt(node: PNode | undefined): Setting<string> | undefined {
  if (node?.kind !== 'scalar') return undefined;
  return written(node.computed ? undefined : String(node.value), headOf(node));
}

/** The text of a scalar as it is written, with what a template fills in. */
export function rawAt(node: PNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
}

/** A name as its own provider defines it: `app@file` is `app` in a file. */
export function withoutProvider(name: string, provider: Provider): string {
  return name.replace(provider === 'file' ? /@file$/i : /@(?:docker|swarm)$/i, '');
}

/** The name that a scalar refers to, as its own provider defines it. */
export function nameAt(node: PNode | undefined, provider: Provider): string | undefined {
  const name = rawAt(node);
  return name === undefined ? undefined : withoutProvider(name, provider);
}

/** A whole number, also as a text (`"3"`) or in octal (`010`). Undefined value = a template, or not a number: see `isNumber`. */
export function numberAt(node: PNode | undefined): Setting<number> | undefined {
  if (node?.kind !== 'scalar') return undefined;
  return written(node.computed ? undefined : wholeNumber(node), headOf(node));
}

/** The weight of a server or child. Absent = 1; 0 and less = it gets nothing, and a server also no holders of its cookie. */
export function weightAt(node: PNode | undefined, place: Span): Setting<number> {
  const weight = numberAt(at(node, 'weight'));
  if (weight === undefined) return implied(1, place);
  return { ...weight, value: weight.value === undefined ? undefined : Math.max(0, weight.value) };
}

/** Whether a scalar can be decoded into a whole number, or a template decides. */
export function isNumber(node: PNode | undefined): boolean {
  return node?.kind === 'scalar' && (node.computed || wholeNumber(node) !== undefined);
}

function wholeNumber({ value, ambiguous, at: span }: PScalar): number | undefined {
  if (ambiguous === 'octal') {
    const octal = Number.parseInt(textOf(span), 8);
    return Number.isNaN(octal) ? undefined : octal;
  }
  const text =
    typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : undefined;
  return text === undefined || !Number.isSafeInteger(text) ? undefined : text;
}

/** A duration in ms: `30s`, `1m30s`; a bare number is seconds. */
export function durationAt(node: PNode | undefined): Setting<number> | undefined {
  if (node?.kind !== 'scalar') return undefined;
  return written(node.computed ? undefined : milliseconds(String(node.value)), headOf(node));
}

/** Whether a scalar can be decoded into a duration, or a template decides. */
export function isDuration(node: PNode | undefined): boolean {
  return node?.kind === 'scalar' && (node.computed || milliseconds(String(node.value)) !== undefined);
}

function milliseconds(text: string): number | undefined {
  if (/^-?\d+$/.test(text)) return Number(text) * 1000;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text.replace(/^[-+]/, '')) return undefined;
  return parts.reduce((sum, [, number = '0', unit = 's']) => {
    const ms = unit === 'ns' ? Number(number) / 1e6 : (parseDuration(`${number}${unit === 'µs' ? 'us' : unit}`) ?? 0);
    return sum + ms;
  }, 0);
}
