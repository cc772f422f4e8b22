import { isIP } from 'node:net';
import type { Text } from '../model/text.ts';
import { count, name, say } from '../text/say.ts';
import type { ProbePorts, ProbeRequest } from './request.ts';

/** The system's resolver may take half a minute to say no; with `settle` this stays below 5 s. */
const LOOKUP_MS = 2500;
/** A name with more addresses is asked at the first ones only, and the report says so. */
const MOST = 16;

export type Resolved =
  { readonly addresses: readonly string[]; readonly notes: readonly Text[] } | { readonly obstacle: Text };

/** The addresses of the target, resolved once within `leftMs`; or why it must not or cannot be asked. */
export async function resolveTarget(request: ProbeRequest, ports: ProbePorts, leftMs: number): Promise<Resolved> {
  const host = request.target.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return admit([host], host, request.allowLinkLocal);
  let found: readonly string[];
  try {
    found = await withDeadline(ports.lookup(host), Math.min(LOOKUP_MS, leftMs));
  } catch {
    return { obstacle: unresolved(host, say`does not resolve`) };
  }
  // A resolver may know localhost by one address only, while the server listens on the other.
  if (isLocalName(host)) found = [...found, '127.0.0.1', '::1'];
  if (found.length === 0) return { obstacle: unresolved(host, say`has no address`) };
  return admit([...new Set(found)], host, request.allowLinkLocal);
}

/** True for 169.254.0.0/16 and fe80::/10, also where IPv6 carries the IPv4 address. */
export function isLinkLocal(address: string): boolean {
  if (isIP(address) === 4) return address.startsWith('169.254.');
  const groups = ipv6Groups(address);
  if (groups === undefined) return false;
  const [first = 0, second = 0, , , , sixth = 0, high = 0] = groups;
  if ((first & 0xffc0) === 0xfe80) return true;
  const prefix = groups.slice(0, 5).every((group) => group === 0);
  const mapped = prefix && (sixth === 0xffff || sixth === 0);
  const translated = first === 0x64 && second === 0xff9b;
  return (mapped || translated) && high === 0xa9fe;
}

function ipv6Groups(address: string): number[] | undefined {
  const bare = address.replace(/%.*$/, '');
  if (isIP(bare) !== 6) return undefined;
  const dotted = bare.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const hex = (high: string, low: string): string => (Number(high) * 256 + Number(low)).toString(16);
    return `${hex(a, b)}:${hex(c, d)}`;
  });
  const [left = '', right] = dotted.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array<string>(zeros).fill('0'), ...tail].map((group) => Number.parseInt(group, 16));
}

function admit(found: readonly string[], host: string, allowLinkLocal: boolean): Resolved {
  const forbidden = allowLinkLocal ? undefined : found.find(isLinkLocal);
  if (forbidden !== undefined) {
    const through = forbidden === host ? say`is` : say`resolves to ${name(forbidden)},`;
    return {
      obstacle: say`${name(host)} ${through} a link-local address, where cloud machines keep their credentials: not asked. Name the balancer's own address.`,
    };
  }
  if (found.length <= MOST) return { addresses: found, notes: [] };
  const rest = count(found.length - MOST, 'address', 'addresses');
  return {
    addresses: found.slice(0, MOST),
    notes: [say`${name(host)} has ${found.length} addresses; the first ${MOST} were asked and ${rest} left out.`],
  };
}

function unresolved(host: string, what: Text): Text {
  return say`${name(host)} ${what} from here: nothing was asked. Check the name, and that this machine uses a resolver that knows it.`;
}

function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the resolver did not answer')), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** `localhost` means one machine: whichever of its addresses answers is enough. */
export function isLocalName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}
