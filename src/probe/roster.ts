import type { KnownServer } from './request.ts';

/** Longest identity that is kept; longer ones are cut. */
const LONGEST = 256;
const ADDRESS = /^(?:\[[0-9a-f:.]+\]|\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/i;
/** What balancers write where no server was chosen. */
const NOBODY = new Set(['', '-', '(null)', 'null', 'none', 'undefined', '<nosrv>', '<stats>']);

/** The servers that are known, asked by what a response calls them. */
export interface Roster {
  /** Name of the server that an identity means; undefined when none or more than one claims it. */
  find(identity: string): string | undefined;
  readonly size: number;
  /** True when servers are known by IP address and port. */
  readonly byAddress: boolean;
}

export function makeRoster(known: readonly KnownServer[]): Roster {
  const exact = new Map<string, string | undefined>();
  const patterns: { readonly pattern: string; readonly server: string }[] = [];
  const claim = (identity: string, server: string): void => {
    const owner = exact.get(identity);
    exact.set(identity, !exact.has(identity) || owner === server ? server : undefined);
  };
  for (const { name, identities, patterns: globs } of known) {
    for (const identity of new Set([name, ...identities].flatMap((i) => [i, i.toLowerCase()]))) claim(identity, name);
    for (const glob of globs) patterns.push({ pattern: glob.toLowerCase(), server: name });
  }
  return {
    size: known.length,
    byAddress: known.some((server) => server.identities.some(isAddress)),
    find(identity) {
      const server = exact.get(identity) ?? exact.get(identity.toLowerCase());
      if (server !== undefined) return server;
      const text = identity.toLowerCase();
      const matching = new Set(patterns.filter((p) => matches(p.pattern, text)).map((p) => p.server));
      return matching.size === 1 ? [...matching][0] : undefined;
    },
  };
}

/** `ip:port`, `[ip6]:port` or a UNIX socket. */
export function isAddress(identity: string): boolean {
  return ADDRESS.test(identity) || identity.startsWith('unix:');
}

/** A value as it is compared: bare of blanks, quotes, scheme and path; undefined when it names nobody. */
export function tidy(value: string): string | undefined {
  const bare = value
    .slice(0, LONGEST)
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .replace(/^https?:\/\/([^/]+).*$/i, '$1');
  return NOBODY.has(bare.toLowerCase()) ? undefined : bare;
}

/**
 * `*` stands for any text, all else for itself, upper and lower case alike. Only the last star is ever tried again, so
 * the work is at most pattern times text: a regular expression would take minutes for a hostile value.
 */
function matches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (pattern[p] === text[t]) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
