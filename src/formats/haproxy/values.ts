import type { Problem } from '../../model/config.ts';
import { written, type Setting } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import type { Word } from './words.ts';

/** Milliseconds of a duration; the default unit is ms. Undefined when it is none. */
export function durationMs(text: string, defaultUnit = 1): number | undefined {
  const match = /^(\d+)(us|ms|s|m|h|d)?$/.exec(text);
  if (!match) return undefined;
  const units = new Map([
    ['us', 0.001],
    ['ms', 1],
    ['s', 1000],
    ['m', 60_000],
    ['h', 3_600_000],
    ['d', 86_400_000],
  ]);
  return Number(match[1]) * (match[2] === undefined ? defaultUnit : (units.get(match[2]) ?? 1));
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
  const digits = /^[+-]?\d+/.exec(word.text)?.[0];
  const value = digits === undefined ? 0 : Number(digits);
  if (digits !== word.text) {
    problems.push({
      rule: 'malformed-number',
      at: word.at,
      ...owner,
      what: say`${`${name} ${word.text}`} is no plain number, and HAProxy reads it as ${value}.`,
      why: say`The file loads without a word, with another value than it seems to say.`,
      fix: say`Write a whole number.`,
    });
  }
  return written(value, word.at);
}
