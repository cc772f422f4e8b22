import { matchesPattern } from '../../text/patterns.ts';

/** How a `location` is matched. `prefix` with `final` is `^~`: no regular expression is tried after it. */
export interface LocationMatch {
  readonly kind: 'exact' | 'prefix' | 'regex' | 'named';
  /** The path, the pattern of a regular expression, or the name with its `@`. */
  readonly path: string;
  readonly final?: true;
  readonly ignoresCase?: true;
}

/** Reads the words of a `location`, whose modifier may be a word of its own or begin the path; undefined when nginx refuses them. */
export function locationOf(args: readonly string[]): LocationMatch | undefined {
  const [first, second, more] = args;
  if (first === undefined || more !== undefined) return undefined;
  if (second !== undefined) return withModifier(first, second);
  if (first.startsWith('@')) return { kind: 'named', path: first };
  const modifier = ['=', '^~', '~*', '~'].find((text) => first.startsWith(text));
  return modifier === undefined
    ? { kind: 'prefix', path: first }
    : withModifier(modifier, first.slice(modifier.length));
}

function withModifier(modifier: string, path: string): LocationMatch | undefined {
  switch (modifier) {
    case '=':
      return { kind: 'exact', path };
    case '^~':
      return { kind: 'prefix', path, final: true };
    case '~':
      return { kind: 'regex', path };
    case '~*':
      return { kind: 'regex', path, ignoresCase: true };
    default:
      return undefined;
  }
}

/** Whether a regular expression matches every path, each of which begins with a slash. */
export function takesAll({ kind, path }: LocationMatch): boolean {
  return kind === 'regex' && EVERY_PATH.has(path);
}

const EVERY_PATH: ReadonlySet<string> = new Set(
  '. .* .+ ^ ^. ^.* ^.+ ^.*$ ^.+$ (.*) (.+) ^(.*) ^(.+) ^(.*)$ ^(.+)$ / ^/ ^/.* ^/.*$ ^/(.*) ^/(.*)$'.split(' '),
);

/**
 * Orders the locations of one block by how they decide: exact ones, `^~`, regular expressions as they are written, other prefixes;
 * prefixes from the longest, named ones last. A longer prefix without `^~` still takes a request from a shorter one with it.
 */
export function matchOrder(a: LocationMatch, b: LocationMatch): number {
  const rank = rankOf(a) - rankOf(b);
  return rank !== 0 || a.kind !== 'prefix' ? rank : b.path.length - a.path.length;
}

function rankOf({ kind, final }: LocationMatch): number {
  return kind === 'exact' ? 0 : kind === 'named' ? 4 : kind === 'regex' ? 2 : final === true ? 1 : 3;
}

/** What nginx finds for a path among the locations of a block and of those inside. */
export type Located<T> =
  | { readonly found: 'location'; readonly location: T }
  /** `/a` where only a passing `/a/` is: nginx redirects there. */
  | { readonly found: 'redirect'; readonly location: T }
  | { readonly found: 'none' }
  /** A regular expression decides that is not tried here. */
  | { readonly found: 'unknown'; readonly location: T };

interface Node<T> {
  readonly match: LocationMatch;
  readonly locations: readonly T[];
  readonly pass: unknown;
}

/**
 * The location that answers a path, found as `ngx_http_core_find_location` does: the longest prefix first and what is inside it,
 * then regular expressions unless the prefix is `^~`. The path is normalized: decoded, without `//` and dots.
 */
export function findLocation<T extends Node<T>>(locations: readonly T[], path: string): Located<T> {
  const { result } = search(locations, path, { found: 'none' });
  return result;
}

/** `settled`: nothing outside may take the request any more. */
interface Search<T> {
  readonly settled: boolean;
  readonly result: Located<T>;
}

function search<T extends Node<T>>(locations: readonly T[], path: string, around: Located<T>): Search<T> {
  let { settled, result, noRegex } = searchStatic(locations, path, around);
  if (!settled && result.found === 'location' && result !== around)
    ({ settled, result } = search(result.location.locations, path, result));
  if (settled || noRegex) return { settled, result };
  for (const location of locations) {
    if (location.match.kind !== 'regex') continue;
    const matches = matchesPattern(location.match.path, path, location.match.ignoresCase === true);
    if (matches === undefined) return { settled: true, result: { found: 'unknown', location } };
    if (!matches) continue;
    return { ...search(location.locations, path, { found: 'location', location }), settled: true };
  }
  return { settled, result };
}

/** Exact locations and prefixes: nginx keeps them in one tree. */
function searchStatic<T extends Node<T>>(
  locations: readonly T[],
  path: string,
  around: Located<T>,
): Search<T> & { readonly noRegex: boolean } {
  let longest: T | undefined;
  let slashed: T | undefined;
  for (const location of locations) {
    const { kind, path: own } = location.match;
    if (kind !== 'exact' && kind !== 'prefix') continue;
    if (kind === 'exact' && own === path)
      return { settled: true, result: { found: 'location', location }, noRegex: true };
    if (own === `${path}/` && location.pass !== undefined) slashed = location;
    if (kind === 'prefix' && path.startsWith(own) && own.length >= (longest?.match.path.length ?? 0))
      longest = location;
  }
  if (slashed !== undefined && longest?.match.path !== path)
    return { settled: true, result: { found: 'redirect', location: slashed }, noRegex: true };
  const result: Located<T> = longest === undefined ? around : { found: 'location', location: longest };
  return { settled: false, result, noRegex: longest?.match.final === true };
}
