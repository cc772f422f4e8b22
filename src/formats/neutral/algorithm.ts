import type { Algorithm, HashKey } from '../../model/algorithm.ts';

/** The words for algorithms in schemas/neutral.schema.json. */
export const WORDS = [
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
export type Word = (typeof WORDS)[number];

const KEYS: Readonly<Partial<Record<Word, HashKey['of']>>> = {
  'source-hash': 'source',
  'uri-hash': 'uri',
  'header-hash': 'header',
  'cookie-hash': 'cookie',
};

/** What a word means where nothing more is said. `hashOn` is the key of a hash as people write it. */
export function algorithmOf(native: Word, hashOn: string | undefined): Algorithm {
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
      const key = { of: KEYS[native] ?? ('other' as const), native: hashOn ?? native };
      const lookup = native === 'maglev' ? ({ table: 'maglev', size: 65_537 } as const) : undefined;
      return { native, kind: 'hash', key, lookup, without: 'unknown' };
    }
    default:
      return native satisfies never;
  }
}
