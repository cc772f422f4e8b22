import type { Listener } from '../../model/route.ts';
import { isFilledIn, wholeNumber } from './values.ts';
import type { Directive } from './parse.ts';
import type { Context } from './contexts.ts';

/** A port range (`stream` only) stands for at most so many listeners, those of all servers together for at most so many. */
const MAX_RANGE = 1000;
const MAX_LISTENERS = 20_000;

/** No address is longer: a host name has 253 characters. */
const MAX_LENGTH = 300;

/** The addresses that a `server` block listens on; port 80 of every address when an `http` server names none. */
export function readListen(server: Directive, context: Context, before: number): Listener[] {
  const most = before < MAX_LISTENERS ? MAX_RANGE : 1;
  const lines = (server.block ?? []).filter(({ name }) => name === 'listen');
  if (lines.length === 0)
    return context === 'http' ? [{ at: server.at, host: '*', port: 80, acceptsProxyProtocol: false }] : [];
  return lines.flatMap(({ args, at }) => {
    const [address] = args;
    if (address === undefined || isFilledIn(address)) return [];
    if (address.text.length > MAX_LENGTH) return [];
    const acceptsProxyProtocol = args.some((word) => word.text === 'proxy_protocol');
    const match = /^(\[[^\]]*\]|[^:]*?)(?::?(\d+)(?:-(\d+))?)?$/.exec(address.text);
    if (match === null) return [];
    const from = match[2] === undefined ? 80 : wholeNumber(match[2]);
    const to = match[3] === undefined ? from : wholeNumber(match[3]);
    if (from === undefined || to === undefined || to > 65_535) return [];
    const host = hostOf(match[1] ?? '');
    return Array.from({ length: Math.min(Math.max(to - from + 1, 0), most) }, (_, i) => ({
      at,
      host,
      port: from + i,
      acceptsProxyProtocol,
    }));
  });
}

function hostOf(text: string): string {
  const host = text.replace(/^\[(.*)\]$/, '$1');
  return host === '' || host === '0.0.0.0' || host === '::' ? '*' : host;
}

/**
 * The address of a `listen` in one spelling, by which nginx finds the same address twice; undefined for what has to be looked
 * up or is a range.
 */
export function canonicalListen(text: string, udp: boolean): string | undefined {
  const suffix = udp ? ' udp' : '';
  if (text.startsWith('unix:')) return `${text}${suffix}`;
  const match =
    /^(?:(\[[\da-fA-F:.]+\]|\*|[\d.]+):)?(\d+)$/.exec(text) ?? /^(\[[\da-fA-F:.]+\]|\*|[\d.]*\.[\d.]*)$/.exec(text);
  if (match === null) return undefined;
  const host = match[1] === undefined || match[1] === '*' ? '0.0.0.0' : match[1].toLowerCase();
  return `${host}:${Number(match[2] ?? '80')}${suffix}`;
}
