import type { Problem } from '../../model/config.ts';
import type { Server, Unknown } from '../../model/pool.ts';
import { written, type Setting, type Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { say } from '../../text/say.ts';
import type { Statement, Word } from './statements.ts';

/** What goes wrong in a file, and what it does not say. */
export interface Found {
  readonly problems: Problem[];
  readonly unknowns: Unknown[];
}

/** Something that `keepalived -t` reports; the daemon itself logs it and goes on. */
export function faulty(
  at: Span,
  what: Text,
  why: Text,
  fix: Text,
  rule: Problem['rule'] = 'config-unparsable',
): Problem {
  return { rule, at, what, why, fix };
}

/** `$NAME` and `${NAME}` are replaced before a line is read. */
export function isSubstituted({ text }: Word): boolean {
  return /\$(?:\w|\{)/.test(text);
}

/** A whole number of a statement's first argument; undefined value = substituted, or not a number. */
export function numberOf(statement: Statement | undefined): Setting<number> | undefined {
  const word = statement?.words[1];
  if (word === undefined) return undefined;
  return written(/^\d{1,10}$/.test(word.text) ? Number(word.text) : undefined, word.at);
}

/** Seconds, as `5` or `0.5`, in ms. */
export function secondsOf(statement: Statement | undefined): Setting<number> | undefined {
  const word = statement?.words[1];
  if (word === undefined) return undefined;
  return written(/^\d{1,9}(?:\.\d{1,6})?$/.test(word.text) ? Number(word.text) * 1000 : undefined, word.at);
}

/** Every statement that no field of the model describes, by its path: `HTTP_GET.url.digest`. */
export function optionsOf(block: readonly Statement[], described: ReadonlySet<string>): Server['options'] {
  const options = new Map<string, Setting<string>>();
  const add = (statements: readonly Statement[], path: string): void => {
    const times = new Map<string, number>();
    for (const { words, at, block: inner } of statements) {
      const [{ text: keyword }, ...rest] = words;
      const nth = (times.get(keyword) ?? 0) + 1;
      times.set(keyword, nth);
      const key = `${path}${keyword}${nth === 1 ? '' : `#${nth}`}`;
      if (!described.has(key)) options.set(key, written(rest.map(({ text }) => text).join(' '), at));
      if (inner !== undefined && keyword !== 'real_server') add(inner, `${key}.`);
    }
  };
  add(block, '');
  return options;
}

/** Notes every substituted word and conditional line below a statement. */
export function noteUnknowns({ words, block = [] }: Statement, found: Found): void {
  const [first] = words;
  const substituted = words.find(isSubstituted);
  if (first.text.startsWith('@'))
    found.unknowns.push({ at: first.at, reason: say`a line with ${first.text} is read on some hosts only` });
  else if (first.text.startsWith('~'))
    found.unknowns.push({ at: first.at, reason: say`${first.text} repeats lines that are not in the file` });
  else if (substituted !== undefined)
    found.unknowns.push({ at: substituted.at, reason: say`${substituted.text} is replaced before the file is read` });
  for (const statement of block) noteUnknowns(statement, found);
}
