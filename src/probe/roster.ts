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
  /** Every server that an identity could mean. */
  claimants(identity: string): readonly string[];
  readonly size: number;
  /** True when servers are known by IP address and port. */
  readonly byAddress: boolean;
}

/** What is exact beats what is numbered, which beats patterns; what two servers claim alike names neither. */
export function makeRoster(known: readonly KnownServer[]): Roster {
  const exact = new Map<string, Set<string>>();
  const patterns: { readonly pattern: string; readonly server: string }[] = [];
  for (const { name, identities, patterns: globs, numbered } of known) {
    const own = numbered === undefined ? [name] : [];
    for (const identity of [...own, ...identities].flatMap((i) => [i, i.toLowerCase()])) {
      const owners = exact.get(identity);
      if (owners === undefined) exact.set(identity, new Set([name]));
      else owners.add(name);
    }
    for (const glob of globs) patterns.push({ pattern: glob.toLowerCase(), server: name });
  }
  const templates = known.flatMap(({ numbered }) => (numbered === undefined ? [] : [numbered]));

  function claimants(identity: string): readonly string[] {
    const text = identity.toLowerCase();
    const owners = exact.get(identity) ?? exact.get(text);
    if (owners !== undefined) return [...owners];
    const slots = templates.flatMap((template) => slotOf(template, identity) ?? []);
    if (slots.length > 0) return [...new Set(slots)];
    return [...new Set(patterns.filter((p) => matches(p.pattern, text)).map((p) => p.server))];
  }

  return {
    size: known.length,
    byAddress: known.some((server) => server.identities.some(isAddress)),
    claimants,
    find(identity) {
      const [first, second] = claimants(identity);
      return second === undefined ? first : undefined;
    },
  };
}

/** The numbered server of that name; undefined when the template makes none of it. */
function slotOf({ prefix, first, last }: NonNullable<KnownServer['numbered']>, identity: string): string | undefined {
  if (!identity.toLowerCase().startsWith(prefix.toLowerCase())) return undefined;
  const digits = identity.slice(prefix.length);
  if (!/^(?:0|[1-9]\d{0,5})$/.test(digits)) return undefined;
  const number = Number(digits);
  return number >= first && (last === undefined || number <= last) ? `${prefix}${digits}` : undefined;
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
