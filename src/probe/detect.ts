import type { IdentifyBy } from '../model/request.ts';
import { headerValues } from './client.ts';
import type { Answer } from './exchange.ts';
import { cookies, makeReader, type Place } from './identity.ts';
import { isAddress, makeRoster, type Roster } from './roster.ts';

/** What a first look at some answers found out about telling servers apart. */
export interface Detected {
  readonly place: Place | undefined;
  /** Identities there are addresses. */
  readonly addressed: boolean;
  /** What was seen there, and how often. */
  readonly seen: ReadonlyMap<string, number>;
  /** Answers whose identity is a known server. */
  readonly matched: number;
}

interface Candidate extends Detected {
  readonly place: Place;
  readonly present: number;
  readonly customary: boolean;
  readonly rank: number;
}

/** Header names that people use for this, so that a value needs no repetition to be believed. */
const CUSTOMARY =
  /^(?:x-)?(?:served-by|server-?(?:id|name|addr)|backend(?:-(?:server|name|id|addr))?|upstream(?:-(?:addr|server|name|host))?|instance(?:-(?:id|name))?|node(?:-(?:id|name))?|pod(?:-name)?|host-?(?:name|id)|app-?(?:server|host|instance)|container-(?:id|name)|origin-server|worker-name)$/i;
/** Names whose values change for other reasons, or name a product. */
const NOISE =
  /date|time|duration|age$|etag|modified|expires|length|limit|remaining|reset|retry|trace|span|request|correlation|nonce|csrf|token|session|security|policy|count|runtime|signature|digest|ray|cache|^server$|^via$|^location$|awsalb|accept|content|vary|connection|keep-alive|set-cookie|alt-svc|powered/i;
const JSON_DEPTH = 3;
const CANDIDATES = 200;

/**
 * Looks for what tells servers apart. Known servers decide where they can; else a customary name; else a value that
 * changes and repeats, which a request id or a clock does not.
 */
export function detect(answers: readonly Answer[], by: IdentifyBy, roster: Roster): Detected {
  const candidates = by.by === 'auto' ? places(answers) : [by];
  const studied = candidates.map((place) => study(answers, place, roster));
  if (by.by !== 'auto') return studied[0] ?? NOTHING;
  const best = studied
    .filter((c) => c.matched > 0 && (c.matched * 2 > c.present || c.customary))
    .filter((c) => c.seen.size > 1 || !NOISE.test(c.place.name))
    .toSorted((a, b) => b.matched - a.matched || a.rank - b.rank || Number(b.customary) - Number(a.customary))[0];
  if (best !== undefined) return best;
  return (
    studied
      .filter((c) => c.customary && c.seen.size > 0)
      .toSorted((a, b) => b.present - a.present || a.rank - b.rank)[0] ??
    studied.filter(repeats).toSorted((a, b) => a.rank - b.rank)[0] ??
    NOTHING
  );
}

const NOTHING: Detected = { place: undefined, addressed: false, seen: new Map(), matched: 0 };

/** Changes, yet comes again: seven or fewer values in ten answers. */
function repeats(candidate: Candidate): boolean {
  const { seen, present, place } = candidate;
  return seen.size > 1 && seen.size <= present * 0.7 && present >= 4 && !NOISE.test(place.name);
}

function study(answers: readonly Answer[], place: Place, roster: Roster): Candidate {
  const seen = new Map<string, number>();
  let matched = 0;
  let present = 0;
  const read = makeReader(place, roster, false);
  for (const answer of answers) {
    const { server, unexpected, ambiguous } = read(answer);
    const shown = server ?? ambiguous?.identity;
    if (shown === undefined) continue;
    present++;
    if (roster.size > 0 && server !== undefined && !unexpected) matched++;
    seen.set(shown, (seen.get(shown) ?? 0) + 1);
  }
  const readRaw = makeReader(place, NO_ROSTER, false);
  const raw = answers.map((answer) => readRaw(answer).server ?? '').filter(isAddress);
  return {
    place,
    seen,
    matched,
    present,
    addressed: raw.length * 2 > present,
    customary: place.by === 'header' && CUSTOMARY.test(place.name),
    rank: { header: 0, cookie: 1, json: 2 }[place.by],
  };
}

const NO_ROSTER: Roster = makeRoster([]);

function places(answers: readonly Answer[]): Place[] {
  const found = new Map<string, Place>();
  const add = (by: Place['by'], name: string): void => {
    const key = `${by} ${by === 'header' ? name.toLowerCase() : name}`;
    if (found.size < CANDIDATES && !found.has(key)) found.set(key, { by, name });
  };
  for (const answer of answers) {
    for (let i = 0; i < answer.rawHeaders.length; i += 2) add('header', (answer.rawHeaders[i] ?? '').toLowerCase());
    for (const [name] of cookies(answer)) add('cookie', name);
    if (headerValues(answer, 'content-type').some((type) => /json/i.test(type))) {
      for (const pointer of scalars(answer.body)) add('json', pointer);
    }
  }
  return [...found.values()].filter((place) => place.by !== 'header' || place.name !== 'set-cookie');
}

/** Pointers to the texts and numbers near the top of a JSON body. */
function scalars(body: string): string[] {
  try {
    return walk(JSON.parse(body), '', 0);
  } catch {
    return [];
  }
}

function walk(value: unknown, pointer: string, depth: number): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [pointer];
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth >= JSON_DEPTH) return [];
  return Object.entries(value)
    .slice(0, 50)
    .flatMap(([key, inner]) => walk(inner, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1));
}
