import type { Client, Variation } from './client.ts';
import type { ProbePorts, ProbeRequest } from './request.ts';

/** The next request's own key, for pools that pick the server by a hash of it. */
export function nextVariation(
  client: Pick<Client, 'path' | 'headers'>,
  vary: ProbeRequest['vary'],
  ports: Pick<ProbePorts, 'random'>,
): Variation {
  if (vary === undefined) return {};
  const { by, name } = vary;
  const key = Math.floor(ports.random() * 2 ** 48).toString(36);
  if (by === 'header') {
    return { headers: withHeader(client.headers, name, isClientAddress(name) ? anAddress(ports) : key) };
  }
  if (by === 'cookie') return { headers: withCookie(client.headers, `${name}=${key}`) };
  const mark = client.path.indexOf('?');
  const path = mark < 0 ? client.path : client.path.slice(0, mark);
  const query = mark < 0 ? '' : client.path.slice(mark);
  const field = encodeURIComponent(name);
  if (by === 'query') return { path: `${path}${query === '' ? '?' : `${query}&`}${field}=${key}` };
  return { path: `${path.replace(/\/$/, '')}/${field}${key}${query}` };
}

/** Flat headers with one replaced or added. */
function withHeader(headers: readonly string[], name: string, value: string): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const [field = '', old = ''] = [headers[i], headers[i + 1]];
    if (field.toLowerCase() !== name.toLowerCase()) kept.push(field, old);
  }
  return [...kept, name, value];
}

/** Flat headers with cookies added to those that the user gave. */
export function withCookie(headers: readonly string[], cookie: string): string[] {
  const at = headers.findIndex((field, i) => i % 2 === 0 && field.toLowerCase() === 'cookie');
  return withHeader(headers, 'Cookie', at < 0 ? cookie : `${headers[at + 1] ?? ''}; ${cookie}`);
}

function isClientAddress(name: string): boolean {
  return /^(?:x-forwarded-for|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip)$/i.test(name);
}

/** From 198.18.0.0/15, which RFC 2544 keeps for tests; all three hashed octets of nginx's ip_hash vary. */
function anAddress({ random }: Pick<ProbePorts, 'random'>): string {
  const byte = (): number => Math.floor(random() * 256);
  return `198.${random() < 0.5 ? 18 : 19}.${byte()}.${byte()}`;
}
