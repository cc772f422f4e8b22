import type { IdentifyBy, VersionField } from '../model/request.ts';
import { pointerKeys } from '../text/positioned.ts';
import { headerValues } from './client.ts';
import type { Answer } from './exchange.ts';
import { isAddress, tidy, type Roster } from './roster.ts';

/** A place of the response where a server may show who it is. */
export type Place = Exclude<IdentifyBy, { readonly by: 'auto' }>;

/** Who answered, as far as the response tells. */
export interface Served {
  /** Name of a known server, else the identity as seen; undefined when there is none. */
  readonly server: string | undefined;
  /** True when servers are known and this is none of them. */
  readonly unexpected: boolean;
  /** Servers that the balancer asked before without success. */
  readonly retried: readonly string[];
  /** The identity could mean several servers, so it means none. */
  readonly ambiguous?: Ambiguous;
}

export interface Ambiguous {
  readonly identity: string;
  readonly servers: readonly string[];
}

/** Values whose meaning is remembered; servers are few, so this is all of them. */
const REMEMBERED = 2048;
const NOBODY: Served = { server: undefined, unexpected: false, retried: [] };

/** Tells who gave an answer. */
export type Reader = (answer: Answer) => Served;

/**
 * Makes the reader for `place`.
 * @param addressed true when identities there are addresses: other values (the upstream's name that nginx gives when
 *   no server is left) then name nobody
 */
export function makeReader(place: Place, roster: Roster, addressed: boolean): Reader {
  const meanings = new Map<string, Served>();
  const meaning = (value: string): Served => {
    let served = meanings.get(value);
    if (served === undefined) {
      served = readValue(value, roster, addressed);
      if (meanings.size < REMEMBERED) meanings.set(value, served);
    }
    return served;
  };
  return (answer) => {
    let served = NOBODY;
    for (const value of valuesAt(answer, place)) {
      const next = meaning(value);
      // Balancers in a row each add a header: the one whose server is known counts, else the last.
      if (
        served === NOBODY ||
        (next.server !== undefined && (served.server === undefined || served.unexpected || !next.unexpected))
      ) {
        served = next;
      }
    }
    return served;
  };
}

function readValue(value: string, roster: Roster, addressed: boolean): Served {
  // nginx: `a, b` = a failed, b was asked next; ` : ` = an internal redirect began a new list.
  const tries = (value.slice(0, 4096).split(' : ').at(-1) ?? '').split(',').map((piece) => tidy(piece));
  const isTries = tries.length > 1 && isAddress(tries[0] ?? '');
  const retried = isTries ? tries.slice(0, -1).filter((piece) => piece !== undefined) : [];
  const known = isTries ? [] : tries.filter((piece) => piece !== undefined && roster.find(piece) !== undefined);
  const identity = known.at(-1) ?? tries.findLast((piece) => piece !== undefined);
  const server = identity === undefined ? undefined : findServer(identity, roster);
  const names = retried.map((piece) => findServer(piece, roster) ?? piece);
  if (server !== undefined) return { server, unexpected: false, retried: names };
  const servers = identity === undefined ? [] : roster.claimants(identity);
  if (identity !== undefined && servers.length > 1)
    return { ...NOBODY, retried: names, ambiguous: { identity, servers } };
  if (identity === undefined || (addressed && !isAddress(identity))) return { ...NOBODY, retried: names };
  return { server: identity, unexpected: roster.size > 0, retried: names };
}

/** Session cookies carry the route after a dot: `.s1`, `8f3a.s1`. */
function findServer(identity: string, roster: Roster): string | undefined {
  return roster.find(identity) ?? (/\.[^.]+$/.test(identity) ? routeOf(identity, roster) : undefined);
}

function routeOf(identity: string, roster: Roster): string | undefined {
  return isAddress(identity) ? undefined : roster.find(identity.slice(identity.lastIndexOf('.') + 1));
}

/** All values that a response has at a place. */
function valuesAt(answer: Answer, place: Place): readonly string[] {
  if (place.by === 'header') return headerValues(answer, place.name);
  if (place.by === 'json') {
    const value = jsonValue(answer.body, place.name);
    return value === undefined ? [] : [value];
  }
  return cookies(answer)
    .filter(([name]) => name === place.name)
    .map(([, value]) => value);
}

/** The generation that a response shows. */
export function readVersion(answer: Answer, field: VersionField): string | undefined {
  return tidy(valuesAt(answer, field)[0] ?? '');
}

/** Cookies that a response sets: name and value. */
export function cookies(answer: Answer): readonly (readonly [name: string, value: string])[] {
  return headerValues(answer, 'set-cookie').flatMap((line) => {
    const pair = /^\s*([^=;\s]+)\s*=\s*([^;]*)/.exec(line);
    return pair === null ? [] : [[pair[1] ?? '', pair[2] ?? ''] as const];
  });
}

/** The text, number or boolean at a JSON pointer (`/meta/host`) or top-level key (`host`) of a body. */
function jsonValue(body: string, path: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  for (const key of path.startsWith('/') ? pointerKeys(path) : [path]) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
