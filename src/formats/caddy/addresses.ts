import type { Text } from '../../model/text.ts';
import { say } from '../../text/say.ts';

/** The address of a site: `https://shop.example:8443/path`. */
export interface SiteAddress {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
}

/** Splits the address of a site; a text where Caddy refuses it. */
export function siteAddress(text: string): SiteAddress | Text {
  const [, scheme = '', rest = ''] = /^(?:(.*?):\/\/)?(.*)$/s.exec(text.trim()) ?? [];
  const slash = rest.indexOf('/');
  const { host, port } = hostPort(slash < 0 ? rest : rest.slice(0, slash));
  const isOpen = port.includes('{');
  if (port !== '' && !isOpen && (!/^\d{1,9}$/.test(port) || Number(port) > 65_535))
    return say`The address ${text} has an invalid port.`;
  const lower = scheme.toLowerCase();
  if (lower !== '' && lower !== 'http' && lower !== 'https' && !lower.includes('{'))
    return say`The address ${text} has a scheme other than ${'http'} and ${'https'}.`;
  return { scheme: lower, host: host.toLowerCase(), port, path: slash < 0 ? '' : rest.slice(slash) };
}

/** Go's SplitHostPort: the last colon, but not those of an IPv6 address without brackets. */
function hostPort(text: string): { readonly host: string; readonly port: string } {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/s.exec(text);
  if (bracketed !== null) return { host: bracketed[1] ?? '', port: bracketed[2] ?? '' };
  const colon = text.lastIndexOf(':');
  const inside = /\{[^}]*$/.test(text.slice(0, colon)) && text.includes('}', colon);
  if (colon < 0 || inside || text.indexOf(':') !== colon) return splitAfterPlaceholder(text);
  return { host: text.slice(0, colon), port: text.slice(colon + 1) };
}

/** `{env.HOST}:80`, `{$HOST:x}`: colons in braces separate nothing. */
function splitAfterPlaceholder(text: string): { readonly host: string; readonly port: string } {
  const found = /^((?:[^{}:]|\{[^{}]*\})*):(\{[^{}]*\}|[^{}:]*)$/s.exec(text);
  return found?.[1]?.includes('{') === true ? { host: found[1], port: found[2] ?? '' } : { host: text, port: '' };
}

/** What Caddy connects to. */
export interface Dial {
  /** `unix`, `tcp` …; '' where none is written. */
  readonly network: string;
  readonly scheme: string;
  readonly host: string;
  /** '' of sockets and of placeholders that bring their own. */
  readonly port: string;
  /** Whether the port is written. */
  readonly hasPort: boolean;
}

/** Short names of placeholders in addresses, as Caddy writes them out. */
const SHORT: readonly (readonly [RegExp, string])[] = [
  [/\{(host|hostport|port|method|path|uri|scheme|query)\}/g, '{http.request.$1}'],
  [/\{(header|cookie)\.([\w-]*)\}/g, '{http.request.$1.$2}'],
  [/\{labels\.([\w-]*)\}/g, '{http.request.host.labels.$1}'],
  [/\{query\.([\w-]*)\}/g, '{http.request.uri.query.$1}'],
  [/\{(re|vars)\.([\w.-]*)\}/g, '{http.$1.$2}'],
];

/** An address with the whole names of its placeholders: `{host}` is `{http.request.host}`. */
export function writtenOut(text: string): string {
  return text.includes('{') ? SHORT.reduce((now, [short, long]) => now.replaceAll(short, long), text) : text;
}

/** Splits the address of an upstream, one for each port of a range; a text where Caddy refuses it. */
export function dialsOf(text: string): readonly Dial[] | Text {
  const url = /^([^:/]*):\/\/(.*)$/s.exec(text);
  const one = url === null ? plainDial(text) : urlDial(text, url[1]?.toLowerCase() ?? '', url[2] ?? '');
  if (!('network' in one)) return one;
  const range = /^(\d{1,5})-(\d{1,5})$/.exec(one.port);
  if (range === null) {
    const isPort = /^\d{1,5}$/.test(one.port) && Number(one.port) <= 65_535;
    const isFine = isPort || one.port === '' || one.port.includes('{');
    return isFine ? [one] : say`The upstream ${text} has an invalid port.`;
  }
  const [from, to] = [Number(range[1]), Number(range[2])];
  if (from > to || to > 65_535) return say`The upstream ${text} has an invalid range of ports.`;
  return Array.from({ length: to - from + 1 }, (_, i) => ({ ...one, port: String(from + i) }));
}

const STANDARD_PORTS: ReadonlyMap<string, string> = new Map([
  ['http', '80'],
  ['h2c', '80'],
  ['https', '443'],
]);

function urlDial(text: string, scheme: string, rest: string): Dial | Text {
  if (text.includes('{')) return say`The upstream ${text} has a scheme and a placeholder.`;
  if (/[/?#]/.test(rest)) return say`The upstream ${text} has more than a scheme, a host and a port.`;
  const standard = STANDARD_PORTS.get(scheme);
  if (standard === undefined) return say`The upstream ${text} has an unsupported scheme.`;
  const { host, port } = hostPort(rest);
  const isOther = scheme === 'https' ? port === '80' : port === '443';
  if (isOther) return say`The scheme and the port of the upstream ${text} contradict each other.`;
  return { network: '', scheme, host, port: port === '' ? standard : port, hasPort: port !== '' };
}

function plainDial(text: string): Dial {
  const slash = text.indexOf('/');
  const network = slash > 0 && /^[a-z0-9+]+$/.test(text.slice(0, slash)) ? text.slice(0, slash) : '';
  const rest = network === '' ? text : text.slice(slash + 1);
  if (/^(?:unix|fd)/.test(network))
    return { network, scheme: network.endsWith('h2c') ? 'h2c' : '', host: rest, port: '', hasPort: false };
  const { host, port } = hostPort(rest);
  const needsNone = host.includes('{');
  return { network, scheme: '', host, port: port === '' && !needsNone ? '80' : port, hasPort: port !== '' };
}
