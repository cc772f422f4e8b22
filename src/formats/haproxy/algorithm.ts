import type { Algorithm, HashKey, Lookup, RingLookup } from '../../model/algorithm.ts';
import type { Problem } from '../../model/config.ts';
import type { Pool, Server } from '../../model/pool.ts';
import { implied, written, type Setting } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import { compareVersions } from '../../text/versions.ts';
import { BALANCE } from './keywords.ts';
import { unparsable, type Section } from './sections.ts';
import { textOf, type Settings } from './settings.ts';

/** How a proxy picks a server: its last `balance` line, else the default of its version. */
export function readAlgorithm(
  settings: Settings,
  section: Section,
  owner: { readonly pool: string; readonly protocol: Pool['protocol']; readonly version: string | undefined },
  problems: Problem[],
): Setting<Algorithm> {
  const { pool, protocol, version } = owner;
  const line = settings.last('balance');
  const method = line?.words[1];
  if (line === undefined || method === undefined) {
    const random = version !== undefined && compareVersions(version, '3.3') >= 0;
    return implied(random ? randomDraw('random', 2) : roundRobin('roundrobin'), section.at);
  }
  const native =
    textOf(line.words.slice(1)) ??
    line.words
      .slice(1)
      .map((word) => word.raw)
      .join(' ');
  if (method.text === undefined) return written<Algorithm>(undefined, method.at);
  const parsed = /^([a-z-]+)(?:\(([^)]*)\))?$/.exec(method.text);
  const name = parsed?.[1] ?? method.text;
  if (!BALANCE.has(name)) {
    const meant = didYouMean(name, BALANCE);
    if (meant !== undefined)
      problems.push({
        ...unparsable(
          method.at,
          say`Unknown algorithm ${name}; did you mean ${meant}?`,
          say`Set ${`balance ${meant}`}.`,
        ),
        pool,
      });
    return written<Algorithm>({ kind: 'unknown', native }, line.at);
  }
  const hashType = settings.last('hash-type')?.words[1];
  if (hashType !== undefined && hashType.text === undefined && HASHES.test(name))
    return written<Algorithm>(undefined, hashType.at);
  // Methods that read a request do not work on connections; HAProxy warns and takes turns.
  const readsRequests = /^(?:uri|url_param|hdr)$/.test(name);
  if (readsRequests && protocol === 'unknown') return written<Algorithm>(undefined, method.at);
  const argument = parsed?.[2] ?? line.words[2]?.text;
  const hashed = (of: HashKey['of'], key: string): Algorithm => ({
    kind: 'hash',
    native,
    key: { of, native: key },
    ...(hashType?.text === 'consistent' ? { lookup: RING } : { lookup: SLOTS, fixed: true as const }),
    without: 'round-robin',
  });
  const algorithm = ((): Algorithm => {
    if (readsRequests && protocol !== 'http') return roundRobin(native);
    switch (name) {
      case 'roundrobin':
        return roundRobin(native);
      case 'static-rr':
        return { ...roundRobin(native), fixed: true };
      case 'leastconn':
        return { kind: 'least-connections', native, idle: 'equal', loaded: 'by-weight' };
      case 'first':
        return { kind: 'fill', native, order: 'id', fixed: true };
      case 'random':
        return randomDraw(native, drawsOf(parsed?.[2]));
      case 'source':
        return hashed('source', 'src');
      case 'uri':
        return hashed('uri', native);
      case 'url_param':
        return hashed('query', `url_param(${argument ?? ''})`);
      case 'hdr':
        return hashed('header', `hdr(${argument ?? ''})`);
      case 'rdp-cookie':
        return hashed('cookie', `rdp-cookie(${argument ?? 'mstshash'})`);
      case 'hash':
        return hashed(/^src\b/.test(argument ?? '') ? 'source' : 'other', argument ?? '');
      default:
        return { kind: 'unknown', native };
    }
  })();
  return written(algorithm, line.at);
}

/** Methods whose `hash-type` says how a hash becomes a server. */
const HASHES = /^(?:source|uri|url_param|hdr|rdp-cookie|hash)$/;

/** `hash-type consistent` and `balance random`: 16 points per unit of weight, placed by the server's id; the nearest one counts. */
const RING: RingLookup = {
  table: 'ring',
  points: { perWeight: 16 },
  place: 'id',
  hash: 'shift-multiply',
  owner: 'nearest',
};
const SLOTS: Lookup = { table: 'slots', order: 'interleaved', down: 'rebuild', hash: 'any' };

function roundRobin(native: string): Algorithm {
  return { kind: 'round-robin', native, serves: 'in-turn', weights: 'used' };
}

function randomDraw(native: string, choices: number): Algorithm {
  return { kind: 'random', native, choices, draw: RING, idle: 'as-drawn', loaded: 'by-weight' };
}

/** `random(N)`; two draws without a number. */
function drawsOf(text: string | undefined): number {
  const draws = Number(text ?? 2);
  return Number.isInteger(draws) && draws > 0 ? draws : 2;
}

/** `hash-key` names the points of a server by something else than its id, which this ring does not know. */
export function placedBy(setting: Setting<Algorithm>, servers: readonly Server[]): Setting<Algorithm> {
  const algorithm = setting.value;
  const otherwise = servers.some(({ options }) => (options.get('hash-key')?.value ?? 'id') !== 'id');
  if (algorithm === undefined || !otherwise) return setting;
  const unknown: RingLookup = { ...RING, place: 'unknown' };
  if (algorithm.kind === 'random') return { ...setting, value: { ...algorithm, draw: unknown } };
  const ring = algorithm.kind === 'hash' && algorithm.lookup?.table === 'ring';
  return ring ? { ...setting, value: { ...algorithm, lookup: unknown } } : setting;
}
