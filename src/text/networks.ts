interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** Whether an IP address lies in a network such as `192.0.2.0/24`, `2001:db8::/32` or `192.0.2.7`; undefined where one is neither. */
export function isInNetwork(address: string, network: string): boolean | undefined {
  const [base = '', length, more] = network.split('/');
  const [own, other] = [parse(address), parse(base)];
  if (own === undefined || other === undefined || more !== undefined) return undefined;
  const prefix = length === undefined ? other.bits : maskLength(length);
  if (prefix === undefined || prefix > other.bits) return undefined;
  if (own.bits !== other.bits) return false;
  const shift = BigInt(own.bits - prefix);
  return own.value >> shift === other.value >> shift;
}

/** Whether a text is an IP address, with or without the brackets of IPv6. */
export function isIpAddress(text: string): boolean {
  return parse(text) !== undefined;
}

function maskLength(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  const mask = text.includes('.') ? parse(text) : undefined;
  const ones = mask?.value.toString(2).padStart(32, '0');
  return ones !== undefined && /^1*0*$/.test(ones) ? ones.indexOf('0') + (ones.includes('0') ? 0 : 33) : undefined;
}

function parse(text: string): Address | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(bare)) {
    const parts = bare.split('.').map(Number);
    if (parts.some((part) => part > 255)) return undefined;
    return { bits: 32, value: parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  }
  return bare.includes(':') ? parseLong(bare) : undefined;
}

/** IPv6, with `::` for zeros and an IPv4 address at its end. */
function parseLong(text: string): Address | undefined {
  const [, before = text, short] = /^(.*:)(\d[\d.]*\.\d+)$/.exec(text) ?? [];
  const last = short === undefined ? undefined : parse(short);
  if (short !== undefined && last?.bits !== 32) return undefined;
  const tail = last === undefined ? '' : `${(last.value >> 16n).toString(16)}:${(last.value & 0xffffn).toString(16)}`;
  const [head = '', rest, more] = `${before}${tail}`.split('::');
  if (more !== undefined) return undefined;
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [first, second] = [groups(head), groups(rest ?? '')];
  const missing = 8 - first.length - second.length;
  if (rest === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...first, ...Array.from({ length: missing }, () => '0'), ...second];
  if (!all.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return { bits: 128, value: all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n) };
}
