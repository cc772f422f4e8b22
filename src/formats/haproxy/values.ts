import type { Problem } from '../../model/config.ts';
import { written, type Setting } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import { parseDuration } from '../../text/units.ts';
import type { Word } from './words.ts';

/**
 * Milliseconds of a whole number with or without a unit, `ms` by default; undefined when HAProxy refuses it. What follows the
 * unit it warns of and leaves out: `30sec` is 30 s.
 */
export function durationMs(text: string): number | undefined {
  const found = /^(\d+)(us|ms|[smhd])?/.exec(text);
  if (found === null) return undefined;
  const [whole, digits = '', unit] = found;
  if (unit === undefined && whole !== text) return undefined;
  return parseDuration(`${digits}${unit ?? 'ms'}`);
}

/** A duration in ms as a setting; an unreadable one has the value undefined. */
export function durationSetting(word: Word): Setting<number> {
  return written(word.text === undefined ? undefined : durationMs(word.text), word.at);
}

/**
 * A whole number as HAProxy reads it: digits up to the first other character, none = 0.
 * Trailing characters are a problem: the value is silently another one than a person reads.
 */
export function numberSetting(
  name: string,
  word: Word,
  problems: Problem[],
  owner: { pool?: string; server?: string },
): Setting<number> {
  if (word.text === undefined) return written<number>(undefined, word.at);
  const digits = /^\s*[+-]?\d+/.exec(word.text)?.[0];
  const value = digits === undefined ? 0 : Number(digits);
  if (digits !== word.text) {
    problems.push({
      rule: 'malformed-number',
      at: word.at,
      ...owner,
      what: say`${`${name} ${word.text}`} is not a plain number, and HAProxy reads it as ${value}.`,
      why: say`HAProxy loads the file without a warning, with a different value than written.`,
      fix: say`Set a whole number.`,
    });
  }
  return written(value, word.at);
}
