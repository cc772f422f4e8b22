import type { Problem } from '../../model/config.ts';
import type { Span } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import { sampleFault } from './samples.ts';
import { unparsable } from './sections.ts';
import { addressFault } from './address-faults.ts';
import { durationMs } from './values.ts';
import type { Word } from './words.ts';

/** A word that HAProxy does not know where it is, with the one that was meant where there is one. */
export function unknownWord(word: Word, known: Iterable<string>, where: string): Problem {
  const text = word.text ?? word.raw;
  const all = [...known];
  const beginning = text.length < 3 ? undefined : all.find((one) => one.startsWith(text));
  const meant = beginning ?? didYouMean(text, all);
  return meant === undefined
    ? unparsable(
        word.at,
        say`Unknown keyword ${text} ${where}.`,
        say`Remove it, or set a keyword that the manual lists there.`,
      )
    : unparsable(word.at, say`Unknown keyword ${text}; did you mean ${meant}?`, say`Set ${meant}.`);
}

/** Something that has to follow and does not. */
export function missing(at: Span, after: string, what: string): Problem {
  return unparsable(at, say`${after} needs ${what}.`, say`Add it after the keyword.`);
}

function unexpected(word: Word, after: string): Problem {
  return unparsable(word.at, say`Nothing more may follow ${after}.`, say`Remove ${word.text ?? word.raw}.`);
}

/** Statuses that have an error page of their own. */
const STATUSES = new Set(
  '200 400 401 403 404 405 407 408 410 413 414 421 422 425 429 431 500 501 502 503 504'.split(' '),
);

/**
 * Holds the words behind a keyword against a spec of `line-specs.ts`; the result is the first fault. What the environment fills
 * in may be anything, and the rest of the line with it.
 */
export function specFault(
  spec: readonly string[],
  args: readonly Word[],
  keyword: { readonly at: Span; readonly text: string },
): Problem | undefined {
  let i = 0;
  for (const item of spec) {
    if (item === '*') return undefined;
    const word = args[i];
    if (item === 'if' || item === 'if!') return conditionFault(args.slice(i), item === 'if!', keyword);
    const optional = item.endsWith('?');
    const kind = optional ? item.slice(0, -1) : item;
    if (word === undefined) {
      if (optional) continue;
      return missing(keyword.at, keyword.text, WANTED[kind] ?? (kind.includes('|') ? 'a value' : `the word ${kind}`));
    }
    if (word.text === undefined) return undefined;
    if (optional && isCondition(word)) continue;
    const fault = wordFault(kind, word, keyword.text);
    if (fault !== undefined && optional) continue;
    if (fault !== undefined) return fault;
    i++;
  }
  const more = args[i];
  return more === undefined || more.text === undefined ? undefined : unexpected(more, keyword.text);
}

const WANTED: Readonly<Record<string, string>> = {
  N: 'a number',
  T: 'a time',
  C: 'a status',
  S: 'a sample',
  W: 'a value',
};

function isCondition(word: Word | undefined): boolean {
  return word?.text === 'if' || word?.text === 'unless';
}

function conditionFault(
  args: readonly Word[],
  needed: boolean,
  keyword: { readonly at: Span; readonly text: string },
): Problem | undefined {
  const [first] = args;
  if (first === undefined) return needed ? missing(keyword.at, keyword.text, 'a condition') : undefined;
  if (first.text === undefined || isCondition(first)) return undefined;
  return unparsable(
    first.at,
    say`${keyword.text} takes only a condition here.`,
    say`Add ${'if'} or ${'unless'} before it.`,
  );
}

function wordFault(kind: string, word: Word, keyword: string): Problem | undefined {
  const text = word.text ?? '';
  switch (kind) {
    case 'W':
      return undefined;
    case 'N':
      return /^\s*[+-]?\d+$/.test(text)
        ? undefined
        : unparsable(word.at, say`${keyword} needs a number, not ${text}.`, say`Set a whole number.`);
    case 'P':
      return Number(/^\s*\+?\d+/.exec(text)?.[0] ?? 0) > 0
        ? undefined
        : unparsable(word.at, say`${keyword} needs a number above 0.`, say`Set a number above 0.`);
    case 'R': {
      const status = Number(/^\s*\+?\d+/.exec(text)?.[0] ?? 0);
      return status >= 200 && status <= 599
        ? undefined
        : unparsable(word.at, say`Invalid reply status ${text}.`, say`Set one from 200 to 599.`);
    }
    case 'Z':
      return /^\d+[kKmMgG]?$/.test(text)
        ? undefined
        : unparsable(word.at, say`${text} is not a size.`, say`Set one such as ${'100k'}.`);
    case 'T':
      return timeFault(word);
    case 'D':
      return durationMs(text) === 0
        ? unparsable(word.at, say`${keyword} needs a duration above 0.`, say`Set one such as ${'2s'}.`)
        : timeFault(word);
    case 'A':
      return addressFault(word);
    case 'C':
      return STATUSES.has(/^\d+/.exec(text)?.[0] ?? '')
        ? undefined
        : unparsable(word.at, say`${keyword} does not support the status ${text}.`, say`Set one such as ${'503'}.`);
    case 'S':
      return sampleFault(word);
    default: {
      if (kind.startsWith('[')) return listFault(kind.slice(1, -1).split('|'), word, keyword);
      const known = kind.split('|');
      const fits = known.some((one) => (one.endsWith('W') ? text.startsWith(one.slice(0, -1)) : text === one));
      return fits ? undefined : unknownWord(word, known, `behind ${keyword}`);
    }
  }
}

function listFault(known: readonly string[], word: Word, keyword: string): Problem | undefined {
  const wrong = (word.text ?? '').split(',').find((part) => !known.includes(part));
  return wrong === undefined ? undefined : unknownWord({ ...word, text: wrong }, known, `behind ${keyword}`);
}

/** A time that HAProxy refuses; times above 24 days overflow. */
export function timeFault(word: Word): Problem | undefined {
  const { text, at } = word;
  if (text === undefined) return undefined;
  const ms = durationMs(text);
  if (ms === undefined)
    return unparsable(at, say`Invalid duration ${text}.`, say`Set a whole number and a unit, such as ${'30s'}.`);
  return ms > 2_147_483_647
    ? unparsable(
        at,
        say`${text} is longer than the maximum of HAProxy, which is 24 days.`,
        say`Set a shorter duration.`,
      )
    : undefined;
}
