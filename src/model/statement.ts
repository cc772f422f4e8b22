import type { ChangeKind } from './diff.ts';
import type { Span } from './span.ts';

/** What a changed statement shows up as in a comparison, once the reader has read it into the model. */
export type Topic =
  | 'servers'
  | 'check'
  | 'algorithm'
  | 'stickiness'
  | 'limits'
  | 'timeouts'
  | 'retries'
  | 'requests'
  | 'entry'
  | 'listen'
  | 'hosts'
  | 'options';

/** The topic of each kind of change. */
export const TOPICS: Readonly<Record<ChangeKind, Topic>> = {
  'server-added': 'servers',
  'server-removed': 'servers',
  'server-renamed': 'servers',
  'address-changed': 'servers',
  'weight-changed': 'servers',
  'state-changed': 'servers',
  'tier-changed': 'servers',
  'count-changed': 'servers',
  'slow-start-changed': 'servers',
  'order-changed': 'requests',
  'check-lost': 'check',
  'check-added': 'check',
  'check-changed': 'check',
  'passive-check-changed': 'check',
  'algorithm-changed': 'algorithm',
  'stickiness-changed': 'stickiness',
  'limit-changed': 'limits',
  'timeout-changed': 'timeouts',
  'retries-changed': 'retries',
  'route-changed': 'requests',
  'entry-added': 'requests',
  'entry-removed': 'requests',
  'answer-changed': 'requests',
  'entry-setting-changed': 'entry',
  'listen-changed': 'listen',
  'hosts-changed': 'hosts',
  'option-changed': 'options',
};

/** One row of a product's table of statements: what the reader makes of the statements that begin with these words. */
export interface StatementRow {
  /** `read`: into the model. `harmless`: it changes nothing about who gets a request and what answers it. */
  readonly kind: 'read' | 'harmless';
  /** What they are about: `logging`. */
  readonly what: string;
  /** The section of the product's manual. */
  readonly manual: string;
  /** Beginnings of statements; one that ends with `*` stands for all that begin like it. */
  readonly words: readonly string[];
  /** What a difference shows up as; for statements that are read. */
  readonly shows?: readonly Topic[];
  /** Every word of the statement is in the model: without a change of the model it has no effect. */
  readonly whole?: true;
}

/** A section or block around a statement, by its heading. */
export interface Block {
  /** `backend be_app`, `location /api`. */
  readonly label: string;
  readonly at: Span;
}

/** One statement of a config as it is loaded, and what the reader makes of it. */
export interface Statement {
  /** Its words with one space between them. */
  readonly text: string;
  readonly at: Span;
  /** What it stands in, outermost first. */
  readonly within: readonly Block[];
  /**
   * `unjudged`: in the product's manual, neither read nor harmless. `unreadable`: something outside the file decides what it is,
   * or no table knows it.
   */
  readonly kind: StatementRow['kind'] | 'unjudged' | 'unreadable';
  /** Nobody knows what it is about, so that no change can explain it. */
  readonly opaque?: true;
  /** The row of the product's table that knows it. */
  readonly row?: StatementRow;
  /** A second one of the same text counts too. */
  readonly counts?: true;
  /** Statements of one block with the same word here are asked in their order. */
  readonly ordered?: string;
  /** The name that other statements use it by: a condition, a variable, a zone. */
  readonly defines?: string;
  /** A variable of each request is part of it, so that not all of it is in the model. */
  readonly computed?: true;
  /** The label of the block that it opens. */
  readonly opens?: string;
}

/** Looks statements up in a product's rows: the longest beginning of whole words decides. */
export class StatementTable {
  readonly rows: readonly StatementRow[];
  readonly #byWords = new Map<string, StatementRow>();
  readonly #prefixes: (readonly [string, StatementRow])[] = [];

  constructor(rows: readonly StatementRow[]) {
    this.rows = rows;
    for (const row of rows) {
      for (const words of row.words) {
        if (words.endsWith('*')) this.#prefixes.push([words.slice(0, -1), row]);
        else this.#byWords.set(words, row);
      }
    }
    this.#prefixes.sort(([a], [b]) => b.length - a.length);
  }

  /** The row of a statement, by its first words; undefined when no row knows it. */
  row(words: readonly string[]): StatementRow | undefined {
    for (let length = Math.min(MOST_WORDS, words.length); length > 0; length--) {
      const row = this.#byWords.get(words.slice(0, length).join(' '));
      if (row !== undefined) return row;
    }
    const text = words.slice(0, MOST_WORDS).join(' ');
    return this.#prefixes.find(([prefix]) => text.startsWith(prefix))?.[1];
  }
}

/** So many words of a statement say what it is. */
const MOST_WORDS = 4;
