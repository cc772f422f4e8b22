import { rowMakers } from '../rows.ts';

/** Rows of what is in the model word by word, and of what changes nothing, with the address of the manual. */
export const { read, harmless } = rowMakers((manual) => manual, { whole: true });

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
