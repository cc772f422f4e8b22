import type { StatementRow, Topic } from '../../model/statement.ts';

/** A row of what is in the model word by word. */
export function read(what: string, manual: string, shows: string, words: readonly string[]): StatementRow {
  return { kind: 'read', what, manual, words, shows: shows.split(' ') as Topic[], whole: true };
}

export function harmless(what: string, manual: string, words: readonly string[]): StatementRow {
  return { kind: 'harmless', what, manual, words };
}

/** Paths of objects of some kinds; a kind has dots and slashes, so it is quoted. */
export function of(kinds: readonly string[], ...paths: readonly string[]): readonly string[] {
  return kinds.flatMap((kind) => paths.map((path) => `"${kind}".${path}`));
}

/** Keys that name the elements of lists, in objects of some kinds. */
export function named(
  kinds: readonly string[],
  lists: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(lists).flatMap(([path, names]) => of(kinds, path).map((whole) => [whole, names])),
  );
}
