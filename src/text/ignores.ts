import type { IgnoreComment } from '../model/config.ts';
import type { Span } from '../model/span.ts';

/** What `# evenkeel-ignore RULE[, RULE] until 2027-01-31 -- reason` says. */
export interface ParsedIgnore {
  readonly rules: readonly string[];
  /** What stands after `until`, which should be an ISO date; undefined = no expiry. */
  readonly until: string | undefined;
  /** Empty when none is given. */
  readonly reason: string;
}

/** Reads the text of a comment (without its `#`); undefined when it is no ignore. */
export function parseIgnore(comment: string): ParsedIgnore | undefined {
  const match = /^\s*evenkeel-ignore(?=[\s:])[\s:]*(.*)$/.exec(comment);
  if (!match) return undefined;
  const [head = '', ...tail] = (match[1] ?? '').split(/\s--\s|\s--$/);
  const words = head.split(/[\s,]+/).filter((word) => word !== '');
  const end = words.indexOf('until');
  return {
    rules: end < 0 ? words : words.slice(0, end),
    until: end < 0 ? undefined : words.slice(end + 1).join(' '),
    reason: tail.join(' -- ').trim(),
  };
}

/**
 * The ignores among the comments of a file: each covers the statement that ends on its own line, else the next one.
 * Comments come in the order of the file, their text without the `#`; statements in any order.
 */
export function ignoresAmong(
  comments: readonly { readonly text: string; readonly at: Span }[],
  statements: readonly Span[],
): IgnoreComment[] {
  const marked = comments.flatMap(({ text, at }) => {
    const parsed = parseIgnore(text);
    return parsed === undefined ? [] : [{ at, parsed }];
  });
  if (marked.length === 0) return [];
  const all = statements.toSorted((a, b) => a.start - b.start);
  let next = 0;
  return marked.flatMap(({ at, parsed }) => {
    while ((all[next]?.start ?? Infinity) < at.start) next++;
    const before = all[next - 1];
    const line = at.source.position(at.start).line;
    const sameLine = before !== undefined && at.source.position(before.end).line === line;
    const covers = sameLine ? before : all[next];
    return covers === undefined ? [] : [{ at, covers, ...parsed }];
  });
}

/** Whether a text is a day of the calendar as ISO writes it, `2027-01-31`. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
