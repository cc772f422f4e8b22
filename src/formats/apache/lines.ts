import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { conflictMarker } from '../../text/conflict.ts';
import { LIMITS } from '../../text/limits.ts';
import { say } from '../../text/say.ts';
import type { SourceFile } from '../../text/source.ts';

export interface Word {
  /** Without quotes, variables filled in. */
  readonly text: string;
  readonly at: Span;
  /** A variable that no file defines is part of it. */
  readonly isOpen?: true;
}

/** A directive, or a section with what is in it. */
export interface Directive {
  readonly name: string;
  readonly args: readonly Word[];
  /** From the name to the last argument; of a section its opening line. */
  readonly at: Span;
  readonly block?: readonly Directive[];
}

export interface Fault {
  readonly at: Span;
  readonly what: Text;
  readonly fix: Text;
}

export interface Parsed {
  readonly directives: readonly Directive[];
  readonly comments: readonly { readonly text: string; readonly at: Span }[];
  readonly faults: readonly Fault[];
}

/** Splits a file as Apache does: one directive a line, a backslash at its end joins the next one, `#` only where a line begins. */
export function parse(source: SourceFile): Parsed {
  const parser = new Parser(source);
  parser.read();
  return parser;
}

interface Open {
  readonly name: string;
  readonly at: Span;
  readonly block: Directive[];
}

class Parser implements Parsed {
  readonly directives: Directive[] = [];
  readonly comments: { readonly text: string; readonly at: Span }[] = [];
  readonly faults: Fault[] = [];
  readonly #source: SourceFile;
  readonly #open: Open[] = [];

  constructor(source: SourceFile) {
    this.#source = source;
    const conflict = conflictMarker(source);
    if (conflict !== undefined)
      this.#fault(conflict, say`A merge left a conflict in the file here.`, say`Remove the markers of the merge.`);
  }

  read(): void {
    const { text } = this.#source;
    let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    while (at < text.length) {
      const end = lineEnd(text, at);
      this.#line(at, end);
      at = end + 1;
    }
    for (const { name, at: place } of this.#open)
      this.#fault(place, say`The section ${name} is not closed.`, say`Add ${`</${name}>`}.`);
  }

  #line(from: number, to: number): void {
    const { text } = this.#source;
    let start = from;
    while (start < to && /\s/.test(text[start] ?? '')) start++;
    if (start >= to) return;
    if (text[start] === '#') {
      this.comments.push({ text: text.slice(start + 1, to).trimEnd(), at: this.#source.span(start, to) });
      return;
    }
    if (text[start] !== '<') {
      const [first, ...args] = this.#words(start, to);
      if (first !== undefined) this.#add({ name: first.text, args, at: this.#spanOf(first, args) });
      return;
    }
    let end = to;
    while (end > start && /\s/.test(text[end - 1] ?? '')) end--;
    if (text[end - 1] !== '>') {
      const place = this.#source.span(start, end);
      this.#fault(
        place,
        say`${text.slice(start, Math.min(end, start + 40))} is not closed.`,
        say`Add ${'>'} at its end.`,
      );
      return;
    }
    if (text[start + 1] === '/') this.#close(text.slice(start + 2, end - 1).trim(), start, end);
    else this.#section(start, end);
  }

  #section(start: number, end: number): void {
    const [first, ...args] = this.#words(start + 1, end - 1);
    if (first === undefined) return;
    const at = this.#source.span(start, end);
    const block: Directive[] = [];
    this.#add({ name: first.text, args, at, block });
    if (this.#open.length < LIMITS.depth) this.#open.push({ name: first.text, at, block });
    else this.#fault(at, say`Sections are nested more than ${LIMITS.depth} deep.`, say`Remove some of them.`);
  }

  #close(name: string, start: number, end: number): void {
    const open = this.#open.at(-1);
    if (open?.name.toLowerCase() === name.toLowerCase()) {
      this.#open.pop();
      return;
    }
    const at = this.#source.span(start, end);
    if (open === undefined) this.#fault(at, say`${`</${name}>`} closes nothing.`, say`Remove it.`);
    else this.#fault(at, say`${`</${name}>`} is expected to be ${`</${open.name}>`}.`, say`Set ${`</${open.name}>`}.`);
    // The section of that name ends, with those in it.
    const index = this.#open.findLastIndex((one) => one.name.toLowerCase() === name.toLowerCase());
    if (index >= 0) this.#open.length = index;
  }

  #add(directive: Directive): void {
    (this.#open.at(-1)?.block ?? this.directives).push(directive);
  }

  #words(from: number, to: number): Word[] {
    const { text } = this.#source;
    const words: Word[] = [];
    for (let i = from; i < to;) {
      const step = blankAt(text, i);
      if (step > 0) {
        i += step;
        continue;
      }
      const start = i;
      const quote = text[i] === '"' || text[i] === "'" ? text[i] : undefined;
      let value = '';
      if (quote !== undefined) i++;
      for (; i < to; i++) {
        const c = text[i] ?? '';
        if (c === '\\' && (text[i + 1] === '\n' || text.startsWith('\r\n', i + 1))) {
          i += text[i + 1] === '\r' ? 2 : 1;
          continue;
        }
        if (quote !== undefined && c === '\\' && (text[i + 1] === quote || text[i + 1] === '\\')) {
          value += text[++i] ?? '';
          continue;
        }
        if (quote === undefined ? blankAt(text, i) > 0 : c === quote) break;
        value += c;
      }
      if (quote !== undefined) i++;
      words.push({ text: value, at: this.#source.span(start, Math.min(i, to)) });
    }
    return words;
  }

  #spanOf(first: Word, args: readonly Word[]): Span {
    return this.#source.span(first.at.start, (args.at(-1) ?? first).at.end);
  }

  #fault(at: Span, what: Text, fix: Text): void {
    this.faults.push({ at, what, fix });
  }
}

/** The end of a line with those that backslashes join to it. */
function lineEnd(text: string, from: number): number {
  for (let end = text.indexOf('\n', from); end >= 0; end = text.indexOf('\n', end + 1)) {
    const before = text[end - 1] === '\r' ? end - 2 : end - 1;
    if (text[before] !== '\\' || before < from) return end;
  }
  return text.length;
}

/** How many characters at a place separate words: a blank, or the joint of two lines. */
function blankAt(text: string, i: number): number {
  const code = text.charCodeAt(i);
  if (code === 32 || (code >= 9 && code <= 13)) return 1;
  if (code !== 92) return 0;
  return text[i + 1] === '\n' ? 2 : text.startsWith('\r\n', i + 1) ? 3 : 0;
}
