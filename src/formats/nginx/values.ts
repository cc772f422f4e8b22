import type { Problem } from '../../model/config.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { say } from '../../text/say.ts';
import type { Word } from './parse.ts';

/** Units from the longest down, in ms; each may follow only on a longer one. */
const UNITS: readonly (readonly [string, number])[] = [
  ['y', 31_536_000_000],
  ['M', 2_592_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];
const UNIT_WEEK = 2;
const UNIT_SECOND = 6;

/**
 * Milliseconds of an nginx time: `1h30m`, `90s`, `500ms`; a number without unit is seconds. Where nginx counts in whole
 * `seconds` it refuses `ms`, elsewhere months and years. Undefined when nginx refuses the text.
 */
export function timeMs(text: string, precision: 'ms' | 's' = 'ms'): number | undefined {
  let total = 0;
  // The place of the last unit; a blank ends the time like a unit of seconds does.
  let last = -1;
  let end = 0;
  for (const match of text.matchAll(/(\d{0,19})(ms|[yMwdhms]| |$) */g)) {
    const [whole, digits = '', unit = ''] = match;
    if (match.index !== end || (whole === '' && end > 0)) break;
    end += whole.length;
    if (unit === '') {
      total += Number(digits) * 1000;
      continue;
    }
    const place = unit === ' ' ? UNITS.length : UNITS.findIndex(([name]) => name === unit);
    const barrier = unit === ' ' ? UNIT_SECOND : place;
    if (last >= barrier || (precision === 's' ? unit === 'ms' : place < UNIT_WEEK)) return undefined;
    last = place;
    total += Number(digits) * (UNITS[place]?.[1] ?? 1000);
  }
  return !/\d/.test(text) || end !== text.length || total > MAX_INT ? undefined : total;
}

/** The largest number that nginx counts with, as near as a double comes. */
const MAX_INT = 2 ** 63;

/** Bytes of an nginx size: `64k`, `1m`, where `large` ones are allowed `2g` too. Undefined when nginx refuses the text. */
export function sizeBytes(text: string, large = false): number | undefined {
  const match = /^(\d{1,19})([kKmMgG]?)$/.exec(text);
  const unit = match?.[2]?.toLowerCase() ?? '';
  if (match === null || (unit === 'g' && !large)) return undefined;
  const bytes = Number(match[1]) * (unit === 'g' ? 2 ** 30 : unit === 'm' ? 2 ** 20 : unit === 'k' ? 1024 : 1);
  return bytes >= MAX_INT ? undefined : bytes;
}

/** The same time in one spelling: `90s`, `500ms`. Texts that are no time stay as they are. */
export function timeText(text: string): string {
  const ms = timeMs(text);
  return ms === undefined ? text : ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** A whole number as nginx reads it; undefined when nginx refuses it. */
export function wholeNumber(text: string): number | undefined {
  return /^\d+$/.test(text) && Number(text) < MAX_INT ? Number(text) : undefined;
}

/** Variables, template tags, and names between signs that `sed` and the like replace (`%%PORT%%`, `@@PORT@@`, `__PORT__`). */
export const FILLED = /\$|\{\{|\{%|<%|%%\w+%%|@@\w+@@|__[A-Z][A-Z0-9_]*__/;

/** True when a template engine or `envsubst` fills in some of a word of a place where nginx itself knows no variables. */
export function isFilledIn(word: Word): boolean {
  return word.template || FILLED.test(word.text);
}

/**
 * True when a word holds what only a template engine or `envsubst` can fill in: nginx's own variables are in small letters by
 * custom, those of the environment in capitals.
 */
export function isPlaceholder(word: Word): boolean {
  return word.template || PLACEHOLDER.test(word.text);
}

const PLACEHOLDER = /\$[A-Z]|\$\{[^{}$]*\}|%%\w+%%|@@\w+@@|__[A-Z][A-Z0-9_]*__/;

/** Words as one text. */
export function joined(words: readonly Word[]): string {
  return words.map((word) => word.text).join(' ');
}

/** A fault that keeps nginx from loading the file. */
export function refused(at: Span, what: Text, fix?: Text): Problem {
  return {
    rule: 'config-unparsable',
    at,
    what,
    why: say`nginx refuses the whole configuration, so the next reload or restart fails.`,
    fix: fix ?? say`Set the line right; ${'nginx -t'} shows the same error.`,
  };
}
