/**
 * Consistent-hash rings as nginx and HAProxy build them, so that the share of every server and the keys that a change
 * moves can be computed instead of guessed. A ring is a sorted list of 32-bit points, each owned by a member.
 */
export interface Ring {
  readonly points: Uint32Array;
  /** Index of the owning member per point. */
  readonly owners: Uint32Array;
  /** nginx takes the first point at or after a hash; HAProxy the nearer of the two neighbours. */
  readonly lookup: 'next' | 'nearest';
}

export interface RingMember {
  /** The server as the config writes it (`10.0.0.1:80`, `unix:/path`): the name of its points in nginx. */
  readonly written: string;
  readonly weight: number;
  /** HAProxy: explicit `id`, else the 1-based position. */
  readonly id: number;
}

/** Beyond this many points (weights add up to more than 4,000 in nginx) building a ring costs more than it tells. */
const MAX_POINTS = 1 << 20;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c >>> 0;
});

function crcUpdate(state: number, bytes: Uint8Array): number {
  let crc = state;
  for (const byte of bytes) crc = ((CRC_TABLE[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8)) >>> 0;
  return crc;
}

/** CRC-32 (IEEE 802.3) of a UTF-8 text, as nginx hashes keys. */
export function crc32(text: string): number {
  return (crcUpdate(0xffffffff, new TextEncoder().encode(text)) ^ 0xffffffff) >>> 0;
}

/**
 * nginx `hash KEY consistent`: 160 points per unit of weight, each the CRC-32 of host, NUL, port and the previous point.
 * Undefined when the ring would be too large to build.
 */
export function ketamaRing(members: readonly RingMember[]): Ring | undefined {
  const encoder = new TextEncoder();
  const previousBytes = new Uint8Array(4);
  return buildRing(
    members.map((member) => member.weight * 160),
    'next',
    (index, add) => {
      const member = members[index];
      if (member === undefined) return;
      const [host, port] = splitHostPort(member.written);
      const base = crcUpdate(0xffffffff, encoder.encode(`${host}\0${port}`));
      let previous = 0;
      for (let j = 0; j < member.weight * 160; j++) {
        previousBytes[0] = previous;
        previousBytes[1] = previous >>> 8;
        previousBytes[2] = previous >>> 16;
        previousBytes[3] = previous >>> 24;
        previous = (crcUpdate(base, previousBytes) ^ 0xffffffff) >>> 0;
        add(previous);
      }
    },
  );
}

/** HAProxy `hash-type consistent` and `balance random`: 16 points per unit of weight, placed by server id. */
export function chashRing(members: readonly RingMember[]): Ring | undefined {
  return buildRing(
    members.map((member) => member.weight * 16),
    'nearest',
    (index, add) => {
      const member = members[index];
      if (member === undefined) return;
      for (let j = 0; j < member.weight * 16; j++) add(avalanche((Math.imul(member.id, 4096) + j) >>> 0));
    },
  );
}

function buildRing(
  sizes: readonly number[],
  lookup: Ring['lookup'],
  fill: (index: number, add: (point: number) => void) => void,
): Ring | undefined {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total === 0 || total > MAX_POINTS || sizes.some((size) => !Number.isInteger(size))) return undefined;
  // Point in the high bits and owner in the low ones sort together; both fit a double exactly.
  const packed = new Float64Array(total);
  let length = 0;
  sizes.forEach((_, index) => {
    fill(index, (point) => {
      packed[length++] = point * 65_536 + index;
    });
  });
  if (sizes.length > 65_536) return undefined;
  packed.sort();
  const points = new Uint32Array(total);
  const owners = new Uint32Array(total);
  let kept = 0;
  for (const value of packed) {
    const point = Math.floor(value / 65_536);
    if (kept > 0 && points[kept - 1] === point) continue;
    points[kept] = point;
    owners[kept] = value % 65_536;
    kept++;
  }
  return { points: points.subarray(0, kept), owners: owners.subarray(0, kept), lookup };
}

/** The member that serves a 32-bit hash. */
export function ringOwner(ring: Ring, hash: number): number {
  const { points, owners } = ring;
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle] ?? 0) < hash) low = middle + 1;
    else high = middle;
  }
  const next = low === points.length ? 0 : low;
  if (ring.lookup === 'next') return owners[next] ?? 0;
  const previous = low === 0 ? points.length - 1 : low - 1;
  const toPrevious = (hash - (points[previous] ?? 0)) >>> 0;
  const toNext = ((points[next] ?? 0) - hash) >>> 0;
  return (toPrevious <= toNext ? owners[previous] : owners[next]) ?? 0;
}

/** The share of all 2^32 hashes that each member owns, 0..1. */
export function ringShares(ring: Ring, members: number): number[] {
  const shares = Array.from({ length: members }, () => 0);
  const { points, owners, lookup } = ring;
  const whole = 2 ** 32;
  for (let i = 0; i < points.length; i++) {
    const j = i === 0 ? points.length - 1 : i - 1;
    const arc = points.length === 1 ? whole : ((points[i] ?? 0) - (points[j] ?? 0)) >>> 0;
    const next = owners[i] ?? 0;
    const previous = owners[j] ?? 0;
    if (lookup === 'next') shares[next] = (shares[next] ?? 0) + arc / whole;
    else {
      shares[next] = (shares[next] ?? 0) + arc / 2 / whole;
      shares[previous] = (shares[previous] ?? 0) + arc / 2 / whole;
    }
  }
  return shares;
}

function splitHostPort(written: string): [string, string] {
  if (written.startsWith('unix:')) return [written.slice(5), ''];
  const match = /^(.*):(\d+)$/.exec(written);
  return match ? [match[1] ?? '', match[2] ?? ''] : [written, ''];
}

/** Bob Jenkins' public-domain integer hash with six shifts, then a spreading multiplication. */
function avalanche(key: number): number {
  let a = key | 0;
  a = (a + 0x7ed55d16 + (a << 12)) | 0;
  a = a ^ 0xc761c23c ^ (a >>> 19);
  a = (a + 0x165667b1 + (a << 5)) | 0;
  a = (a + 0xd3a2646c) ^ (a << 9);
  a = (a + 0xfd7046c5 + (a << 3)) | 0;
  a = a ^ 0xb55a4f09 ^ (a >>> 16);
  return Math.imul(a, 3_221_225_473) >>> 0;
}
