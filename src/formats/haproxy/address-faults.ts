import type { Problem } from '../../model/config.ts';
import { say } from '../../text/say.ts';
import { unparsable } from './sections.ts';
import type { Word } from './words.ts';

/** What may stand before `@`, and what it asks of the rest. */
const PREFIX = /^(?:(?:stream|dgram)\+)?(ipv[46]|(?:tcp|udp|quic|mptcp|rhttp)[46]?|unix|uxst|uxdg|abnsz?|fd|sockpair)@/;

/** Which ports a place allows. */
export interface Ports {
  /** `8000-8010`. */
  readonly range?: boolean;
  /** Without one the address is refused. */
  readonly needed?: boolean;
  /** `+1000` and `-1`, counted from the port of the client's connection. */
  readonly offset?: boolean;
}

/**
 * What HAProxy refuses of an address. Names are looked up when it starts, which no file tells; what looks like an address and is
 * none is looked up as a name too, and never found.
 */
export function addressFault(word: Word, ports: Ports = {}): Problem | undefined {
  const { text, at } = word;
  // Variables count in addresses without quotes.
  if (text === undefined || /\$[{A-Za-z_]/.test(text)) return undefined;
  const family = PREFIX.exec(text)?.[1];
  if (family === undefined && /^[a-z0-9+]+@/.test(text))
    return unparsable(
      at,
      say`${text} begins with a family that HAProxy does not know.`,
      say`Set ${'ipv4@'}, ${'ipv6@'} or ${'unix@'}.`,
    );
  const rest = text.replace(PREFIX, '');
  if (rest.startsWith('/') || /^(?:unix|ux|abns|fd|sockpair)/.test(family ?? '')) return undefined;
  const colon = rest.lastIndexOf(':');
  const [host, port] =
    colon < 0 || rest.endsWith(']') ? [rest, undefined] : [rest.slice(0, colon), rest.slice(colon + 1)];
  return hostFault(host, word, family) ?? portFault(port, word, ports);
}

function hostFault(host: string, { text, at }: Word, family: string | undefined): Problem | undefined {
  const bare = /^\[.*\]$/.test(host) ? host.slice(1, -1) : host;
  const six = bare.includes(':') || host.startsWith('[');
  const four = /^\d+(?:\.\d+)*$/.test(bare);
  const wrong =
    (six && !isAddress6(bare)) ||
    (four && !isAddress4(bare)) ||
    (four && family?.endsWith('6') === true) ||
    (six && family?.endsWith('4') === true);
  return wrong
    ? unparsable(
        at,
        say`${text ?? ''} is not an address that HAProxy can read.`,
        say`Set one such as ${'192.0.2.1:80'} or ${'[2001:db8::1]:80'}.`,
      )
    : undefined;
}

/** Eight groups of hexadecimal digits, of which `::` leaves out some; the last two may be an IPv4 address. */
function isAddress6(text: string): boolean {
  const [before = '', after, more] = text.split('%', 1)[0]?.split('::') ?? [];
  const groups = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
  const all = [...groups(before), ...groups(after ?? '')];
  const last = all.at(-1) ?? '';
  const four = last.includes('.');
  const count = all.length + (four ? 1 : 0);
  const fit = (four ? all.slice(0, -1) : all).every((group) => /^[0-9a-fA-F]{1,4}$/.test(group));
  const tail = !four || (last.split('.').length === 4 && isAddress4(last));
  return more === undefined && fit && tail && (after === undefined ? count === 8 : count < 8);
}

/** One to four numbers; the last one fills what is left of the address. */
function isAddress4(text: string): boolean {
  const parts = text.split('.');
  const last = Number(parts.at(-1));
  return (
    parts.length <= 4 &&
    parts.every((part) => part !== '') &&
    parts.slice(0, -1).every((part) => Number(part) <= 255) &&
    last < 256 ** (5 - parts.length)
  );
}

function portFault(port: string | undefined, { text, at }: Word, ports: Ports): Problem | undefined {
  const shown = text ?? '';
  if (port === undefined || port === '')
    return ports.needed === true
      ? unparsable(at, say`${shown} has no port.`, say`Add one, such as ${':80'}.`)
      : undefined;
  // Characters behind a port are left out by versions before 3.2.
  const [, sign = '', low = '', high] = /^([+-]?)(\d+)(?:-(\d+))?/.exec(port) ?? [];
  const from = Number(low);
  const to = Number(high ?? low);
  const wrong =
    low === '' ||
    (sign !== '' ? ports.offset !== true || high !== undefined : from > 65_535 || to > 65_535) ||
    (high !== undefined && (ports.range !== true || from > to)) ||
    (ports.needed === true && from === 0);
  return wrong
    ? unparsable(at, say`${port} in ${shown} is not a port here.`, say`Set a port from 1 to 65535.`)
    : undefined;
}

/** `inet_aton` takes one to four numbers; the last one fills what is left. The four-part form, or the text itself where it is no such address. */
export function fullAddress(host: string): string {
  if (!/^\d+(?:\.\d+){1,2}$/.test(host)) return host;
  const parts = host.split('.').map(Number);
  let last = parts.pop() ?? 0;
  const tail: number[] = [];
  for (let i = parts.length; i < 4; i++, last = Math.floor(last / 256)) tail.unshift(last % 256);
  return last > 0 ? host : [...parts, ...tail].join('.');
}

/** An address with fewer parts than four is accepted and rarely meant. */
export function shortAddress({ at }: Word, host: string, full: string): Problem {
  return {
    rule: 'config-unparsable',
    severity: 'warning',
    at,
    what: say`${host} has fewer than four parts, and HAProxy reads it as ${full}.`,
    why: say`A digit or a dot is probably missing, so the server would be another machine.`,
    fix: say`Set all four parts of the address.`,
  };
}
