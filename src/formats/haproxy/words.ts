import type { SourceFile } from '../../text/source.ts';
import type { Span } from '../../model/span.ts';

/** One word of a line. `text` is undefined when an environment variable that the file does not set is part of it. */
export interface Word {
  readonly text: string | undefined;
  /** The word as it stands in the file. */
  readonly raw: string;
  readonly at: Span;
}

export interface Line {
  readonly words: readonly Word[];
  readonly at: Span;
  /** Text after an unquoted `#`, with its place. */
  readonly comment: { readonly text: string; readonly at: Span } | undefined;
  /** Why the line cannot be split, with the place; its words are then those before the fault. */
  readonly fault: { readonly what: 'quote' | 'words'; readonly at: Span } | undefined;
}

/** Variables that the file itself sets (`setenv`). The process's environment is never read. */
export type Variables = ReadonlyMap<string, string>;

const PLAIN = /[^\s"'\\#]+/y;

/** A line holds at most so many words. */
const MAX_WORDS = 64;

/** Splits a text into lines and words, as the configuration manual's chapter on quoting and escaping says. */
export function* linesOf(source: SourceFile, variables: Variables): Generator<Line> {
  const { text } = source;
  let start = 0;
  while (start <= text.length) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const stop = end > start && text[end - 1] === '\r' ? end - 1 : end;
    yield splitLine(source, start, stop, variables);
    start = end + 1;
  }
}

function splitLine(source: SourceFile, start: number, end: number, variables: Variables): Line {
  const { text } = source;
  const words: Word[] = [];
  const done = (more: Partial<Line> = {}): Line => ({
    words,
    at: source.span(words[0]?.at.start ?? start, words.at(-1)?.at.end ?? end),
    comment: undefined,
    fault: undefined,
    ...more,
  });
  let i = start;
  let lastBrace: number | undefined;
  if (text.charCodeAt(i) === 0xfeff) i++;
  for (;;) {
    while (i < end && (text[i] === ' ' || text[i] === '\t' || text[i] === '\r')) i++;
    if (i >= end) return done();
    if (text[i] === '#') return done({ comment: { text: text.slice(i + 1, end).trim(), at: source.span(i, end) } });
    const from = i;
    // Most words are what they look like: no quote, no backslash.
    PLAIN.lastIndex = from;
    if (PLAIN.test(text)) i = PLAIN.lastIndex;
    const plain = text.slice(from, i);
    let value: string | undefined = plain;
    const add = (piece: string | undefined): void => {
      value = value === undefined || piece === undefined ? undefined : value + piece;
    };
    let quote = '';
    while (i < end) {
      const c = text[i] ?? '';
      if (quote === "'") {
        if (c === "'") quote = '';
        else add(c);
        i++;
      } else if (c === '\\') {
        const [piece, length] = escaped(text, i, end);
        add(piece);
        i += length;
      } else if (c === '"') {
        quote = quote === '"' ? '' : '"';
        i++;
      } else if (quote === '"' && c === '$') {
        lastBrace ??= text.slice(start, end).lastIndexOf('}') + start;
        const [piece, length] = variable(text, i, end, i < lastBrace, variables);
        add(piece);
        i += length;
      } else if (quote === '' && c === "'") {
        quote = "'";
        i++;
      } else if (quote === '' && (c === ' ' || c === '\t' || c === '\r' || c === '#')) break;
      else {
        add(c);
        i++;
      }
    }
    if (quote !== '') return done({ fault: { what: 'quote', at: source.span(from, end) } });
    const raw = i === from + plain.length ? plain : text.slice(from, i);
    words.push({ text: value, raw, at: source.span(from, i) });
    if (words.length > MAX_WORDS) return done({ fault: { what: 'words', at: source.span(from, end) } });
  }
}

function escaped(text: string, i: number, end: number): [string, number] {
  const next = i + 1 < end ? (text[i + 1] ?? '') : '';
  if (next === '') return ['\\', 1];
  if (next === 'n') return ['\n', 2];
  if (next === 'r') return ['\r', 2];
  if (next === 't') return ['\t', 2];
  if (next === 'x') {
    const hex = text.slice(i + 2, Math.min(i + 4, end));
    return /^[0-9a-fA-F]{2}$/.test(hex) ? [String.fromCharCode(Number.parseInt(hex, 16)), 4] : ['\\', 1];
  }
  return ' #\'"\\$'.includes(next) ? [next, 2] : ['\\', 1];
}

/**
 * `$NAME`, `${NAME}`, `${NAME-default}`, `${NAME[*]}` inside double quotes; undefined when the file does not set it. Without a
 * brace that closes further on in the line none is looked for, again and again.
 */
function variable(
  text: string,
  i: number,
  end: number,
  closes: boolean,
  variables: Variables,
): [string | undefined, number] {
  const rest = text.slice(i, end);
  const braced = !closes ? null : /^\$\{([A-Za-z0-9_.]+)(\[\*\])?(?:-([^}]*))?\}/.exec(rest);
  const bare = braced ? null : /^\$([A-Za-z_][A-Za-z0-9_]*)/.exec(rest);
  const match = braced ?? bare;
  if (!match) return ['$', 1];
  return [variables.get(match[1] ?? ''), match[0].length];
}
