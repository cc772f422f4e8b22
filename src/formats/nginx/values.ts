import type { Problem } from '../../model/config.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { say } from '../../text/say.ts';
import type { Word } from './parse.ts';

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

/**
 * Milliseconds of an nginx time: `1h30m`, `90s`, `500ms`; a number without unit is seconds. Where nginx counts in whole
 * `seconds` it refuses `ms`. Undefined when nginx refuses the text.
 */
export function timeMs(text: string, precision: 'ms' | 's' = 'ms'): number | undefined {
  let total = 0;
  let rank = -1;
  let end = 0;
  for (const match of text.matchAll(/(\d{1,15})(ms|[yMwdhms]?) */g)) {
    const [whole, digits = '', unit = ''] = match;
    const next = unit === '' ? UNITS.length : UNITS.findIndex(([name]) => name === unit);
    const refused = next <= rank || (unit === 'ms' && precision === 's');
    if (match.index !== end || refused) return undefined;
    total += Number(digits) * (UNITS[next]?.[1] ?? 1000);
    rank = next;
    end += whole.length;
  }
  return end === 0 || end !== text.length ? undefined : total;
}

/** The same time in one spelling: `90s`, `500ms`. Texts that are no time stay as they are. */
export function timeText(text: string): string {
  const ms = timeMs(text);
  return ms === undefined ? text : ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** A whole number as nginx reads it; undefined when nginx refuses it. */
export function wholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Variables, template tags, and names between signs that `sed` and the like replace (`%%PORT%%`, `@@PORT@@`, `__PORT__`). */
export const FILLED = /\$|\{\{|\{%|<%|%%\w+%%|@@\w+@@|__[A-Z][A-Z0-9_]*__/;

/** True when a template engine or `envsubst` fills in some of a word of a place where nginx itself knows no variables. */
export function isFilledIn(word: Word): boolean {
  return word.template || FILLED.test(word.text);
}

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
    fix: fix ?? say`Mend the line; ${'nginx -t'} shows the same fault.`,
  };
}
