import type { Text } from '../../model/text.ts';
import { say } from '../../text/say.ts';
import { isIPv6 } from './networks.ts';
import { ALL_VERSIONS, since, type VersionMask } from './tables.ts';
import { sizeBytes, timeMs, wholeNumber } from './values.ts';

interface Word {
  readonly pattern: RegExp;
  readonly versions: VersionMask;
  readonly fault?: (value: string) => boolean;
}

const word = (pattern: RegExp, versions = ALL_VERSIONS, fault?: (value: string) => boolean): Word => ({
  pattern,
  versions,
  ...(fault === undefined ? {} : { fault }),
});

const notNumber = (text: string): boolean => wholeNumber(text) === undefined;
const notPositive = (text: string): boolean => (wholeNumber(text) ?? 0) < 1;
const notSize = (text: string): boolean => sizeBytes(text) === undefined;

const COMMON: readonly Word[] = [
  word(/^bind$/),
  word(/^backlog=/, ALL_VERSIONS, notPositive),
  word(/^(?:rcv|snd)buf=/, ALL_VERSIONS, notSize),
  word(/^ipv6only=(?:on|off)$/),
  word(/^reuseport$/),
  word(/^ssl$/),
  word(/^proxy_protocol$/),
  word(/^so_keepalive=/, ALL_VERSIONS, keepaliveFault),
  word(/^multipath$/, since('1.30')),
];

const HTTP: readonly Word[] = [
  ...COMMON,
  word(/^default(?:_server)?$/),
  word(/^setfib=/, ALL_VERSIONS, notNumber),
  word(/^(?:deferred|http2|spdy)$/),
  word(/^quic$/, since('1.26')),
  word(/^fastopen=/, ALL_VERSIONS, notNumber),
  word(/^accept_filter=/),
];

const STREAM: readonly Word[] = [
  ...COMMON,
  word(/^udp$/),
  word(/^setfib=/, since('1.26'), notNumber),
  word(/^default_server$/, since('1.26')),
  word(/^deferred$/, since('1.26')),
  word(/^accept_filter=/, since('1.26')),
  word(/^fastopen=/, ALL_VERSIONS, notNumber),
];

/** What is wrong with a `listen` line. */
export function listenFault(
  [address = '', ...words]: readonly string[],
  { contexts, version }: { readonly contexts: string; readonly version: VersionMask },
): Text | undefined {
  const fault = addressFault(address);
  if (fault !== undefined) return fault;
  if (!/[Ss]/.test(contexts)) return undefined;
  const known = contexts.includes('S') ? HTTP : STREAM;
  for (const text of words) {
    const match = known.find(({ pattern, versions }) => pattern.test(text) && (versions & version) !== 0);
    if (match === undefined) return say`invalid parameter ${text}.`;
    if (match.fault?.(text.slice(text.indexOf('=') + 1)) === true) return say`invalid parameter ${text}.`;
  }
  const clash = words.includes('udp') ? words.find((text) => NOT_UDP.test(text)) : undefined;
  return clash === undefined ? undefined : say`${clash} cannot be used with ${'udp'}.`;
}

/** What only connections have. */
const NOT_UDP = /^(?:ssl|proxy_protocol|deferred|multipath|(?:fastopen|backlog|accept_filter|so_keepalive)=.*)$/;

function addressFault(text: string): Text | undefined {
  if (text.startsWith('unix:')) return text === 'unix:' ? say`no path in the unix domain socket.` : undefined;
  const wrong = say`invalid address ${text}; use ${'address:port'} or ${'port'}.`;
  const match = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (text.startsWith('[')) {
    if (match === null || !isIPv6(match[1] ?? '')) return wrong;
    return portFault(match[2]);
  }
  if (/[/?]/.test(text)) return wrong;
  const colon = text.indexOf(':');
  if (colon < 0) return /^\d+(?:-\d+)?$/.test(text) ? portFault(text) : undefined;
  return colon === 0 ? say`no host in ${text}.` : portFault(text.slice(colon + 1));
}

function portFault(text: string | undefined): Text | undefined {
  if (text === undefined) return undefined;
  const [from = '', to] = text.split(/-(.*)/s);
  const valid = (port: string): boolean => /^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
  if (!valid(from) || (to !== undefined && !valid(to))) return say`invalid port ${text}.`;
  return to !== undefined && Number(from) > Number(to) ? say`invalid port range ${text}.` : undefined;
}

/** `on`, `off` or `idle:interval:count`, each of which may be left out. */
function keepaliveFault(text: string): boolean {
  if (/^(?:on|off)$/.test(text)) return false;
  const [idle = '', interval = '', count = '', more] = text.split(':');
  const time = (part: string): boolean => part === '' || timeMs(part, 's') !== undefined;
  if (more !== undefined || `${idle}${interval}${count}` === '') return true;
  return !time(idle) || !time(interval) || (count !== '' && notPositive(count));
}
