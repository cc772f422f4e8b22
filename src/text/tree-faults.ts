import type { Span } from '../model/span.ts';
import type { Text } from '../model/text.ts';
import { LIMITS } from './limits.ts';
import type { PNode } from './positioned.ts';
import { say, words } from './say.ts';
import type { SourceFile } from './source.ts';

/** Something in a YAML, JSON or TOML text that keeps it, or a part of it, from being read. */
export interface TreeFault {
  readonly kind: 'syntax' | 'duplicate-key' | 'limit';
  readonly at: Span;
  readonly what: Text;
  readonly fix: Text;
  /** A second place that belongs to it: the first of two equal keys. */
  readonly other?: Span;
}

export interface TreeRead {
  /** The documents that could be read, in order. One with a syntax fault or beyond a limit is not among them. */
  readonly documents: readonly PNode[];
  readonly faults: readonly TreeFault[];
}

/** Faults that are kept of one file: enough to repair it, too few to flood a report. */
export const MAX_FAULTS = 20;

/** Thrown inside a reader to leave a document; the fault is already recorded. */
export class Stop extends Error {}

/** What a reader of trees has found and may still spend in one file. */
export class Ledger {
  readonly faults: TreeFault[] = [];
  readonly #source: SourceFile;
  readonly #shorten: Text;
  #budget: number = LIMITS.visitedNodes;

  /** `shorten` says how a file of this language is brought below a limit. */
  constructor(source: SourceFile, shorten: Text) {
    this.#source = source;
    this.#shorten = shorten;
  }

  get full(): boolean {
    return this.faults.length >= MAX_FAULTS;
  }

  /** Throws Stop when the file has been read into more nodes than the limit. */
  spend(nodes: number, at: Span): void {
    this.#budget -= nodes;
    if (this.#budget < 0) this.tooMany(at);
  }

  /** Throws Stop when no further fault is kept. */
  duplicate(key: string, at: Span, other: Span): void {
    if (this.full) throw new Stop();
    const line = this.#source.position(other.start).line;
    this.faults.push({
      kind: 'duplicate-key',
      at,
      other,
      what: say`The key ${key} is given twice, first on line ${line}`,
      fix: words('Remove one of the two: readers differ on which one counts.'),
    });
  }

  tooMany(at: Span): never {
    return this.beyond(at, say`The file stands for more than ${LIMITS.visitedNodes} values`);
  }

  tooDeep(at: Span): never {
    return this.beyond(at, say`The file is nested deeper than ${LIMITS.depth} levels`);
  }

  beyond(at: Span, what: Text): never {
    return this.refuse({ kind: 'limit', at, what, fix: this.#shorten });
  }

  /** Records what ends the document. */
  refuse(fault: TreeFault): never {
    this.faults.push(fault);
    throw new Stop();
  }
}

/** What is missing at the end of a file is shown at its last visible character, not on a line that does not exist. */
export function visible(source: SourceFile, start: number, end: number): Span {
  const last = Math.max(0, source.text.trimEnd().length - 1);
  return start <= last ? source.span(start, end) : source.span(last, last + 1);
}

/** Whether a value is computed by a template before or after the file is read: `{{ x }}`, `${X}`, `<%= x %>`. */
export function isTemplate(value: string): boolean {
  return value.includes('{{') || value.includes('${') || value.includes('<%');
}

const RENDER = words('The file looks like a template: render it first and name the rendered file.');

/** How a syntax error is repaired: a file that is a template is no such file yet. */
export function syntaxFix(text: string, fix: string): Text {
  return /\{\{|<%/.test(text) ? RENDER : words(fix);
}
