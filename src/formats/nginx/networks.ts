import type { Text } from '../../model/text.ts';
import { say } from '../../text/say.ts';

/** What is wrong with an address or network: `10.0.0.0/8`, `2001:db8::/32`. */
export function networkFault(text: string): Text | undefined {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const bits = slash < 0 ? '0' : text.slice(slash + 1);
  const most = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  return /^\d+$/.test(bits) && Number(bits) <= most ? undefined : say`invalid address or network ${text}.`;
}

function isIPv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d+$/.test(part) && Number(part) <= 255);
}

/** An IPv6 address without brackets; the last 32 bits may be written as an IPv4 address. */
export function isIPv6(text: string): boolean {
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return false;
  const left = groups(head, tail === undefined);
  const right = tail === undefined ? 0 : groups(tail, true);
  if (left === undefined || right === undefined) return false;
  return tail === undefined ? left === 8 : left + right < 8;
}

/** How many groups of 16 bits a part has; undefined when it is none. */
function groups(text: string, mayEndInIPv4: boolean): number | undefined {
  if (text === '') return 0;
  const parts = text.split(':');
  const last = parts.at(-1) ?? '';
  const dotted = mayEndInIPv4 && last.includes('.');
  if (dotted && !isIPv4(last)) return undefined;
  const plain = dotted ? parts.slice(0, -1) : parts;
  return plain.every((part) => /^[\da-f]{1,4}$/i.test(part)) ? plain.length + (dotted ? 2 : 0) : undefined;
}
