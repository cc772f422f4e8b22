import { say, words } from '../../../text/say.ts';
import type { Scanner } from './scanner.ts';
import type { Expression } from './syntax.ts';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
const PLAIN = /[^"\\$%\n]+/y;
const PLAIN_IN_HEREDOC = /[^$%]+/y;

type Parts = (string | Expression)[];

/** A quoted string; the scanner is at its first quote. `read` reads the expression of an interpolation. */
export function readString(scanner: Scanner, read: () => Expression): Expression {
  const start = scanner.at;
  scanner.at++;
  const parts: Parts = [];
  let opaque = false;
  while (!scanner.sees('"')) {
    if (scanner.done || scanner.next === '\n') scanner.fail(start, scanner.at, say`This string never ends.`);
    if (scanner.next === '\\') parts.push(escape(scanner));
    else opaque = piece(scanner, PLAIN, parts, read) || opaque;
  }
  scanner.at++;
  return made(scanner, start, parts, opaque);
}

/** `<<EOT` or `<<-EOT` up to the line of its mark; undefined where none begins. */
export function readHeredoc(scanner: Scanner, read: () => Expression): Expression | undefined {
  const [opening, dash, mark] = /^<<(-?)([\p{ID_Start}_][\p{ID_Continue}-]*)[ \t]*\r?(?=\n)/u.exec(
    scanner.text.slice(scanner.at, scanner.at + LONGEST_MARK),
  ) ?? [''];
  if (mark === undefined) return undefined;
  const start = scanner.at;
  const first = start + opening.length + 1;
  const end = endOf(scanner.text, first, mark);
  if (end === undefined) scanner.fail(start, start + opening.length, say`The text up to ${mark} never ends.`);
  scanner.at = first;
  const parts: Parts = [];
  let opaque = false;
  while (scanner.at < end.start) opaque = piece(scanner, PLAIN_IN_HEREDOC, parts, read, end.start) || opaque;
  // An interpolation that runs over the mark is not one text.
  if (scanner.at > end.start) scanner.fail(start, end.start, say`An interpolation goes on after ${mark}.`);
  scanner.at = end.after;
  const whole = made(scanner, start, parts, opaque);
  if (dash !== '-' || whole.kind !== 'literal') return whole;
  return { ...whole, value: unindented(String(whole.value)) };
}

const LONGEST_MARK = 200;

/** The line that is nothing but the mark: where it starts, and the end of its text. */
function endOf(text: string, from: number, mark: string): { start: number; after: number } | undefined {
  for (let start = from; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const stop = newline < 0 ? text.length : newline;
    const line = text.slice(start, stop);
    if (line.trim() === mark) return { start, after: start + line.trimEnd().length };
    start = stop + 1;
  }
  return undefined;
}

/** Reads plain text, an interpolation or a directive up to `limit`; true for a directive, which is not evaluated. */
function piece(scanner: Scanner, plain: RegExp, parts: Parts, read: () => Expression, limit = Infinity): boolean {
  const { text, at } = scanner;
  if (scanner.sees('$${') || scanner.sees('%%{')) {
    parts.push(`${scanner.next}{`);
    scanner.at += 3;
  } else if (scanner.sees('${')) {
    scanner.at += 2;
    if (scanner.next === '~') scanner.at++;
    parts.push(scanner.joining(true, read));
    scanner.take('~');
    scanner.expect('}', words('after an interpolation'));
  } else if (scanner.sees('%{')) {
    scanner.at += 2;
    directive(scanner, at);
    return true;
  } else {
    plain.lastIndex = at;
    const [found = text[at] ?? ''] = plain.exec(text) ?? [];
    const kept = found.slice(0, limit - at);
    parts.push(kept);
    scanner.at += kept.length;
  }
  return false;
}

/** `%{ if x == "}" }`: up to its brace, strings stepped over. */
function directive(scanner: Scanner, start: number): void {
  if (!/^~?\s*(?:if|else|endif|for|endfor)\b/.test(scanner.text.slice(scanner.at, scanner.at + LONGEST_MARK)))
    scanner.fail(start, start + 2, say`Unknown template directive.`);
  for (let open = 1; open > 0; scanner.at++) {
    if (scanner.done) scanner.fail(start, start + 2, say`This template directive never ends.`);
    if (scanner.next === '{') open++;
    else if (scanner.next === '}') open--;
    else if (scanner.next === '"') stepOverString(scanner, start);
  }
}

/** To the closing quote. */
function stepOverString(scanner: Scanner, start: number): void {
  for (scanner.at++; !scanner.sees('"'); scanner.at++) {
    if (scanner.done) scanner.fail(start, start + 2, say`A string in this template directive never ends.`);
    if (scanner.next === '\\') scanner.at++;
  }
}

function escape(scanner: Scanner): string {
  const start = scanner.at;
  const [whole, short, long] =
    /^\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(scanner.text.slice(start, start + 10)) ?? [];
  if (whole !== undefined) {
    scanner.at += whole.length;
    const code = Number.parseInt(short ?? long ?? '', 16);
    if (code > 0x10_ff_ff) scanner.fail(start, scanner.at, say`${whole} is not a character.`);
    return String.fromCodePoint(code);
  }
  const letter = scanner.text[start + 1] ?? '';
  const meant = ESCAPES[letter];
  if (meant === undefined) scanner.fail(start, start + 2, say`Invalid escape ${`\\${letter}`}.`);
  scanner.at += 2;
  return meant;
}

function made(scanner: Scanner, start: number, parts: readonly (string | Expression)[], opaque: boolean): Expression {
  const at = scanner.span(start);
  if (opaque) return { kind: 'opaque', at };
  const whole = joined(parts);
  const [only = ''] = whole;
  return whole.length <= 1 && typeof only === 'string'
    ? { kind: 'literal', at, value: only }
    : { kind: 'template', at, parts: whole };
}

/** Neighbouring texts as one. */
function joined(parts: readonly (string | Expression)[]): Parts {
  const whole: Parts = [];
  let texts: string[] = [];
  const flush = (): void => {
    if (texts.length > 0) whole.push(texts.join(''));
    texts = [];
  };
  for (const part of parts) {
    if (typeof part === 'string') texts.push(part);
    else {
      flush();
      whole.push(part);
    }
  }
  flush();
  return whole;
}

/** Without the blanks that every line begins with. */
function unindented(text: string): string {
  const lines = text.split('\n');
  const blanks = lines.filter((line) => line.trim() !== '').map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
  const least = blanks.reduce((min, n) => Math.min(min, n), Infinity);
  return lines.map((line) => line.slice(Math.min(least, line.length))).join('\n');
}
