/** What `# evenkeel-ignore RULE[, RULE] until 2027-01-31 -- reason` says. */
export interface ParsedIgnore {
  readonly rules: readonly string[];
  /** ISO date; undefined = no expiry. */
  readonly until: string | undefined;
  /** Empty when none is given. */
  readonly reason: string;
}

/** Reads the text of a comment (without its `#`); undefined when it is no ignore. */
export function parseIgnore(comment: string): ParsedIgnore | undefined {
  const match = /^\s*evenkeel-ignore(?=[\s:])[\s:]*(.*)$/.exec(comment);
  if (!match) return undefined;
  const [head = '', ...tail] = (match[1] ?? '').split(/\s--\s|\s--$/);
  const until = /\suntil\s+(\d{4}-\d{2}-\d{2})\s*$/.exec(` ${head}`);
  const names = (until ? head.slice(0, head.lastIndexOf('until')) : head).split(/[\s,]+/);
  return { rules: names.filter((name) => name !== ''), until: until?.[1], reason: tail.join(' -- ').trim() };
}
