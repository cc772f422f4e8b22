import { compare, type EstateChange } from '../../src/compare/compare.ts';
import type { FormatReader } from '../../src/formats/reader.ts';
import type { Config } from '../../src/model/config.ts';
import type { Statement } from '../../src/model/statement.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { plain } from '../../src/text/say.ts';
import { summaryOf } from '../../src/verify/summary.ts';

export const OPERATIONS = ['deleted', 'doubled', 'changed', 'moved'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** One statement of a config, and the text in which it is deleted, doubled, changed or moved behind the next. */
export interface Mutation {
  readonly operation: Operation;
  readonly statement: Statement;
  readonly text: string;
  /** Whether the products' tables let it have an effect: order and number count for some statements only. */
  readonly matters: boolean;
}

interface Piece {
  readonly statement: Statement;
  readonly start: number;
  readonly end: number;
}

/** Every statement of a text in turn, in each of the four ways. */
export function* mutationsOf(config: Config): Generator<Mutation> {
  const { text } = config.source;
  const nested = config.dialect.format === 'nginx';
  const pieces = (config.statements ?? [])
    .filter(({ at }) => at.source === config.source)
    .map((statement): Piece => ({ statement, ...(nested ? directiveIn(statement, text) : lineIn(statement, text)) }));
  for (const [i, piece] of pieces.entries()) {
    const { statement, start, end } = piece;
    const own = text.slice(start, end);
    const mutation = (operation: Operation, mutated: string, matters: boolean): Mutation => ({
      operation,
      statement,
      text: mutated,
      matters: matters && statement.kind !== 'harmless' && mutated !== text,
    });
    yield mutation('deleted', text.slice(0, start) + text.slice(end), true);
    yield mutation('doubled', text.slice(0, end) + own + text.slice(end), statement.counts === true);
    const last = statement.at.end;
    yield mutation('changed', changed(text, statement.at.start, last), true);
    const next = pieces.slice(i + 1).find((other) => other.start >= end);
    if (next === undefined || next.statement.within.at(-1)?.at.start !== statement.within.at(-1)?.at.start) continue;
    const moved = text.slice(0, start) + text.slice(end, next.end) + own + text.slice(next.end);
    const { ordered } = statement;
    yield mutation(
      'moved',
      moved,
      ordered !== undefined && ordered === next.statement.ordered && statement.text !== next.statement.text,
    );
  }
}

function lineIn({ at }: Statement, text: string): { start: number; end: number } {
  const newline = text.indexOf('\n', at.end);
  return { start: text.lastIndexOf('\n', at.start) + 1, end: newline < 0 ? text.length : newline + 1 };
}

/** A directive with its semicolon, or with its block. */
function directiveIn({ at }: Statement, text: string): { start: number; end: number } {
  let depth = 0;
  for (let i = at.end; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '#') i = text.indexOf('\n', i);
    if (character === '{') depth++;
    if (character === '}') depth--;
    if ((character === ';' || character === '}') && depth === 0) return { start: at.start, end: i + 1 };
  }
  return { start: at.start, end: text.length };
}

/** The last word of a statement is another one; a number is one more. */
function changed(text: string, start: number, end: number): string {
  const words = text.slice(start, end).trimEnd();
  const [number, digits = '', unit = ''] = /(\d+)(us|ms|[smhdkg])?$/.exec(words) ?? [];
  const other = number === undefined ? `${words}x` : `${words.slice(0, -number.length)}${Number(digits) + 1}${unit}`;
  return text.slice(0, start) + other + text.slice(end);
}

export interface Judged {
  readonly change: EstateChange;
  readonly summary: string;
  readonly status: Config['status'];
}

/** What is said of a mutation, before any rule speaks. */
export function judgeMutation(reader: FormatReader, base: Config, { text }: Mutation): Judged {
  const head = reader.read(base.path, new MemoryTree({ [base.path]: text }), { rootMap: {} });
  const change = compare([base], [head]);
  const { status } = head;
  const inputs = [{ file: base.path, format: reader.dialect.format, status, line: null, reason: null }];
  return { change, summary: plain(summaryOf('pass', change, [], [], inputs, false)), status };
}

/** Whether a mutation that matters is passed over: as if nothing changed, or only what is harmless. */
export function isSilent({ change, summary }: Judged): boolean {
  const { idle } = change.statements;
  return summary.startsWith('Nothing changes') || (summary.startsWith('No change to traffic') && idle.length === 0);
}
