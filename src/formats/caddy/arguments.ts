import { closes, onNewLine, opens, type Token } from './lexer.ts';
import { atoi } from './values.ts';

const ONE = /\{args(?:\[([^\]:]{1,9})\]|\.(\d{1,9}))\}/g;
const RANGE = /^\{args\[([^\]:]*):([^\]]*)\]\}$/;

/** What an import gives to the words that it brings: `{args[0]}`, `{args[1:]}`, `{block}`, `{blocks.name}`. */
export class Arguments {
  readonly #args: readonly Token[];
  readonly #block: readonly Token[];
  readonly #named: ReadonlyMap<string, readonly Token[]>;

  constructor(args: readonly Token[], block: readonly Token[]) {
    this.#args = args;
    this.#block = block;
    this.#named = namedBlocks(block);
  }

  /** A copy of words with their arguments filled in; snippets that imported files define between sites keep theirs. */
  fill(tokens: readonly Token[], chain: number, betweenSites: boolean): readonly Token[] {
    let depth = 0;
    let snippet = false;
    return tokens.flatMap((token, i) => {
      if (opens(token)) {
        const name = tokens[i - 1];
        if (depth++ === 0 && betweenSites)
          snippet = name !== undefined && /^\(.+\)$/s.test(name.text) && isAlone(tokens, i);
      } else if (closes(token) && --depth === 0 && snippet) {
        snippet = false;
        return [{ ...token, chain }];
      }
      return snippet ? [{ ...token, chain }] : this.#filled(token, chain);
    });
  }

  #filled(token: Token, chain: number): readonly Token[] {
    const { text } = token;
    if (!text.includes('{')) return [{ ...token, chain }];
    if (text === '{block}') return this.#block;
    const name = /^\{blocks\.(.*)\}$/s.exec(text)?.[1];
    if (name !== undefined) return this.#named.get(name) ?? [];
    const range = RANGE.exec(text);
    if (range !== null) {
      const start = range[1] === '' ? 0 : atoi(range[1] ?? '');
      const end = range[2] === '' ? this.#args.length : atoi(range[2] ?? '');
      const isValid =
        start !== undefined && end !== undefined && start >= 0 && start <= end && end <= this.#args.length;
      if (isValid) return this.#args.slice(start, end).map((arg) => moved(arg, token, chain));
    }
    return [this.#replaced(token, chain)];
  }

  #replaced(token: Token, chain: number): Token {
    const used: Token[] = [];
    const text = token.text.replaceAll(ONE, (whole, index: string | undefined, old: string | undefined) => {
      const arg = this.#args[atoi(index ?? old ?? '') ?? -1];
      if (arg === undefined) return whole;
      used.push(arg);
      return arg.text;
    });
    const [first] = used;
    if (first === undefined) return { ...token, chain };
    if (used.length === 1 && text === first.text) return moved(first, token, chain);
    const env = [token, ...used].find((one) => one.env !== 'none')?.env ?? 'none';
    return { ...token, text, env, chain };
  }
}

/** An argument in the place of a word; it stands where the import has it. */
function moved({ text, at, env }: Token, { line, endLine, quoted }: Token, chain: number): Token {
  return { text, at, env, line, endLine, quoted, chain, moved: true };
}

/** Whether the word before a brace is alone on its line. */
function isAlone(tokens: readonly Token[], brace: number): boolean {
  const [before, name] = [tokens[brace - 2], tokens[brace - 1]];
  return name !== undefined && (before === undefined || onNewLine(before, name));
}

/** The blocks in the block of an import, by their names. */
function namedBlocks(block: readonly Token[]): ReadonlyMap<string, readonly Token[]> {
  const found = new Map<string, readonly Token[]>();
  let name: string | undefined;
  let content: Token[] = [];
  let depth = 0;
  block.forEach((token, i) => {
    const before = block[i - 1];
    if (depth === 0 && !opens(token) && (before === undefined || onNewLine(before, token))) {
      name = token.text;
      content = [];
      found.set(name, content);
    } else if (opens(token) && depth++ === 0) return;
    else if (closes(token) && --depth === 0) return;
    else content.push(token);
  });
  return found;
}
