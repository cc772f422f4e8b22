import type { Entry, Match, Test } from '../model/route.ts';

/** What conditions ask of a request. */
export interface AskedRequest {
  readonly host: string;
  readonly path: string;
}

/**
 * The entry as this request meets it: matches whose condition does not hold are gone, those whose condition holds take every
 * request. Conditions that the file does not show in full, and regular expressions, stay as they are.
 */
export function asAsked(entry: Entry, request: AskedRequest): Entry {
  const longest = longestPrefix(entry.matches, request.path);
  const matches = entry.matches.flatMap((match): Match[] => {
    const { when, ...always } = match;
    if (when?.chance !== undefined || when?.all === undefined || when.all.length === 0) return [match];
    const answers = when.all.map((test) => holds(test, request, longest));
    if (answers.includes(false)) return [];
    return answers.includes(undefined) ? [match] : [always];
  });
  return { ...entry, matches };
}

/** The longest prefix that decides, wherever it is written; undefined where none holds. */
function longestPrefix(matches: readonly Match[], path: string): string | undefined {
  const prefixes = matches.flatMap(({ when }) =>
    (when?.all ?? []).flatMap(({ longest, values }) => (longest === true ? values : [])),
  );
  return prefixes.filter((prefix) => path.startsWith(prefix)).toSorted((a, b) => b.length - a.length)[0];
}

/** Undefined = it takes more than comparing texts to say. */
function holds(test: Test, request: AskedRequest, longest: string | undefined): boolean | undefined {
  const { subject, how, values, ignoresCase } = test;
  if (how === 'matches') return undefined;
  const same = (text: string): string => (ignoresCase === true || subject === 'host' ? text.toLowerCase() : text);
  const asked = same(request[subject]);
  return values.some((value) => {
    const wanted = same(value);
    if (test.longest === true) return value === longest;
    if (how === 'begins') return asked.startsWith(wanted);
    return how === 'ends' ? asked.endsWith(wanted) : asked === wanted;
  });
}
