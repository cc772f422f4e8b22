import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { LIMITS } from '../../text/limits.ts';
import { say } from '../../text/say.ts';
import type { SourceFile } from '../../text/source.ts';

export interface Word {
  /** Without quotes. */
  readonly text: string;
  readonly at: Span;
}

/** `weight 3`, or `real_server 192.0.2.1 80 { … }` with its statements. */
export interface Statement {
  readonly words: readonly [Word, ...Word[]];
  readonly at: Span;
  /** Undefined = no braces. */
  block?: Statement[];
}

/** A place that breaks the grammar. */
export interface Fault {
  readonly at: Span;
  readonly what: Text;
}

export interface Parsed {
  readonly statements: readonly Statement[];
  /** Their text without the `#` or `!`. */
  readonly comments: readonly Word[];
  readonly faults: readonly Fault[];
}

/** A line that ends with a backslash goes on; quotes, and `${NAME}`, are parts of words. */
const TOKEN =
  /\\\r?\n|[\r\n]|[#!][^\r\n]*|[{}]|"(?:[^"\\\r\n]|\\.)*"|'[^'\r\n]*'|(?:\$\{\w+\}|\\(?!\r?\n)|[^\s{}"'#!\\])+|["']/g;

/** Splits a file into statements, one a line; a brace may open on the next line. After a fault the rest is still read. */
export function parse(source: SourceFile): Parsed {
  const top: Statement[] = [];
  const comments: Word[] = [];
  const faults: Fault[] = [];
  const open: Statement[][] = [top];
  let words: Word[] = [];
  const inner = (): Statement[] => open.at(-1) ?? top;
  const take = (): void => {
    const [first, ...rest] = words;
    words = [];
    if (first === undefined) return;
    const at = source.span(first.at.start, (rest.at(-1) ?? first).at.end);
    inner().push({ words: [first, ...rest], at });
  };
  for (const { 0: text, index } of source.text.matchAll(TOKEN)) {
    const at = source.span(index, index + text.length);
    if (text.startsWith('\\\n') || text.startsWith('\\\r')) continue;
    if (text === '\n' || text === '\r') take();
    else if (/^[#!]/.test(text)) comments.push({ text: text.slice(1), at });
    else if (text === '{') {
      take();
      const owner = inner().at(-1);
      const block: Statement[] = [];
      if (owner !== undefined && owner.block === undefined && open.length <= LIMITS.depth) owner.block = block;
      else faults.push({ at, what: say`Unexpected ${text}.` });
      open.push(block);
    } else if (text === '}') {
      take();
      if (open.length > 1) open.pop();
      else faults.push({ at, what: say`Unexpected ${text}.` });
    } else words.push({ text: /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text, at });
  }
  take();
  const end = source.text.length;
  if (open.length > 1)
    faults.push({ at: source.span(end, end), what: say`The file ends before a block is closed with ${'}'}.` });
  return { statements: top, comments, faults };
}

/** The statements of a block by keyword: keepalived lets a later line win. */
export function byKeyword(block: readonly Statement[]): ReadonlyMap<string, Statement> {
  return new Map(block.map((statement) => [statement.words[0].text, statement]));
}
