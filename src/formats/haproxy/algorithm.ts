import type { Algorithm, Pool, Problem } from '../../model/config.ts';
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
    return implied(
      random ? { kind: 'random-two-choices', native: 'random' } : { kind: 'round-robin', native: 'roundrobin' },
      section.at,
    );
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
          say`${name} is no balancing method; did you mean ${meant}?`,
          say`Write ${`balance ${meant}`}.`,
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
  const mapping = hashType?.text === 'consistent' ? 'chash' : 'modulo';
  const argument = parsed?.[2] ?? line.words[2]?.text;
  const hashed = (kind: Algorithm['kind'], key: string): Algorithm => ({ kind, native, key, mapping });
  const algorithm = ((): Algorithm => {
    if (readsRequests && protocol !== 'http') return { kind: 'round-robin', native };
    switch (name) {
      case 'roundrobin':
      case 'static-rr':
        return { kind: 'round-robin', native };
      case 'leastconn':
        return { kind: 'least-connections', native };
      case 'first':
        return { kind: 'first', native };
      case 'random':
        return { kind: parsed?.[2] === '1' ? 'random' : 'random-two-choices', native };
      case 'source':
        return hashed('source-hash', 'src');
      case 'uri':
        return hashed('uri-hash', native);
      case 'url_param':
        return hashed('uri-hash', `url_param(${argument ?? ''})`);
      case 'hdr':
        return hashed('header-hash', `hdr(${argument ?? ''})`);
      case 'rdp-cookie':
        return hashed('cookie-hash', `rdp-cookie(${argument ?? 'mstshash'})`);
      case 'hash':
        return hashed(/^src\b/.test(argument ?? '') ? 'source-hash' : 'header-hash', argument ?? '');
      default:
        return { kind: 'unknown', native };
    }
  })();
  return written(algorithm, line.at);
}

/** Methods whose `hash-type` says how a hash becomes a server. */
const HASHES = /^(?:source|uri|url_param|hdr|rdp-cookie|hash)$/;
