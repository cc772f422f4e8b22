import { answerOf, longestPrefix, staysOf, type Request } from '../compare/request.ts';
import type { Entry, Match } from '../model/route.ts';

/**
 * The entry as this request meets it: matches whose condition does not hold are gone, those whose condition holds take every
 * request. What is open, and what chance decides, stays as it is.
 */
export function asAsked(entry: Entry, request: Request): Entry {
  const longest = longestPrefix(entry.matches, request);
  const asked = { request, longest, changed: undefined };
  const matches = entry.matches.flatMap((match): Match[] => {
    const { when, ...always } = match;
    if (when === undefined || when.chance !== undefined) return [match];
    const answers = [answerOf(match, asked), staysOf(match, asked)].map(({ holds }) => holds);
    if (answers.includes('no')) return [];
    return answers.includes('open') ? [match] : [always];
  });
  return { ...entry, matches };
}
