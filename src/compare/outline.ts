import type { Config } from '../model/config.ts';
import { placeKey, type Source, type Span } from '../model/span.ts';
import type { Statement } from '../model/statement.ts';
import { appendTo } from '../text/append.ts';
import type { Compared } from './estate.ts';
import { matchBy, placesOf } from './match.ts';

/** A statement in its block. */
export interface Placed {
  readonly statement: Statement;
  readonly side: 'base' | 'head';
  /** The block that it is in; the same for one block in base and head, whatever it is called. */
  readonly scope: string;
  /** That block and those around it that are not the file, outermost first. */
  readonly scopes: readonly string[];
  /** Whether one of them is a pool, a route or an entry. */
  readonly owned: boolean;
  /** The scope of what is in it, when it opens a block. */
  readonly own: string | undefined;
  /** Equal in base and head for one statement: its scope and its words, with pools as head calls them. */
  readonly key: string;
}

/** The statements of two revisions, block by block. */
export class Outline {
  readonly base: readonly Placed[];
  readonly head: readonly Placed[];
  readonly unaccounted: readonly Config[];
  readonly #names: ReadonlyMap<string, string>;
  readonly #ids = { base: new Map<string, string>(), head: new Map<string, string>() };
  readonly #scopes = { base: new Set<string>(), head: new Set<string>() };
  /** In the order of the text. */
  readonly #sources = new Map<Source, Placed[]>();
  #words: Record<'base' | 'head', Map<string, Statement[]>> | undefined;

  constructor(base: readonly Config[], head: readonly Config[], { pools, routes, entries }: Compared) {
    const name = (id: number, was: Span | undefined, is: Span | undefined): void => {
      // A section that is a pool and an entry at once has the name of the first.
      if (was !== undefined && !this.#ids.base.has(placeKey(was))) this.#ids.base.set(placeKey(was), `#${id}`);
      if (is !== undefined && !this.#ids.head.has(placeKey(is))) this.#ids.head.set(placeKey(is), `#${id}`);
    };
    const renamed = new Map<string, string>();
    let id = 0;
    for (const { base: was, head: is } of pools) {
      name(++id, was?.pool.at, is?.pool.at);
      if (was && is && was.pool.name !== is.pool.name) renamed.set(was.pool.name, is.pool.name);
    }
    for (const { base: was, head: is } of entries) name(++id, was?.entry.at, is?.entry.at);
    for (const { base: was, head: is } of routes) name(++id, was?.at, is?.at);
    this.#names = renamed;
    const places = configPlaces(base, head, pools);
    const paired = matchBy(base, head, [(config) => places.get(config)]);
    const open = paired.filter(
      (pair) => !(pair.base ?? pair.head)?.statements || !(pair.head ?? pair.base)?.statements,
    );
    this.unaccounted = open.flatMap((pair) =>
      pair.base?.source.text === pair.head?.source.text
        ? []
        : [pair.head ?? pair.base].filter((one) => one !== undefined),
    );
    const skipped = new Set(open.flatMap((pair) => [pair.base, pair.head]));
    const all = (configs: readonly Config[], side: 'base' | 'head'): Placed[] =>
      configs.flatMap((config) =>
        skipped.has(config)
          ? []
          : (config.statements ?? []).map((statement) => this.#place(statement, places.get(config) ?? '', side)),
      );
    this.base = all(base, 'base');
    this.head = all(head, 'head');
    for (const statements of this.#sources.values())
      statements.sort((a, b) => a.statement.at.start - b.statement.at.start || opening(a) - opening(b));
  }

  /** Whether one side has a block. */
  has(side: 'base' | 'head', scope: string): boolean {
    return this.#scopes[side].has(scope);
  }

  /** The statement at a place of either revision. */
  at({ source, start }: Span): Placed | undefined {
    const statements = this.#sources.get(source) ?? [];
    let [low, high] = [0, statements.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((statements[middle]?.statement.at.start ?? 0) <= start) low = middle + 1;
      else high = middle;
    }
    const last = statements[low - 1];
    return last !== undefined && start <= last.statement.at.end ? last : undefined;
  }

  /** Other statements of the same revision that use the name that one defines. */
  users({ statement, side }: Placed): readonly Statement[] {
    this.#words ??= { base: wordsOf(this.base), head: wordsOf(this.head) };
    const word = statement.defines;
    if (word === undefined) return [];
    return (this.#words[side].get(word) ?? []).filter((other) => other !== statement && other.defines !== word);
  }

  #place(statement: Statement, config: string, side: 'base' | 'head'): Placed {
    const ids = this.#ids[side];
    const idOf = (label: string, at: Span): string => ids.get(placeKey(at)) ?? label;
    let scope = config;
    const scopes = statement.within.map(({ label, at }) => (scope = `${scope}\0${idOf(label, at)}`));
    const own = statement.opens === undefined ? undefined : `${scope}\0${idOf(statement.opens, statement.at)}`;
    if (own !== undefined) this.#scopes[side].add(own);
    for (const one of scopes) this.#scopes[side].add(one);
    const owned = statement.within.some(({ at }) => ids.has(placeKey(at)));
    const text = side === 'base' ? this.#renamed(statement.text) : statement.text;
    const placed: Placed = { statement, side, scope, scopes, owned, own, key: `${scope}\0${text}` };
    appendTo(this.#sources, statement.at.source, placed);
    return placed;
  }

  /** A statement of base with pools as head calls them. */
  #renamed(text: string): string {
    if (this.#names.size === 0) return text;
    const [first = '', ...words] = text.split(' ');
    return [
      first,
      ...words.map(
        (word) =>
          this.#names.get(word) ??
          word.replace(/^(\w+:\/\/)([^/:?$]+)/, (whole, scheme: string, name: string) => {
            const now = this.#names.get(name);
            return now === undefined ? whole : `${scheme}${now}`;
          }),
      ),
    ].join(' ');
  }
}

/** The heading of a block comes after a value at its very place: what is found there is the block. */
function opening({ own }: Placed): number {
  return own === undefined ? 0 : 1;
}

/** One name for a config of base and its counterpart in head; one file may be compared with one of another name. */
function configPlaces(
  base: readonly Config[],
  head: readonly Config[],
  pools: Compared['pools'],
): ReadonlyMap<Config, string> {
  const [only] = head;
  return only !== undefined && base.length === 1 && head.length === 1
    ? new Map([...base, only].map((config) => [config, only.path]))
    : placesOf(base, head, pools);
}

function wordsOf(statements: readonly Placed[]): Map<string, Statement[]> {
  const found = new Map<string, Statement[]>();
  for (const { statement } of statements)
    for (const word of new Set(statement.text.match(/\$?[\w.-]+/g) ?? [])) appendTo(found, word, statement);
  return found;
}
