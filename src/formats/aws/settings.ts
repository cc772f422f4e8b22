import { written, type Setting } from '../../model/span.ts';
import { textOf } from '../../text/source.ts';
import type { Value } from './values.ts';

type Settings = Map<string, Setting<string>>;

/** Arguments that a resource of any type may have, and that only name it or steer what creates it. */
export const NAMING = [
  'name',
  'name_prefix',
  'tags',
  'tags_all',
  'lifecycle',
  'depends_on',
  'provider',
  'count',
  'for_each',
  'timeouts',
] as const;

/** Every value below the arguments of a resource as a setting of its own, so that a change of what is not read otherwise is reported. */
export function settingsOf(args: Value | undefined, except: ReadonlySet<string>, prefix = ''): Settings {
  const found: Settings = new Map();
  if (args?.kind !== 'map') return found;
  for (const [key, { value }] of args.entries) if (!except.has(key)) add(value, `${prefix}${key}`, found);
  return found;
}

function add(value: Value, name: string, found: Settings): void {
  if (value.kind === 'map') {
    for (const [key, entry] of value.entries) add(entry.value, `${name}.${key}`, found);
    return;
  }
  if (value.kind !== 'list') {
    const text = plainText(value);
    if (text !== undefined) found.set(name, written(text, value.at));
    return;
  }
  const [only, ...others] = value.items;
  if (value.items.every(({ kind }) => kind !== 'map' && kind !== 'list'))
    found.set(name, written(value.items.map((item) => plainText(item) ?? '').join(', '), value.at));
  else if (only !== undefined && others.length === 0) add(only, name, found);
  else value.items.forEach((item, i) => add(item, `${name}[${i}]`, found));
}

/** A value in one line: what is not known is shown as it is written, so that another expression is a change. Undefined for null. */
export function plainText(value: Value): string | undefined {
  if (value.kind === 'scalar') return value.value === null ? undefined : String(value.value);
  if (value.kind === 'reference') return value.attribute === '' ? value.to : `${value.to}.${value.attribute}`;
  if (value.kind === 'list') return `[${value.items.map((item) => plainText(item) ?? 'null').join(', ')}]`;
  return textOf(value.at).replace(/\s+/g, ' ').slice(0, LONGEST);
}

/** A longer expression is told by its beginning. */
const LONGEST = 500;
