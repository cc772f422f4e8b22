import type { Measurement } from '../model/measurement.ts';
import { lineOf, type Span } from '../model/span.ts';
import type { Text } from '../model/text.ts';

/** What a heading, a finding or a checklist item comes to; every renderer shows it as a sign and a word. */
export type Mark = 'pass' | 'fail' | 'warning' | 'notice' | 'open' | 'skipped';

/** A line of a file. `revision` is a short sha or ref when it is not the head's file. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly revision?: string;
}

/** A share as a bar of its own: `marker` is what it was or should be. All 0..1. */
export interface Bar {
  readonly share: number;
  readonly marker: number | null;
  /** Confidence interval, where the share is measured. */
  readonly interval?: { readonly low: number; readonly high: number };
  readonly trend: 'up' | 'down' | 'same';
  readonly strong: boolean;
  /** `from 33%`. */
  readonly tail?: string;
}

/** One thing within a line. A renderer turns each into its own markup; foreign text is only in `Text` and `Place`. */
export type Inline =
  | Text
  | { readonly kind: 'mark'; readonly mark: Mark; readonly word?: string }
  | { readonly kind: 'bold'; readonly text: Text }
  | { readonly kind: 'place'; readonly place: Place }
  /** A question that somebody wrote for people: foreign, but longer than a value. */
  | { readonly kind: 'ask'; readonly text: Text }
  /** A link to the line, with nothing in its place where none can be made: the text before it names the line already. */
  | { readonly kind: 'see'; readonly place: Place }
  | { readonly kind: 'rule'; readonly rule: string }
  | { readonly kind: 'bar'; readonly bar: Bar }
  /** A link to the run or the documentation; only the words where there is none. */
  | { readonly kind: 'link'; readonly to: 'run' | 'docs'; readonly words: string }
  /** A new line where there is room for one, else a space. */
  | { readonly kind: 'break' };

export type Line = readonly Inline[];

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

export type Block =
  | { readonly kind: 'heading'; readonly mark: Mark; readonly text: Text }
  | { readonly kind: 'subheading'; readonly line: Line }
  /** The name of what follows. */
  | { readonly kind: 'title'; readonly text: Text }
  | { readonly kind: 'paragraph'; readonly line: Line }
  | { readonly kind: 'caution'; readonly line: Line }
  | { readonly kind: 'list'; readonly items: readonly Line[] }
  | {
      readonly kind: 'table';
      readonly caption: Text;
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly Line[])[];
    }
  | { readonly kind: 'fence'; readonly language: 'diff' | 'markdown' | 'text'; readonly text: string }
  /** Folded in a comment; `open`: worth reading at once where there is more room and something went wrong. */
  | { readonly kind: 'details'; readonly title: string; readonly open: boolean; readonly blocks: readonly Block[] }
  | { readonly kind: 'footer'; readonly line: Line };

/** A part of the report; when there is too little room, the sections of least worth go first. */
export interface Section {
  readonly name: string;
  readonly worth: number;
  readonly blocks: readonly Block[];
  /** The measurement that the section is about. */
  readonly about?: Measurement;
}

export function paragraph(...line: Line): Block {
  return { kind: 'paragraph', line };
}

/** The line of a file where a span starts. */
export function placeOf(span: Span, revision?: string): Place {
  return { file: span.source.path, line: lineOf(span), ...(revision === undefined ? {} : { revision }) };
}
