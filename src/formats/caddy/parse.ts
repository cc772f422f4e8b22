import type { IgnoreComment, Problem } from '../../model/config.ts';
import type { Unknown } from '../../model/pool.ts';
import type { Span } from '../../model/span.ts';
import type { FileTree } from '../../model/tree.ts';
import { ignoresAmong } from '../../text/ignores.ts';
import { LIMITS } from '../../text/limits.ts';
import { say } from '../../text/say.ts';
import type { SourceFile } from '../../text/source.ts';
import type { ReadOptions } from '../reader.ts';
import type { Directive } from './directive.ts';
import { Imports } from './imports.ts';
import { closes, onNewLine, opens, type Token } from './lexer.ts';
import { refused } from './values.ts';

/** A site with its addresses, the global options (no key), or a named route `&(name)`. */
export interface Block {
  readonly keys: readonly Token[];
  readonly directives: readonly Directive[];
  readonly at: Span;
}

export interface Parsed {
  readonly blocks: readonly Block[];
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
  readonly unknowns: readonly Unknown[];
  readonly ignores: readonly IgnoreComment[];
  /** Imports that could not be read. */
  readonly unread: readonly Directive[];
}

/** Reads a Caddyfile with everything that it imports; what is after a fault that cannot be repaired is left out. */
export function parse(source: SourceFile, tree: FileTree, options: ReadOptions): Parsed {
  const imports = new Imports(source, tree, options);
  const parser = new Parser(imports);
  try {
    parser.file();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    imports.problems.push(refused(error.at, error.what, error.fix));
  }
  const { blocks } = parser;
  const places = blocks.flatMap(({ at, directives }) => [at, ...placesOf(directives)]);
  const { files, problems, unknowns, unread } = imports;
  const comments = imports.comments.filter(({ text }) => text.includes('evenkeel-ignore'));
  return { blocks, files, problems, unknowns, unread, ignores: ignoresOf(comments, places) };
}

/** Comments and places of several files are put together file by file. */
function ignoresOf(comments: Imports['comments'], places: readonly Span[]): readonly IgnoreComment[] {
  const sources = new Set(comments.map(({ at }) => at.source));
  return [...sources].flatMap((source) =>
    ignoresAmong(
      comments.filter(({ at }) => at.source === source),
      places.filter((at) => at.source === source),
    ),
  );
}

function placesOf(directives: readonly Directive[]): Span[] {
  return directives.flatMap(({ at, block = [] }) => [at, ...placesOf(block)]);
}

/** Unwinds the blocks that are open at a fault. */
class Stop extends Error {
  readonly at: Span;
  readonly what: ReturnType<typeof say>;
  readonly fix: ReturnType<typeof say>;
  constructor(at: Span, what: ReturnType<typeof say>, fix = say`Set one closing brace for every opening one.`) {
    super('fault');
    this.at = at;
    this.what = what;
    this.fix = fix;
  }
}

class Parser {
  readonly blocks: Block[] = [];
  readonly #words: Imports;

  constructor(words: Imports) {
    this.#words = words;
  }

  file(): void {
    while (this.#words.peek() !== undefined) this.#block();
  }

  #block(): void {
    const keys = this.#keys();
    const opening = this.#words.peek();
    const [first] = keys;
    const name = first === undefined || keys.length > 1 ? undefined : /^\((.*)\)$/s.exec(first.text)?.[1];
    if (opening === undefined || !opens(opening)) {
      // Without braces the rest of the file is one site.
      if (first === undefined || opening === undefined) return;
      if (name !== undefined)
        throw new Stop(opening.at, say`Unexpected ${opening.text}: a block with ${'{'} is expected here.`);
      const directives: Directive[] = [];
      this.blocks.push({ keys, directives, at: first.at });
      this.#directives(directives, 0);
      return;
    }
    if (name !== undefined && first !== undefined) {
      if (!this.#words.define(name)) throw new Stop(first.at, say`The snippet ${name} is defined twice.`, RENAME);
      return;
    }
    this.#words.next();
    if (first === undefined && this.blocks.length > 0) {
      const what = say`The block of global options is not the first one.`;
      throw new Stop(opening.at, what, say`Move it to the top of the file.`);
    }
    const directives: Directive[] = [];
    this.blocks.push({ keys, directives, at: spanOf(first ?? opening, keys) });
    this.#directives(directives, 1);
  }

  /** The addresses before a block: separated by blanks, or by commas also over lines. */
  #keys(): Token[] {
    const keys: Token[] = [];
    let more = false;
    for (let token = this.#words.peek(); token !== undefined; token = this.#words.peek()) {
      const first = keys.length === 0 && !more;
      if (token.text === 'import' && !token.quoted && (first || this.#words.startsLine(token))) {
        this.#words.import(0);
        continue;
      }
      if (!first && !more && this.#words.startsLine(token) && !opens(token)) break;
      if (opens(token)) {
        if (more) throw new Stop(token.at, say`An address is missing before ${'{'}.`, say`Remove the comma.`);
        break;
      }
      this.#checkKey(token);
      this.#words.next();
      more = token.text.endsWith(',');
      const text = more ? token.text.slice(0, -1) : token.text;
      if (text.includes(','))
        throw new Stop(token.at, say`The address ${text} has a comma.`, say`Add a blank after the comma.`);
      if (text !== '') keys.push({ ...token, text, at: more ? { ...token.at, end: token.at.end - 1 } : token.at });
    }
    const last = keys.at(-1);
    if (more && last !== undefined && this.#words.peek() === undefined)
      throw new Stop(last.at, say`The file ends after a comma.`, say`Remove the comma.`);
    return keys;
  }

  #checkKey({ text, at, quoted }: Token): void {
    if (text.startsWith('@'))
      throw new Stop(at, say`The matcher ${text} is outside any site.`, say`Move it into the block of a site.`);
    if (closes({ text, quoted } as Token)) throw new Stop(at, say`Unexpected ${text}.`);
    if (text.endsWith('{') && !quoted)
      throw new Stop(at, say`${text} ends with a brace.`, say`Add a blank before the brace.`);
  }

  /** Reads directives up to the closing brace, or to the end of the file at depth 0. */
  #directives(into: Directive[], depth: number): void {
    if (depth > LIMITS.depth) {
      const at = this.#words.peek()?.at ?? this.#words.end();
      throw new Stop(at, say`Blocks are nested more than ${LIMITS.depth} deep.`);
    }
    for (let token = this.#words.peek(); token !== undefined; token = this.#words.peek()) {
      if (token.text === 'import' && !token.quoted) {
        this.#words.import(depth);
        continue;
      }
      this.#words.next();
      if (closes(token)) {
        if (depth === 0) throw new Stop(token.at, say`Unexpected ${'}'}.`);
        return;
      }
      if (opens(token))
        throw new Stop(token.at, say`Unexpected ${'{'}.`, say`Move the brace to the end of the line before.`);
      this.#directive(token, into, depth);
    }
    // Caddy takes the brace that ends the last directive for that of the site as well.
    const isTaken = depth === 1 && this.#words.endsWithBrace();
    if (depth > 0 && !isTaken)
      throw new Stop(this.#words.end(), say`The file ends before a block is closed with ${'}'}.`);
  }

  #directive(name: Token, into: Directive[], depth: number): void {
    const args: Token[] = [];
    let last = name;
    for (let token = this.#words.peek(); token !== undefined; token = this.#words.peek()) {
      if (this.#words.startsLine(token)) break;
      if (closes(token)) throw new Stop(token.at, say`Unexpected ${'}'}.`, say`Move the brace to a line of its own.`);
      this.#words.next();
      if (opens(token)) {
        this.#checkLineEnd(token);
        const block: Directive[] = [];
        into.push({ name, args, block, at: spanOf(name, args) });
        this.#directives(block, depth + 1);
        return;
      }
      args.push(token);
      last = token;
    }
    const next = this.#words.peek();
    if (last.text === '{}' && !last.quoted && (next === undefined || this.#words.startsLine(next)) && last !== name)
      throw new Stop(last.at, say`Unexpected ${'{}'}.`, say`Remove the empty block.`);
    into.push({ name, args, at: spanOf(name, args) });
  }

  #checkLineEnd(opening: Token): void {
    const next = this.#words.peek();
    if (next !== undefined && !onNewLine(opening, next))
      throw new Stop(next.at, say`Unexpected ${next.text} after ${'{'}.`, say`Move it to the next line.`);
  }
}

const RENAME = say`Rename one of the two.`;

/** From a first word to the last of more, where they stand in one file and in this order. */
function spanOf(first: Token, more: readonly Token[]): Span {
  const last = more.findLast(({ moved, chain }) => moved === undefined && chain === first.chain);
  const onward = last !== undefined && last.at.source === first.at.source && last.at.end >= first.at.end;
  return onward && first.moved === undefined ? { ...first.at, end: last.at.end } : first.at;
}
