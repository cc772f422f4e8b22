import type { Span } from '../../../model/span.ts';
import type { Text } from '../../../model/text.ts';
import { LIMITS } from '../../../text/limits.ts';
import { say } from '../../../text/say.ts';
import type { SourceFile } from '../../../text/source.ts';
import type { Comment, Fault } from './syntax.ts';

/** Thrown to leave a block that breaks the grammar; the fault is already recorded. */
export class Broken extends Error {}

const BLANK = /[ \t\r]+/y;
const BLANK_LINES = /[ \t\r\n]+/y;
const IDENTIFIER = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** A place in a text, and what was met on the way to it. Every step forwards is linear in what it steps over. */
export class Scanner {
  readonly source: SourceFile;
  readonly text: string;
  readonly comments: Comment[] = [];
  readonly faults: Fault[] = [];
  at = 0;
  #depth = 0;
  /** Inside parentheses and brackets the ends of lines mean nothing. */
  #joined = false;

  constructor(source: SourceFile) {
    this.source = source;
    this.text = source.text;
    if (this.text.startsWith('\uFEFF')) this.at = 1;
  }

  /** Steps over blanks and comments; over the ends of lines too where they mean nothing. */
  skip(joined = this.#joined): void {
    for (;;) {
      this.#match(joined ? BLANK_LINES : BLANK);
      const start = this.at;
      if (this.text[start] === '#' || this.text.startsWith('//', start)) {
        const end = this.text.indexOf('\n', start);
        // The end of the line stays: it may end an attribute.
        this.at = end < 0 ? this.text.length : end;
        this.#comment(start, this.text[start] === '#' ? 1 : 2, this.at);
      } else if (this.text.startsWith('/*', start)) {
        const end = this.text.indexOf('*/', start + 2);
        if (end < 0) this.fail(start, this.text.length, say`This comment never ends.`);
        this.at = end + 2;
        this.#comment(start, 2, end);
      } else return;
    }
  }

  /** Runs with or without the ends of lines meaning something. */
  joining<T>(joined: boolean, read: () => T): T {
    const before = this.#joined;
    this.#joined = joined;
    const result = read();
    this.#joined = before;
    return result;
  }

  /** Runs one level deeper. */
  deeper<T>(read: () => T): T {
    if (++this.#depth > LIMITS.depth)
      this.fail(this.at, this.at + 1, say`The file is nested deeper than ${LIMITS.depth} levels.`);
    const result = read();
    this.#depth--;
    return result;
  }

  /** Back to the top of the file, after a fault. */
  reset(): void {
    this.#depth = 0;
    this.#joined = false;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  get next(): string {
    return this.text[this.at] ?? '';
  }

  /** Whether the text goes on with this. */
  sees(word: string): boolean {
    return this.text.startsWith(word, this.at);
  }

  /** Steps over a mark if it is next, after blanks. */
  take(mark: string): boolean {
    this.skip();
    if (!this.sees(mark)) return false;
    this.at += mark.length;
    return true;
  }

  /** Steps over a mark, which has to be next. */
  expect(mark: string, where: Text): void {
    if (this.take(mark)) return;
    this.fail(this.at, this.at + 1, say`${mark} is missing ${where}.`);
  }

  identifier(): string | undefined {
    return this.#match(IDENTIFIER);
  }

  number(): number | undefined {
    const text = this.#match(NUMBER);
    return text === undefined ? undefined : Number(text);
  }

  /** The rest of the line without its end; steps over both. */
  line(): string {
    const end = this.text.indexOf('\n', this.at);
    const line = this.text.slice(this.at, end < 0 ? this.text.length : end);
    this.at = end < 0 ? this.text.length : end + 1;
    return line;
  }

  span(start: number, end = this.at): Span {
    return this.source.span(start, end);
  }

  fail(start: number, end: number, what: Text): never {
    const last = Math.max(0, this.text.trimEnd().length - 1);
    const from = Math.min(start, last);
    this.faults.push({ at: this.source.span(from, Math.max(from, Math.min(end, this.text.length))), what });
    throw new Broken();
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  #comment(start: number, mark: number, end: number): void {
    // One that was stepped over before.
    if (start <= (this.comments.at(-1)?.at.start ?? -1)) return;
    this.comments.push({ text: this.text.slice(start + mark, end), at: this.source.span(start, this.at) });
  }
}
