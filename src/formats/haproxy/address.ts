import type { Word } from './words.ts';

/** The families of IP addresses, which say nothing about who is meant. */
const FAMILY = /^(?:(?:stream|dgram)\+)?(?:ipv4|ipv6|(?:tcp|udp|quic|mptcp)[46]?|stream|dgram)@/;

/** What HAProxy takes from its environment in an address, where it needs no quotes. */
const VARIABLE = /\$(?:\{|[A-Za-z_])/;

interface Address {
  readonly host: string | undefined;
  readonly port: number | undefined;
  /** What the environment fills in. */
  readonly untold?: 'address' | 'port';
}

/** Splits `[family@]host[:port]`; IPv6 needs no brackets: the port is what stands after the last colon. */
export function readAddress(word: Word): Address {
  const text = word.text?.replace(FAMILY, '') ?? '$_';
  if (VARIABLE.test(text)) {
    const host = /^([^$]+):\$/.exec(text)?.[1];
    return host === undefined
      ? { host: undefined, port: undefined, untold: 'address' }
      : { host: unbracketed(host), port: undefined, untold: 'port' };
  }
  const unix = /^(?:unix|uxst|uxdg|abns|abnsz)@(.+)$/.exec(text) ?? /^(\/.*)$/.exec(text);
  if (unix?.[1] !== undefined) return { host: `unix:${unix[1]}`, port: undefined };
  const match = /^(.*):([+-]?\d+)[^:\]]*$/.exec(text);
  const host = unbracketed(match ? (match[1] ?? '') : text);
  const port = match?.[2] !== undefined && /^\d+$/.test(match[2]) ? Number(match[2]) : undefined;
  return { host: host === '' ? '*' : host, port };
}

function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/** Whether a host is an address and no name. */
export function isLiteral(host: string | undefined): boolean {
  return host !== undefined && (/^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':'));
}
