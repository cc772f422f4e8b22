import type { Listener } from '../../model/route.ts';
import { isFilledIn, wholeNumber } from './values.ts';
import type { Directive } from './parse.ts';
import type { Context } from './upstream.ts';

/** A port range (`stream` only) stands for at most so many listeners. */
const MAX_RANGE = 1000;

/** No address is longer: a host name has 253 characters. */
const MAX_LENGTH = 300;

/** The addresses that a `server` block listens on; port 80 of every address when an `http` server names none. */
export function readListen(server: Directive, context: Context): Listener[] {
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
    return Array.from({ length: Math.min(Math.max(to - from + 1, 0), MAX_RANGE) }, (_, i) => ({
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
