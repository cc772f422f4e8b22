import type { KnownServer } from './probe.ts';

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
  const patterns: { readonly matcher: RegExp; readonly server: string }[] = [];
  const claim = (identity: string, server: string): void => {
    const owner = exact.get(identity);
    exact.set(identity, !exact.has(identity) || owner === server ? server : undefined);
  };
  for (const { name, identities, patterns: globs } of known) {
    for (const identity of new Set([name, ...identities].flatMap((i) => [i, i.toLowerCase()]))) claim(identity, name);
    for (const glob of globs) patterns.push({ matcher: globMatcher(glob), server: name });
  }
  return {
    size: known.length,
    byAddress: known.some((server) => server.identities.some(isAddress)),
    find(identity) {
      const server = exact.get(identity) ?? exact.get(identity.toLowerCase());
      if (server !== undefined) return server;
      const matching = new Set(patterns.filter((p) => p.matcher.test(identity)).map((p) => p.server));
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

/** `*` stands for any text; all else is itself. A `.*` per star and no nesting: linear enough for 256 characters. */
function globMatcher(glob: string): RegExp {
  const text = glob.replace(/\*+/g, '*').replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${text.replaceAll('*', '.*')}$`, 'is');
}
