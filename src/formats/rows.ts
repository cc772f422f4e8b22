import type { StatementRow, Topic } from '../model/statement.ts';

/** Beginnings of statements: a list, or one text with the separator of the table between them. */
type Words = string | readonly string[];

/** Makes the rows of a product's table of statements. `shows`: topics with a space between them. */
interface RowMakers {
  readonly read: (what: string, page: string, shows: string, words: Words, whole?: boolean) => StatementRow;
  readonly harmless: (what: string, page: string, words: Words) => StatementRow;
}

/**
 * The makers of a product's rows.
 * @param manual the address of a page of its manual
 * @param whole whether a row that is read is in the model with every word, where the row does not say it itself
 */
export function rowMakers(
  manual: (page: string) => string,
  { separator = ', ', whole: wholeUsually = false }: { readonly separator?: string; readonly whole?: boolean } = {},
): RowMakers {
  const list = (words: Words): readonly string[] => (typeof words === 'string' ? words.split(separator) : words);
  return {
    read: (what, page, shows, words, whole = wholeUsually) => ({
      kind: 'read',
      what,
      manual: manual(page),
      words: list(words),
      shows: shows.split(' ') as Topic[],
      ...(whole ? { whole } : {}),
    }),
    harmless: (what, page, words) => ({ kind: 'harmless', what, manual: manual(page), words: list(words) }),
  };
}
