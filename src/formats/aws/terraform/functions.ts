import type { Span } from '../../../model/span.ts';
import type { Entry, Value } from '../values.ts';

type Scalar = string | number | boolean;

/** A function of Terraform's language; undefined = it is not known for these arguments. */
type Fn = (args: readonly Value[], at: Span) => Value | undefined;

const scalar = (value: Scalar, at: Span): Value => ({ kind: 'scalar', at, value });
const listOf = (items: readonly Value[], at: Span): Value => ({ kind: 'list', at, items });

function plainOf(value: Value | undefined): Scalar | undefined {
  return value?.kind === 'scalar' && value.value !== null ? value.value : undefined;
}

function itemsOf(value: Value | undefined): readonly Value[] | undefined {
  if (value?.kind === 'list') return value.items;
  return undefined;
}

/** What tells members of a set apart. */
export function identityOf(value: Value): string | undefined {
  if (value.kind === 'scalar') return `${typeof value.value} ${String(value.value)}`;
  return value.kind === 'reference' ? `reference ${value.to}.${value.attribute}` : undefined;
}

const distinct: Fn = ([list], at) => {
  const items = itemsOf(list);
  if (items === undefined) return undefined;
  const byIdentity = new Map<string, Value>();
  for (const item of items) {
    const identity = identityOf(item);
    if (identity === undefined) return undefined;
    if (!byIdentity.has(identity)) byIdentity.set(identity, item);
  }
  return listOf([...byIdentity.values()], at);
};

const same: Fn = ([value]) => value;

const text =
  (change: (text: string) => string): Fn =>
  ([value], at) => {
    const plain = plainOf(value);
    return plain === undefined ? undefined : scalar(change(String(plain)), at);
  };

const numbers =
  (of: (...values: number[]) => number): Fn =>
  (args, at) => {
    const values = args.map(plainOf);
    return values.every((value) => typeof value === 'number') ? scalar(of(...values), at) : undefined;
  };

/** Functions that lists of servers and weights are made with; every other one is unknown. */
const FUNCTIONS: ReadonlyMap<string, Fn> = new Map<string, Fn>([
  ['toset', distinct],
  ['distinct', distinct],
  ['tolist', same],
  ['tomap', same],
  ['sensitive', same],
  ['nonsensitive', same],
  ['tostring', text((plain) => plain)],
  ['lower', text((plain) => plain.toLowerCase())],
  ['upper', text((plain) => plain.toUpperCase())],
  ['trimspace', text((plain) => plain.trim())],
  ['tobool', ([value]) => (typeof plainOf(value) === 'boolean' ? value : undefined)],
  ['max', numbers(Math.max)],
  ['min', numbers(Math.min)],
  ['ceil', numbers(Math.ceil)],
  ['floor', numbers(Math.floor)],
  ['abs', numbers(Math.abs)],
  [
    'tonumber',
    ([value], at) => {
      const plain = plainOf(value);
      const number = plain === undefined || plain === '' ? Number.NaN : Number(plain);
      return Number.isNaN(number) ? undefined : scalar(number, at);
    },
  ],
  [
    'length',
    ([value], at) => {
      const plain = plainOf(value);
      if (typeof plain === 'string') return scalar(Array.from(plain).length, at);
      if (value?.kind === 'list') return scalar(value.items.length, at);
      return value?.kind === 'map' ? scalar(value.entries.size, at) : undefined;
    },
  ],
  [
    'element',
    ([list, index]) => {
      const [items, n] = [itemsOf(list), plainOf(index)];
      return items === undefined || typeof n !== 'number' || items.length === 0
        ? undefined
        : items.at(n % items.length);
    },
  ],
  [
    'concat',
    (args, at) => {
      const lists = args.map(itemsOf);
      return lists.every((one) => one !== undefined) ? listOf(lists.flat(), at) : undefined;
    },
  ],
  [
    'flatten',
    ([list], at) => {
      const items = itemsOf(list);
      return items?.every((item) => item.kind !== 'unknown')
        ? listOf(
            items.flatMap((item) => itemsOf(item) ?? [item]),
            at,
          )
        : undefined;
    },
  ],
  [
    'compact',
    ([list], at) => {
      const items = itemsOf(list);
      if (items?.some((item) => item.kind === 'unknown')) return undefined;
      return (
        items &&
        listOf(
          items.filter((item) => item.kind !== 'scalar' || (item.value !== null && item.value !== '')),
          at,
        )
      );
    },
  ],
  [
    'merge',
    (args, at) => {
      if (!args.every((one) => one.kind === 'map')) return undefined;
      return { kind: 'map', at, entries: new Map(args.flatMap(({ entries }) => [...entries])) };
    },
  ],
  [
    'keys',
    ([map], at) =>
      map?.kind === 'map'
        ? listOf(
            sorted(map.entries).map(([key, { keyAt }]) => scalar(key, keyAt)),
            at,
          )
        : undefined,
  ],
  [
    'values',
    ([map], at) =>
      map?.kind === 'map'
        ? listOf(
            sorted(map.entries).map(([, { value }]) => value),
            at,
          )
        : undefined,
  ],
  [
    'lookup',
    ([map, key, otherwise]) => {
      const name = plainOf(key);
      if (map?.kind !== 'map' || name === undefined) return undefined;
      return map.entries.get(String(name))?.value ?? otherwise;
    },
  ],
  [
    'contains',
    ([list, wanted], at) => {
      const identity = wanted && identityOf(wanted);
      const all = itemsOf(list)?.map(identityOf);
      if (identity === undefined || all === undefined) return undefined;
      return all.includes(identity) ? scalar(true, at) : all.includes(undefined) ? undefined : scalar(false, at);
    },
  ],
  [
    'coalesce',
    (args) => {
      const first = args.find((one) => one.kind !== 'scalar' || (one.value !== null && one.value !== ''));
      return first?.kind === 'unknown' ? undefined : first;
    },
  ],
  [
    'join',
    ([by, list], at) => {
      const texts = itemsOf(list)?.map(plainOf);
      const mark = plainOf(by);
      return mark !== undefined && texts?.every((one) => one !== undefined)
        ? scalar(texts.join(String(mark)), at)
        : undefined;
    },
  ],
  [
    'split',
    ([by, whole], at) => {
      const [mark, plain] = [plainOf(by), plainOf(whole)];
      if (mark === undefined || plain === undefined) return undefined;
      return listOf(
        String(plain)
          .split(String(mark))
          .map((part) => scalar(part, at)),
        at,
      );
    },
  ],
  [
    'slice',
    ([list, from, to], at) => {
      const [start, end] = [plainOf(from), plainOf(to)];
      if (typeof start !== 'number' || typeof end !== 'number' || end - start > MOST_ITEMS) return undefined;
      if (list?.kind === 'list') return listOf(list.items.slice(start, end), at);
      if (list?.kind !== 'reference') return undefined;
      const items = Array.from({ length: Math.max(0, end - start) }, (_, i) => i + start);
      return listOf(
        items.map((i) => ({ ...list, attribute: `${list.attribute}[${i}]` })),
        at,
      );
    },
  ],
  ['range', rangeOf],
]);

/** The value of a call; undefined where the function or an argument is unknown. */
export function callFunction(name: string, args: readonly Value[], at: Span): Value | undefined {
  const fn = FUNCTIONS.get(name);
  return args.some(({ kind }) => kind === 'unknown') ? undefined : fn?.(args, at);
}

/** Terraform lists the entries of a map by their keys. */
export function sorted(entries: ReadonlyMap<string, Entry>): (readonly [string, Entry])[] {
  return [...entries].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Longer ranges are not made. */
const MOST_ITEMS = 1024;

function rangeOf(args: readonly Value[], at: Span): Value | undefined {
  const values = args.map(plainOf);
  if (!values.every((value) => typeof value === 'number')) return undefined;
  const [first = 0, second, step = 1] = values;
  const [from, to] = second === undefined ? [0, first] : [first, second];
  const size = Math.ceil((to - from) / step);
  if (step === 0 || size > MOST_ITEMS) return undefined;
  return listOf(
    Array.from({ length: Math.max(0, size) }, (_, i) => scalar(from + i * step, at)),
    at,
  );
}
