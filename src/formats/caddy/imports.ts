import { append } from '../../text/append.ts';
import type { Problem } from '../../model/config.ts';
import type { Unknown } from '../../model/pool.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import type { FileTree } from '../../model/tree.ts';
import { LIMITS } from '../../text/limits.ts';
import { say, words } from '../../text/say.ts';
import { SourceFile } from '../../text/source.ts';
import { includedText, notRead, rootMapLine, UNREADABLE } from '../included.ts';
import type { ReadOptions } from '../reader.ts';
import { Arguments } from './arguments.ts';
import { closes, onNewLine, opens, tokenize, type Comment, type Token } from './lexer.ts';
import { findFiles } from './locate.ts';
import type { Directive } from './directive.ts';
import { refused } from './values.ts';

/** Words that are read next, and what brought them. */
interface Frame {
  /** The imports that lead here, the file or snippet itself last. */
  readonly path: readonly string[];
  readonly tokens: readonly Token[];
  next: number;
}

/** The words of a file with those of its imports in their place. */
export class Imports {
  readonly files: string[];
  readonly problems: Problem[] = [];
  readonly unknowns: Unknown[] = [];
  readonly comments: Comment[] = [];
  readonly unread: Directive[] = [];
  readonly #tree: FileTree;
  readonly #options: ReadOptions;
  readonly #source: SourceFile;
  readonly #snippets = new Map<string, readonly Token[]>();
  readonly #read = new Map<string, readonly Token[]>();
  readonly #frames: Frame[];
  #last: Token | undefined;
  #chains = 0;
  #imported = 0;

  constructor(source: SourceFile, tree: FileTree, options: ReadOptions) {
    this.files = [source.path];
    this.#source = source;
    this.#tree = tree;
    this.#options = options;
    this.#frames = [{ path: [source.path], tokens: this.#tokens(source), next: 0 }];
  }

  /** The next word; undefined at the end. */
  peek(): Token | undefined {
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      const token = frame.tokens[frame.next];
      if (token !== undefined) return token;
      this.#frames.pop();
    }
    return undefined;
  }

  next(): Token | undefined {
    const token = this.peek();
    const frame = this.#frames.at(-1);
    if (token !== undefined && frame !== undefined) {
      frame.next++;
      this.#last = token;
    }
    return token;
  }

  /** Whether a word that comes next begins a line. */
  startsLine(token: Token): boolean {
    return this.#last === undefined || onNewLine(this.#last, token);
  }

  /** Whether the last word is a closing brace. */
  endsWithBrace(): boolean {
    return this.#last !== undefined && closes(this.#last);
  }

  /** The end of the root file. */
  end(): Span {
    const { length } = this.#source.text;
    return this.#source.span(length, length);
  }

  /** Keeps the block that comes next as a snippet; false where its name is taken. */
  define(name: string): boolean {
    const tokens = this.#block();
    if (this.#snippets.has(name)) return false;
    this.#snippets.set(name, tokens);
    return true;
  }

  /** Puts what an `import` names in its place; `depth` 0 = between sites. */
  import(depth: number): void {
    const before = this.#last;
    const names = this.#frames.at(-1)?.path ?? [];
    const keyword = this.next();
    if (keyword === undefined) return;
    const words: Token[] = [];
    for (let token = this.peek(); token !== undefined; token = this.peek()) {
      if (this.startsLine(token) || opens(token) || closes(token)) break;
      words.push(token);
      this.next();
    }
    const opening = this.peek();
    const block = opening !== undefined && opens(opening) && !this.startsLine(opening) ? this.#block() : [];
    this.#last = before;
    const [target, ...args] = words;
    const end = words.findLast(({ moved, at }) => moved === undefined && at.source === keyword.at.source);
    const at = { ...keyword.at, end: Math.max(keyword.at.end, end?.at.end ?? 0) };
    const directive: Directive = { name: keyword, args: words, at };
    if (target === undefined || target.text === '') {
      const what = say`${'import'} names no snippet and no file.`;
      this.problems.push(refused(at, what, say`Add the name of a snippet or file.`));
      return;
    }
    for (const { name, tokens } of this.#find(target, directive).toReversed()) {
      if (names.includes(name))
        this.problems.push(refused(target.at, say`${target.text} imports itself.`, say`Remove one of the imports.`));
      else if (names.length > LIMITS.depth || ++this.#chains > LIMITS.includes)
        this.#refuse(directive, target, say`there are more than ${LIMITS.includes} imports`);
      else
        this.#push(
          [...names, name],
          new Arguments(args, block).fill(tokens, this.#chains, depth === 0),
          directive,
          target,
        );
    }
  }

  #push(path: readonly string[], tokens: readonly Token[], directive: Directive, target: Token): void {
    this.#imported += tokens.length;
    if (this.#imported > LIMITS.visitedNodes)
      this.#refuse(directive, target, say`the imported files are too long in all`);
    else this.#frames.push({ path, tokens, next: 0 });
  }

  #find(target: Token, directive: Directive): { readonly name: string; readonly tokens: readonly Token[] }[] {
    const { text, at, env } = target;
    const snippet = this.#snippets.get(text);
    if (snippet !== undefined) return [{ name: `(${text})`, tokens: snippet }];
    if (env === 'open' || /\{(?:args|env|vars)\b/.test(text))
      return this.#refuse(directive, target, say`its name is not in the file`);
    const { paths, outside } = findFiles(text, at.source.path, this.#tree, this.#options.rootMap);
    const found = paths.flatMap((path) => {
      const tokens = this.#file(path, directive, target);
      return tokens === undefined ? [] : [{ name: path, tokens }];
    });
    const many = /[*?[\]]/.test(text);
    if (paths.length === 0 && (outside || !many))
      this.#refuse(
        directive,
        target,
        outside ? say`it is outside of this repository` : say`there is no such snippet or file`,
      );
    return found;
  }

  #file(path: string, directive: Directive, target: Token): readonly Token[] | undefined {
    const known = this.#read.get(path);
    if (known !== undefined) return known;
    const text = includedText(this.#tree, path) ?? undefined;
    if (text === undefined) {
      this.#refuse(directive, target, UNREADABLE);
      return undefined;
    }
    this.files.push(path);
    return this.#tokens(new SourceFile(path, text));
  }

  #tokens(source: SourceFile): readonly Token[] {
    const { tokens, comments, faults } = tokenize(source, 0);
    this.#read.set(source.path, tokens);
    append(this.comments, comments);
    append(
      this.problems,
      faults.map(({ at, what }) => refused(at, what, say`Set the closing marker at the beginning of its own line.`)),
    );
    return tokens;
  }

  /** The words of a block that comes next, without its own braces. */
  #block(): readonly Token[] {
    const tokens: Token[] = [];
    let depth = 0;
    for (let token = this.next(); token !== undefined; token = this.next()) {
      if (opens(token) && depth++ === 0) continue;
      if (closes(token) && --depth === 0) break;
      tokens.push(token);
    }
    if (depth > 0) {
      const at = tokens.at(-1)?.at ?? this.end();
      const fix = say`Set one closing brace for every opening one.`;
      this.problems.push(refused(at, say`The file ends before a block is closed with ${'}'}.`, fix));
    }
    return tokens;
  }

  #refuse(directive: Directive, { text, at }: Token, reason: Text): [] {
    this.unread.push(directive);
    const fix = text.startsWith('/')
      ? say`Set ${rootMapLine(text)} in the checklist file.`
      : say`Add the file to this repository, or the snippet ${`(${text})`} to this file.`;
    const { unknown, problem } = notRead({
      at,
      path: text,
      how: words('imported'),
      reason,
      missing: words('Sites and settings'),
      fix,
    });
    this.unknowns.push(unknown);
    this.problems.push(problem);
    return [];
  }
}
