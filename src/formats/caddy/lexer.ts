import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { conflictMarker } from '../../text/conflict.ts';
import { say } from '../../text/say.ts';
import type { SourceFile } from '../../text/source.ts';
import { ExpandedText, type Environment } from './environment.ts';

/** A word of a Caddyfile. */
export interface Token {
  /** Without quotes and escapes, defaults of the environment filled in. */
  readonly text: string;
  readonly at: Span;
  /** The lines that it begins and ends on; lines that a backslash joins are one. */
  readonly line: number;
  readonly endLine: number;
  readonly quoted: boolean;
  readonly env: Environment;
  /** Names the import that brought it; 0 for the root file. */
  readonly chain: number;
  /** It is an argument of an import, and stands there. */
  readonly moved?: true;
}

/** Where a file breaks the grammar. */
export interface Fault {
  readonly at: Span;
  readonly what: Text;
}

export interface Comment {
  readonly text: string;
  readonly at: Span;
}

export interface Tokens {
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
  readonly faults: readonly Fault[];
}

/** Splits a file into words as Caddy's lexer does: quotes, backticks, heredocs, `#` only where a word begins. */
export function tokenize(source: SourceFile, chain: number): Tokens {
  const lexer = new Lexer(source, chain);
  const conflict = conflictMarker(source);
  if (conflict !== undefined) lexer.faults.push({ at: conflict, what: say`A merge left a conflict in the file here.` });
  lexer.read();
  return lexer;
}

/** Go's unicode.IsSpace. */
const BLANK = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const HEREDOC = /<<([^ \n]*)([ \n]?)/y;
const MARKER = /^[A-Za-z0-9_-]+$/;

class Lexer implements Tokens {
  readonly tokens: Token[] = [];
  readonly comments: Comment[] = [];
  readonly faults: Fault[] = [];
  readonly #source: SourceFile;
  readonly #expanded: ExpandedText;
  readonly #text: string;
  readonly #chain: number;
  #i = 0;
  #line = 1;
  /** Lines that are joined to the present one. */
  #joined = 0;

  constructor(source: SourceFile, chain: number) {
    this.#source = source;
    this.#expanded = new ExpandedText(source.text);
    this.#text = this.#expanded.text;
    this.#chain = chain;
    if (this.#text.charCodeAt(0) === 0xfeff) this.#i = 1;
  }

  read(): void {
    for (let escaped = this.#blanks(); this.#i < this.#text.length; escaped = this.#blanks()) {
      const c = this.#text[this.#i];
      if (escaped) this.#bare();
      else if (c === '#') this.#comment();
      else if (c === '"' || c === '`') this.#quoted(c);
      else if (!this.#heredoc()) this.#bare();
    }
  }

  /** Skips what separates words; whether a backslash is before what follows. */
  #blanks(): boolean {
    const text = this.#text;
    for (;;) {
      const c = text[this.#i];
      if (c === undefined) return false;
      if (c === '\\' && isBlankAt(text, this.#i + 1)) {
        this.#i++;
        if (text[this.#i] === '\r') this.#i++;
        if (text[this.#i] !== '\n') return true;
        this.#i++;
        this.#joined++;
      } else if (!isBlankAt(text, this.#i)) return false;
      else {
        if (c === '\n') this.#newLine();
        this.#i++;
      }
    }
  }

  #newLine(): void {
    this.#line += 1 + this.#joined;
    this.#joined = 0;
  }

  #comment(): void {
    const start = this.#i;
    const end = this.#text.indexOf('\n', start);
    this.#i = end < 0 ? this.#text.length : end;
    const text = this.#text.slice(start + 1, this.#i).trimEnd();
    this.comments.push({ text, at: this.#span(start, this.#i) });
  }

  #quoted(quote: string): void {
    const start = this.#i;
    const line = this.#line;
    let value = '';
    for (this.#i++; this.#i < this.#text.length && this.#text[this.#i] !== quote; this.#i++) {
      let c = this.#text[this.#i] ?? '';
      if (c === '\\' && quote === '"') {
        this.#i++;
        const next = this.#text[this.#i] ?? '';
        c = next === '"' ? next : `${c}${next}`;
      }
      if (c.endsWith('\n')) this.#newLine();
      value += c;
    }
    const closed = this.#i < this.#text.length;
    this.#i = Math.min(this.#i + 1, this.#text.length);
    this.#push(value, start, line, closed);
  }

  #bare(): void {
    const text = this.#text;
    const start = this.#i;
    let value = '';
    for (; this.#i < text.length; this.#i++) {
      const c = text[this.#i] ?? '';
      if (c === '\r') continue;
      if (isBlankAt(text, this.#i)) break;
      // A backslash at the end of a word joins the next line; one before anything else is a character, but for the first `<`.
      if (c === '\\' && isBlankAt(text, this.#i + 1)) break;
      if (c === '\\' && text[this.#i + 1] === '<' && value === '') continue;
      value += c;
    }
    this.#push(value, start, this.#line, false);
  }

  /** `<<MARK`, the lines up to MARK, without the indentation of MARK; false where `<<` does not open one. */
  #heredoc(): boolean {
    const text = this.#text;
    const start = this.#i;
    HEREDOC.lastIndex = start;
    const found = HEREDOC.exec(text);
    if (found === null || found[2] === ' ') return false;
    const opening = (found[1] ?? '').replaceAll('\r', '');
    const lineEnd = start + 2 + (found[1] ?? '').length;
    if (lineEnd >= text.length) {
      this.#i = text.length;
      this.#push(text.slice(start), start, this.#line, false);
      return true;
    }
    const place = this.#span(start, lineEnd);
    const broken = (what: Text): true => {
      this.faults.push({ at: place, what });
      this.#i = text.length;
      return true;
    };
    if (!MARKER.test(opening)) return broken(say`The heredoc has an invalid marker.`);
    const end = text.indexOf(opening, lineEnd + 1);
    if (end < 0) return broken(say`The heredoc is not closed with ${opening}.`);
    const lastLine = Math.max(lineEnd + 1, text.lastIndexOf('\n', end) + 1);
    const padding = text.slice(lastLine, end);
    const lines = text
      .slice(lineEnd + 1, lastLine)
      .replaceAll('\r', '')
      .split('\n')
      .slice(0, -1);
    if (lines.some((line) => line !== '' && !line.startsWith(padding)))
      return broken(say`A line of the heredoc is indented less than its closing marker.`);
    const line = this.#line;
    this.#joined += lines.length + 1;
    this.#line += this.#joined;
    this.#joined = 0;
    this.#i = end + opening.length;
    this.#push(lines.map((one) => one.slice(padding.length)).join('\n'), start, line, true);
    return true;
  }

  #push(text: string, start: number, line: number, quoted: boolean): void {
    // A CR before the end of a line is no part of the word.
    const isLineEnd = !quoted && this.#text[this.#i - 1] === '\r';
    const end = isLineEnd ? Math.max(start + 1, this.#i - 1) : this.#i;
    const { env } = this.#expanded.place(start, end);
    const at = this.#span(start, end);
    this.tokens.push({ text, at, line, endLine: this.#line, quoted, env, chain: this.#chain });
  }

  #span(from: number, to: number): Span {
    const { start, end } = this.#expanded.place(from, to);
    return this.#source.span(start, end);
  }
}

function isBlankAt(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset);
  return code === 32 || (code >= 9 && code <= 13) || (code >= 0x85 && BLANK.test(text[offset] ?? ''));
}

/** Whether a word begins on another line than the one before it ends on. */
export function onNewLine(before: Token, { at, chain, line }: Token): boolean {
  return before.at.source.path !== at.source.path || before.chain !== chain || before.endLine < line;
}

/** `{`, which opens a block. */
export function opens({ text, quoted }: Token): boolean {
  return text === '{' && !quoted;
}

/** `}`, which closes one. */
export function closes({ text, quoted }: Token): boolean {
  return text === '}' && !quoted;
}
