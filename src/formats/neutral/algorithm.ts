import type { Algorithm, HashKey, Lookup, RingLookup } from '../../model/algorithm.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import { child, headOf, type PNode } from '../../text/positioned.ts';
import type { Values } from './values.ts';

/** The words for algorithms in schemas/neutral.schema.json. */
const WORDS = [
  'round-robin',
  'weighted-round-robin',
  'least-connections',
  'least-time',
  'random',
  'random-two-choices',
  'source-hash',
  'uri-hash',
  'header-hash',
  'cookie-hash',
  'consistent-hash',
  'maglev',
  'first',
  'unknown',
] as const;
type Word = (typeof WORDS)[number];

const KINDS = ['round-robin', 'least-connections', 'least-time', 'random', 'hash', 'fill', 'unknown'] as const;

const KEYS: Readonly<Partial<Record<Word, HashKey['of']>>> = {
  'source-hash': 'source',
  'uri-hash': 'uri',
  'header-hash': 'header',
  'cookie-hash': 'cookie',
};

/** The algorithm of a pool, said by a word or as a map of semantics. */
export function readAlgorithm(
  node: PNode | undefined,
  hashOn: PNode | undefined,
  at: Span,
  values: Values,
): Setting<Algorithm> {
  if (node === undefined) return implied(ofWord('round-robin', undefined), at);
  if (node.kind === 'map') {
    const algorithm = ofMap(node, values);
    const fixed = values.boolean(child(node, 'fixed'))?.value === true;
    return written(algorithm && fixed ? { ...algorithm, fixed } : algorithm, headOf(node));
  }
  const word = values.oneOf(node, WORDS)?.value;
  return written(word === undefined ? undefined : ofWord(word, values.text(hashOn)?.value), headOf(node));
}

/** What a word means where nothing more is said. `hashOn` is the key of a hash as people write it. */
function ofWord(native: Word, hashOn: string | undefined): Algorithm {
  switch (native) {
    case 'round-robin':
    case 'weighted-round-robin':
      return { native, kind: 'round-robin', serves: 'in-turn', weights: 'used' };
    case 'least-connections':
      return { native, kind: 'least-connections', idle: 'unknown', loaded: 'by-weight' };
    case 'least-time':
      return { native, kind: 'least-time' };
    case 'random':
      return { native, kind: 'random', choices: 1, draw: 'by-weight', idle: 'as-drawn', loaded: 'by-weight' };
    case 'random-two-choices':
      return { native, kind: 'random', choices: 2, draw: 'by-weight', idle: 'unknown', loaded: 'by-weight' };
    case 'first':
      return { native, kind: 'fill', order: 'listed' };
    case 'unknown':
      return { native, kind: 'unknown' };
    case 'source-hash':
    case 'uri-hash':
    case 'header-hash':
    case 'cookie-hash':
    case 'consistent-hash':
    case 'maglev': {
      const key = keyOf(KEYS[native] ?? 'other', hashOn ?? native);
      const lookup = native === 'maglev' ? ({ table: 'maglev', size: 65_537 } as const) : undefined;
      return { native, kind: 'hash', key, lookup, without: 'unknown' };
    }
    default:
      return native satisfies never;
  }
}

/** A header that a proxy writes has the client's own address. */
function keyOf(of: HashKey['of'], native: string): HashKey {
  return { of, native, ...(of === 'source' && /forwarded|real-ip/i.test(native) ? { forwarded: true as const } : {}) };
}

/** Undefined where a key that decides the semantics has a fault. */
function ofMap(node: PNode, values: Values): Algorithm | undefined {
  const kind = values.oneOf(child(node, 'kind'), KINDS)?.value;
  if (kind === undefined) return undefined;
  const native = values.text(child(node, 'native'))?.value ?? kind;
  /** A word, or its default where it is not written; undefined where it has a fault. */
  const word = <T extends string>(key: string, allowed: readonly T[], fallback: T): T | undefined =>
    wordOf(node, key, allowed, fallback, values);
  const loaded = word('loaded', ['by-weight', 'equal'], 'by-weight');
  switch (kind) {
    case 'round-robin': {
      const serves = word('serves', ['in-turn', 'in-blocks'], 'in-turn');
      const weights = word('weights', ['used', 'ignored', 'by-position'], 'used');
      return serves && weights && { native, kind, serves, weights };
    }
    case 'least-connections': {
      const idle = word('idle', ['by-weight', 'equal', 'unknown'], 'unknown');
      return idle && loaded && { native, kind, idle, loaded };
    }
    case 'random': {
      const choices = child(node, 'choices') === undefined ? 1 : values.number(child(node, 'choices'))?.value;
      const idle = word(
        'idle',
        ['as-drawn', 'inverted', 'listed-first', 'unknown'],
        choices === 1 ? 'as-drawn' : 'unknown',
      );
      const ring = child(node, 'draw');
      const draw = ring?.kind === 'map' ? readRing(ring, values) : word('draw', ['by-weight', 'equal'], 'by-weight');
      if (choices === undefined) return undefined;
      return idle && draw && loaded && { native, kind, choices, draw, idle, loaded };
    }
    case 'hash': {
      const key = readKey(child(node, 'key'), values);
      const without = word('without', ['round-robin', 'random', 'one-key', 'unknown'], 'unknown');
      const table = child(node, 'lookup');
      const lookup = table && readLookup(table, values);
      if (key === undefined || without === undefined || (table !== undefined && lookup === undefined)) return undefined;
      return { native, kind, key, lookup, without };
    }
    case 'fill': {
      const order = word('order', ['id', 'listed'], 'listed');
      return order && { native, kind, order };
    }
    case 'least-time':
    case 'unknown':
      return { native, kind };
    default:
      return kind satisfies never;
  }
}

function wordOf<T extends string>(
  node: PNode | undefined,
  key: string,
  allowed: readonly T[],
  fallback: T,
  values: Values,
): T | undefined {
  const setting = values.oneOf(child(node, key), allowed);
  return setting === undefined ? fallback : setting.value;
}

function readKey(node: PNode | undefined, values: Values): HashKey | undefined {
  const of = values.oneOf(child(node, 'of'), ['source', 'uri', 'query', 'header', 'cookie', 'other'])?.value;
  return of && keyOf(of, values.text(child(node, 'name'))?.value ?? of);
}

function readLookup(node: PNode, values: Values): Lookup | undefined {
  const table = values.oneOf(child(node, 'table'), ['ring', 'slots', 'maglev', 'rendezvous'])?.value;
  switch (table) {
    case 'ring':
      return readRing(node, values);
    case 'slots': {
      const order = wordOf(node, 'order', ['consecutive', 'interleaved'], 'consecutive', values);
      const down = wordOf(node, 'down', ['rebuild', 'retry'], 'rebuild', values);
      const hash = wordOf(node, 'hash', ['any', 'crc32-15', 'octets'], 'any', values);
      return order && down && hash && { table, order, down, hash };
    }
    case 'maglev': {
      const size = child(node, 'size') === undefined ? 65_537 : values.number(child(node, 'size'))?.value;
      return size === undefined ? undefined : { table, size };
    }
    case 'rendezvous': {
      const hash = wordOf(node, 'hash', ['even', 'fnv64a-log', 'unknown'], 'unknown', values);
      return hash && { table, hash };
    }
    case undefined:
      return undefined;
    default:
      return table satisfies never;
  }
}

function readRing(node: PNode, values: Values): RingLookup | undefined {
  const points = child(node, 'points');
  const [perWeight, min, max] = ['perWeight', 'min', 'max'].map((key) => values.number(child(points, key))?.value);
  const place = wordOf(node, 'place', ['address', 'id', 'unknown'], 'unknown', values);
  const hash = wordOf(node, 'hash', ['crc32-chain', 'shift-multiply', 'xxhash64', 'unknown'], 'unknown', values);
  const owner = wordOf(node, 'owner', ['next', 'nearest'], 'next', values);
  if (place === undefined || hash === undefined || owner === undefined) return undefined;
  const ring = { table: 'ring', place, hash, owner } as const;
  if (perWeight !== undefined) return { ...ring, points: { perWeight } };
  return min === undefined || max === undefined ? undefined : { ...ring, points: { min, max } };
}
