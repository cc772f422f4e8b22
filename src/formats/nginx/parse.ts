import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { conflictMarker } from '../../text/conflict.ts';
import { LIMITS } from '../../text/limits.ts';
import { say } from '../../text/say.ts';
import type { SourceFile } from '../../text/source.ts';
import { holdsTag, isTag, Tags } from './templates.ts';

export interface Word {
  /** The value after quotes and escapes. */
  readonly text: string;
  readonly at: Span;
  /** Some of it is filled in by a template engine (`{{ }}`, `{% %}`, `<% %>`). */
  readonly template: boolean;
}

/** One directive with its arguments and, when it opens a block, what stands in it. */
export interface Directive {
  readonly name: string;
  readonly args: readonly Word[];
  /** From the name to the end of the last argument. */
  readonly at: Span;
  readonly block: readonly Directive[] | undefined;
  /** Set when this is no directive but a template's control tag (`{% if x %}`) that stands between directives. */
  readonly tag?: string;
}

export interface Comment {
  readonly text: string;
  readonly at: Span;
}

/** Where the file breaks nginx's grammar. */
export interface Fault {
  readonly at: Span;
  readonly what: Text;
}

export interface Parsed {
  readonly directives: readonly Directive[];
  readonly comments: readonly Comment[];
  readonly faults: readonly Fault[];
}

/**
 * Splits a file into directives, as nginx's own tokenizer does: quotes, `#` and `}` count only where a word begins, `{` ends a
 * bare word except in `${`. Template `tags` count only when they are asked for, since nginx knows none. After a fault that
 * cannot be repaired everything before it is still there.
 */
export function parse(source: SourceFile, range: Range = { tags: false }): Parsed {
  const reader = new Reader(source, range);
  const directives: Directive[] = [];
  try {
    reader.block(directives, 0);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    reader.faults.push(error.fault);
  }
  return { directives, comments: reader.comments, faults: reader.faults };
}

/** What of a source is one file, and whether template tags count in it. */
export interface Range {
  readonly tags: boolean;
  readonly start?: number;
  readonly end?: number;
}

/** Unwinds the blocks that are open at a fault. */
class Stop extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super('fault');
    this.fault = fault;
  }
}

type Ending = ';' | '{' | '}' | 'end' | 'tag';

class Reader {
  readonly comments: Comment[] = [];
  readonly faults: Fault[] = [];
  readonly #source: SourceFile;
  readonly #text: string;
  readonly #tags: Tags | undefined;
  #i = 0;

  constructor(source: SourceFile, { tags, start = 0, end }: Range) {
    this.#source = source;
    this.#text = end === undefined ? source.text : source.text.slice(0, end);
    this.#i = start;
    this.#tags = tags ? new Tags(source.text) : undefined;
    if (start === 0 && this.#text.charCodeAt(0) === 0xfeff) {
      this.#i = 1;
      this.faults.push({ at: source.span(0, 1), what: say`The file begins with a byte order mark.` });
    }
    const conflict = conflictMarker(source);
    if (conflict !== undefined)
      this.faults.push({ at: conflict, what: say`A merge left a conflict in the file here.` });
  }

  /** Reads directives up to the closing brace (or the end of the file at depth 0) into `into`. */
  block(into: Directive[], depth: number): void {
    if (depth > LIMITS.depth) throw this.#stop(this.#i, say`Blocks are nested more than ${LIMITS.depth} deep.`);
    for (;;) {
      const words: Word[] = [];
      const ending = this.#words(words);
      const [first, ...args] = words;
      if (first === undefined) {
        if (ending === '}' && depth > 0) return;
        if (ending !== 'end') throw this.#stop(this.#i - 1, say`Unexpected ${ending}.`);
        if (depth > 0) throw this.#stop(this.#text.length, say`The file ends before a block is closed with ${'}'}.`);
        return;
      }
      const last = args.at(-1) ?? first;
      const at = this.#source.span(first.at.start, last.at.end);
      if (ending === 'tag') {
        into.push({ name: '', args: [], at, block: undefined, tag: first.text });
        continue;
      }
      if (ending === '{') {
        const inner: Directive[] = [];
        into.push({ name: first.text, args, at, block: inner });
        if (first.text.endsWith('_by_lua_block')) this.#skipLua();
        else this.block(inner, depth + 1);
        continue;
      }
      into.push({ name: first.text, args, at, block: undefined });
      if (ending === ';') continue;
      // A forgotten semicolon at the end of a block is mended, so that the rest of the file is still read.
      const where = ending === '}' ? say`before ${'}'}` : say`at the end of the file`;
      this.faults.push({ at, what: say`Directive ${first.text} is not ended by ${';'} ${where}.` });
      if (ending === '}' && depth > 0) return;
      if (ending === '}') throw this.#stop(this.#i - 1, say`Unexpected ${ending}.`);
    }
  }

  #stop(offset: number, what: Text): Stop {
    return new Stop({ at: this.#source.span(offset, Math.min(offset + 1, this.#text.length)), what });
  }

  #words(words: Word[]): Ending {
    const text = this.#text;
    for (;;) {
      while (this.#i < text.length && isBlank(text[this.#i])) this.#i++;
      const c = text[this.#i];
      if (c === undefined) return 'end';
      const end = this.#tags?.end(this.#i, words.length === 0);
      if (words.length === 0 && end !== undefined && isTag(text, this.#i, end)) {
        words.push({ text: text.slice(this.#i, end), at: this.#source.span(this.#i, end), template: true });
        this.#i = end;
        return 'tag';
      }
      if (end === undefined && (c === ';' || c === '{' || c === '}')) {
        this.#i++;
        return c;
      }
      if (c === '#') this.#comment();
      else words.push(c === '"' || c === "'" ? this.#quoted(c) : this.#bare());
    }
  }

  #comment(): void {
    const start = this.#i;
    let end = this.#text.indexOf('\n', start);
    if (end < 0) end = this.#text.length;
    this.comments.push({ text: this.#text.slice(start + 1, end).trimEnd(), at: this.#source.span(start, end) });
    this.#checkLength(start, end);
    this.#i = end;
  }

  #quoted(quote: string): Word {
    const text = this.#text;
    const start = this.#i;
    let i = start + 1;
    while (i < text.length && text[i] !== quote) i += text[i] === '\\' ? 2 : 1;
    if (i >= text.length) throw this.#stop(start, say`A quote is opened and never closed.`);
    const next = text[i + 1];
    // A closing parenthesis begins the next word: if ($a = "b").
    if (next !== undefined && !isBlank(next) && next !== ';' && next !== '{' && next !== ')') {
      throw this.#stop(i + 1, say`Unexpected ${next} after a closing quote.`);
    }
    this.#i = i + 1;
    this.#checkLength(start + 1, i + 1);
    const value = unescaped(text.slice(start + 1, i));
    return { text: value, at: this.#source.span(start, i + 1), template: this.#tags !== undefined && holdsTag(value) };
  }

  #bare(): Word {
    const text = this.#text;
    const start = this.#i;
    let template = false;
    let i = start;
    for (let c = text[i]; c !== undefined; c = text[i]) {
      const end = this.#tags?.end(i, false);
      if (end !== undefined) {
        template = true;
        i = end;
      } else if (c === '\\') i += 2;
      else if (c === '$') for (i++; text[i] === '{';) i++;
      else if (isBlank(c) || c === ';' || c === '{') break;
      else i++;
    }
    this.#i = Math.min(i, text.length);
    this.#checkLength(start, isBlank(text[this.#i]) ? this.#i + 1 : this.#i);
    return { text: unescaped(text.slice(start, this.#i)), at: this.#source.span(start, this.#i), template };
  }

  /** nginx reads through a buffer of a fixed size, and a word or comment must fit into it. */
  #checkLength(start: number, end: number): void {
    if ((end - start) * 3 < WORD_BYTES || this.#tags !== undefined) return;
    if (utf8Length(this.#text.slice(start, end)) < WORD_BYTES) return;
    const at = this.#source.span(start, Math.min(start + 1, end));
    this.faults.push({ at, what: say`A word or comment is longer than ${WORD_BYTES - 1} bytes.` });
  }

  /** Lua inside `*_by_lua_block`: braces count only outside its strings, long brackets and comments. */
  #skipLua(): void {
    const text = this.#text;
    const start = this.#i;
    let depth = 1;
    while (this.#i < text.length) {
      const c = text[this.#i];
      const comment = c === '-' && text[this.#i + 1] === '-';
      if (comment) this.#i += 2;
      if (text[this.#i] === '[') {
        LONG_BRACKET.lastIndex = this.#i;
        const open = LONG_BRACKET.exec(text);
        if (open) {
          const close = text.indexOf(`]${open[1] ?? ''}]`, LONG_BRACKET.lastIndex);
          this.#i = close < 0 ? text.length : close + 2 + (open[1]?.length ?? 0);
          continue;
        }
      }
      if (comment) {
        const end = text.indexOf('\n', this.#i);
        this.#i = end < 0 ? text.length : end;
        continue;
      }
      this.#i++;
      if (c === '"' || c === "'") {
        while (this.#i < text.length && text[this.#i] !== c) this.#i += text[this.#i] === '\\' ? 2 : 1;
        this.#i++;
      } else if (c === '{') depth++;
      else if (c === '}' && --depth === 0) return;
    }
    throw this.#stop(start, say`The file ends inside a Lua block.`);
  }
}

/** The size of nginx's read buffer (`NGX_CONF_BUFFER`). */
const WORD_BYTES = 4096;

const ENCODER = new TextEncoder();

function utf8Length(text: string): number {
  return ENCODER.encode(text).length;
}

const LONG_BRACKET = /\[(=*)\[/y;

function isBlank(c: string | undefined): boolean {
  return c === ' ' || c === '\t' || c === '\r' || c === '\n';
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(["'\\trn])/g, (_, c: string) => ESCAPES.get(c) ?? c);
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['r', '\r'],
  ['n', '\n'],
]);
