import type { SourceFile } from '../../text/source.ts';
import type { Span } from '../../model/span.ts';
import type { Tag } from './tags.ts';

/**
 * One word of a line. `text` is undefined when something that the file does not decide is part of it: a variable of the
 * environment, or an expression of a template.
 */
export interface Word {
  readonly text: string | undefined;
  /** The word as it stands in the file. */
  readonly raw: string;
  readonly at: Span;
}

/** Why HAProxy cannot split a line. */
export type LineFault = 'quote' | 'words' | 'hex' | 'variable' | 'brace' | 'newline';

export interface Line {
  /** Up to the first empty word, at which HAProxy stops reading. */
  readonly words: readonly Word[];
  readonly at: Span;
  /** All its words when one is empty: as the value of an option HAProxy takes an empty word too. */
  readonly all?: readonly Word[];
  /** Text after an unquoted `#`, with its place. */
  readonly comment: { readonly text: string; readonly at: Span } | undefined;
  /** Why the line cannot be split, with the place; its words are then those before the fault. */
  readonly fault: { readonly what: LineFault; readonly at: Span } | undefined;
  /** The tags of a template when nothing else is on the line. */
  readonly tags: readonly Tag[];
}

/** Variables that the file itself sets (`setenv`). The process's environment is never read. */
export type Variables = ReadonlyMap<string, string>;

/** Most words are what they look like: no quote, no backslash, nothing that may begin a tag. */
const PLAIN = /[^\s"'\\#{<]+/y;
/** What C's `isspace` says, within a line. */
const SPACE = /[ \t\v\f\r]+/y;

/** A line holds at most so many words. */
const MAX_WORDS = 64;

/**
 * Splits a text into lines and words as HAProxy 2.6 to 3.2 do. `tags` are those of a template in the order of the text; a tag
 * may reach over several lines.
 */
export function* linesOf(source: SourceFile, variables: Variables, tags: readonly Tag[] = []): Generator<Line> {
  const { text } = source;
  let start = 0;
  let next = 0;
  while (start < text.length) {
    let end = lineEnd(text, start);
    const first = next;
    for (let tag = tags[next]; tag !== undefined && tag.at.start < end; tag = tags[++next])
      if (tag.at.end > end) end = lineEnd(text, tag.at.end);
    const inside = tags.slice(first, next);
    yield onlyTags(source, start, end, inside) ?? new Splitter(source, start, end, variables, inside).line();
    start = end + 1;
  }
  if (text.length === 0 || text.endsWith('\n')) return;
  const at = source.span(text.lastIndexOf('\n') + 1, text.length);
  yield { words: [], at, comment: undefined, fault: { what: 'newline', at }, tags: [] };
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

function onlyTags(source: SourceFile, start: number, end: number, tags: readonly Tag[]): Line | undefined {
  if (tags.length === 0) return undefined;
  let rest = '';
  let from = start;
  for (const { at } of tags) {
    rest += source.text.slice(from, at.start);
    from = at.end;
  }
  rest += source.text.slice(from, end);
  if (!/^\s*(?:#|$)/.test(rest)) return undefined;
  return { words: [], at: source.span(tags[0]?.at.start ?? start, end), comment: undefined, fault: undefined, tags };
}

/** Splits one line. */
class Splitter {
  readonly #source: SourceFile;
  readonly #start: number;
  readonly #end: number;
  readonly #variables: Variables;
  readonly #tags: readonly Tag[];
  readonly #words: Word[] = [];
  #i: number;
  #comment: Line['comment'];
  #fault: Line['fault'];
  /** Where the word that is being read begins, and what it says so far; several when an array is expanded. */
  #from = 0;
  #pieces: (string | undefined)[] = [''];

  constructor(source: SourceFile, start: number, end: number, variables: Variables, tags: readonly Tag[]) {
    this.#source = source;
    this.#start = start;
    this.#end = end;
    this.#variables = variables;
    this.#tags = tags;
    this.#i = source.text.charCodeAt(start) === 0xfeff ? start + 1 : start;
  }

  line(): Line {
    const { text } = this.#source;
    this.#skipSpace();
    // White space behind a word takes a carriage return with it; directly behind a word it ends the line.
    while (this.#i < this.#end && text[this.#i] !== '\r') {
      if (text[this.#i] === '#') {
        const at = this.#source.span(this.#i, this.#end);
        this.#comment = { text: text.slice(this.#i + 1, this.#end).trim(), at };
        break;
      }
      this.#word();
      if (this.#fault !== undefined) break;
      this.#skipSpace();
    }
    const words = this.#words;
    const empty = words.findIndex((word) => word.text === '');
    return {
      words: empty < 0 ? words : words.slice(0, empty),
      at: this.#source.span(words[0]?.at.start ?? this.#start, words.at(-1)?.at.end ?? this.#end),
      ...(empty < 0 ? {} : { all: words }),
      comment: this.#comment,
      fault: this.#fault,
      tags: [],
    };
  }

  #skipSpace(): void {
    if (this.#source.text[this.#i] === '\r' && this.#words.length > 0) return;
    SPACE.lastIndex = this.#i;
    if (SPACE.test(this.#source.text)) this.#i = Math.min(SPACE.lastIndex, this.#end);
  }

  #word(): void {
    const { text } = this.#source;
    this.#from = this.#i;
    PLAIN.lastIndex = this.#i;
    if (PLAIN.test(text)) this.#i = Math.min(PLAIN.lastIndex, this.#end);
    this.#pieces = [text.slice(this.#from, this.#i)];
    let quote = '';
    while (this.#i < this.#end && this.#fault === undefined) {
      const c = text[this.#i] ?? '';
      if (c === '\r') break;
      const tag = c === '{' || c === '<' ? this.#tags.find(({ at }) => at.start === this.#i) : undefined;
      if (tag !== undefined) this.#take(undefined, tag.at.end - tag.at.start);
      else if (c === "'" && quote !== '"') {
        quote = quote === '' ? "'" : '';
        this.#i++;
      } else if (quote === "'") this.#take(c, 1);
      else if (c === '\\') this.#escape(quote);
      else if (c === '"') {
        quote = quote === '' ? '"' : '';
        this.#i++;
      } else if (quote === '"' && c === '$') this.#variable();
      else if (quote === '' && (c === '#' || c === ' ' || c === '\t' || c === '\v' || c === '\f')) break;
      else this.#take(c, 1);
    }
    if (quote !== '') this.#fail('quote', this.#from);
    if (this.#fault === undefined) this.#finish();
  }

  #finish(): void {
    const at = this.#source.span(this.#from, this.#i);
    const raw = this.#source.text.slice(this.#from, this.#i);
    // In C a NUL ends the word.
    for (const text of this.#pieces) this.#words.push({ text: text?.split('\0', 1)[0], raw, at });
    if (this.#words.length > MAX_WORDS) this.#fail('words', this.#from);
  }

  #take(piece: string | undefined, length: number): void {
    const last = this.#pieces.pop();
    this.#pieces.push(last === undefined || piece === undefined ? undefined : last + piece);
    this.#i += length;
  }

  #fail(what: LineFault, from: number): void {
    this.#fault ??= { what, at: this.#source.span(from, this.#end) };
  }

  #escape(quote: string): void {
    const { text } = this.#source;
    const next = this.#i + 1 < this.#end ? (text[this.#i + 1] ?? '') : '';
    const letter = { n: '\n', r: '\r', t: '\t' }[next];
    if (letter !== undefined) this.#take(letter, 2);
    else if (next === 'x') {
      const hex = text.slice(this.#i + 2, Math.min(this.#i + 4, this.#end));
      if (/^[0-9a-fA-F]{2}$/.test(hex)) this.#take(String.fromCharCode(Number.parseInt(hex, 16)), 4);
      else this.#fail('hex', this.#i);
    } else if (next !== '' && (' #\'"\\'.includes(next) || (next === '$' && quote === '"'))) this.#take(next, 2);
    else this.#take('\\', 1);
  }

  /** `$NAME`, `${NAME}`, `${NAME-default}`, `${NAME[*]}` inside double quotes. */
  #variable(): void {
    const found = /\$(\{?)([A-Za-z_.][A-Za-z0-9_]*)((?<=\{\w*)\[\*\])?/y;
    found.lastIndex = this.#i;
    const [whole, brace, name = '', array] = found.exec(this.#source.text) ?? [];
    if (whole === undefined || this.#i + whole.length > this.#end) return this.#fail('variable', this.#i);
    const value = this.#variables.get(name);
    if (brace === '') return this.#take(value, 1 + name.length);
    const rest = /(?:-[^}\n]*)?\}/y;
    rest.lastIndex = this.#i + whole.length;
    const closing = rest.exec(this.#source.text)?.[0];
    if (closing === undefined) return this.#fail('brace', this.#i);
    const [first, ...more] = array === undefined || value === undefined ? [value] : value.split(/[ \t\v\f\r\n]+/);
    this.#take(first, whole.length + closing.length);
    this.#pieces.push(...more);
    return undefined;
  }
}
