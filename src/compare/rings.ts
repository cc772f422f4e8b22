import type { RingLookup } from '../model/algorithm.ts';
import { xxhash64 } from './xxhash.ts';

/**
 * Consistent-hash rings, so that the share of every server and the keys that a change moves can be computed instead of guessed.
 * A ring is a list of 32-bit points, each owned by a member.
 */
export interface Ring {
  /** Every point with its member, `point * OWNERS + member`, in order. Of members that share a point the first one owns it. */
  readonly sorted: Float64Array;
  /** Whether a hash belongs to the first point at or after it, or to the nearer neighbour. */
  readonly lookup: RingLookup['owner'];
}

/** So many members can be told apart in the low bits of a point; both together fit a double exactly. */
const OWNERS = 65_536;

export interface RingMember {
  /** The server as the config writes it (`10.0.0.1:80`, `unix:/path`). */
  readonly written: string;
  readonly weight: number;
  /** The written id, else the 1-based position. */
  readonly id: number;
}

/** Beyond this many points building a ring costs more than it tells. */
const MAX_POINTS = 1 << 20;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c >>> 0;
});

function crcUpdate(state: number, bytes: Uint8Array): number {
  let crc = state;
  for (let i = 0; i < bytes.length; i++) crc = ((CRC_TABLE[(crc ^ (bytes[i] ?? 0)) & 255] ?? 0) ^ (crc >>> 8)) >>> 0;
  return crc;
}

/** CRC-32 (IEEE 802.3) of a UTF-8 text. */
export function crc32(text: string): number {
  return (crcUpdate(0xffffffff, new TextEncoder().encode(text)) ^ 0xffffffff) >>> 0;
}

/** Writes the points of one member. */
type Placing = (member: RingMember, points: number, add: (point: number) => void) => void;

/** Each point is the CRC-32 of host, NUL, port and the previous point. */
const crcChain: Placing = ({ written }, points, add) => {
  const previousBytes = new Uint8Array(4);
  const [host, port] = splitHostPort(written);
  const base = crcUpdate(0xffffffff, new TextEncoder().encode(`${host}\0${port}`));
  let previous = 0;
  for (let j = 0; j < points; j++) {
    previousBytes[0] = previous;
    previousBytes[1] = previous >>> 8;
    previousBytes[2] = previous >>> 16;
    previousBytes[3] = previous >>> 24;
    previous = (crcUpdate(base, previousBytes) ^ 0xffffffff) >>> 0;
    add(previous);
  }
};

/** Each point is the spread number of the server's id and the point's own number. */
const shiftMultiply: Placing = ({ id }, points, add) => {
  for (let j = 0; j < points; j++) add(avalanche((Math.imul(id, 4096) + j) >>> 0));
};

/** Each point is the upper half of the 64-bit xxHash of the address, `_` and the point's own number. */
const addressNumber: Placing = ({ written }, points, add) => {
  for (let j = 0; j < points; j++) add(Number(xxhash64(`${written}_${j}`) >> 32n));
};

const PLACINGS = { 'crc32-chain': crcChain, 'shift-multiply': shiftMultiply, xxhash64: addressNumber } as const;

/** The ring of these members as a lookup describes it; undefined when it would be too large to build or nobody knows its hash. */
export function buildRing({ points, hash, owner }: RingLookup, members: readonly RingMember[]): Ring | undefined {
  if (hash === 'unknown') return undefined;
  const sizes =
    'perWeight' in points ? members.map(({ weight }) => weight * points.perWeight) : scaled(members, points);
  return filledRing(sizes, owner, (index, add) => {
    const member = members[index];
    if (member !== undefined) PLACINGS[hash](member, sizes[index] ?? 0, add);
  });
}

/**
 * Points in proportion to weight: so many that the lightest member has a whole number of them and the ring at least `min` points
 * (Envoy, `ring_hash`: `scale = min(ceil(least weight * min) / least weight, max)` over normalised weights; a running target
 * rounds each member's number up).
 */
function scaled(
  members: readonly RingMember[],
  { min, max }: { readonly min: number; readonly max: number },
): number[] {
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  const least = members.reduce((smallest, { weight }) => Math.min(smallest, weight / total), 1);
  const scale = Math.min(Math.ceil(least * min) / least, max);
  let target = 0;
  let placed = 0;
  return members.map(({ weight }) => {
    target += (scale * weight) / total;
    const own = Math.max(0, Math.ceil(target - 1e-9) - placed);
    placed += own;
    return own;
  });
}

function filledRing(
  sizes: readonly number[],
  lookup: Ring['lookup'],
  fill: (index: number, add: (point: number) => void) => void,
): Ring | undefined {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total === 0 || total > MAX_POINTS || sizes.some((size) => !Number.isInteger(size))) return undefined;
  if (sizes.length > OWNERS) return undefined;
  const sorted = new Float64Array(total);
  let length = 0;
  sizes.forEach((_, index) => {
    fill(index, (point) => {
      sorted[length++] = point * OWNERS + index;
    });
  });
  sorted.sort();
  return { sorted, lookup };
}

/** The point of an entry. A division by a power of two is exact, and far faster than a remainder. */
function pointOf(entry: number): number {
  return Math.floor(entry / OWNERS);
}

function ownerOf(entry: number): number {
  return entry - pointOf(entry) * OWNERS;
}

/** The member that serves a 32-bit hash. */
export function ringOwner({ sorted, lookup }: Ring, hash: number): number {
  const next = firstAtOrAfter(sorted, hash);
  const atNext = sorted[next === sorted.length ? 0 : next] ?? 0;
  if (lookup === 'next') return ownerOf(atNext);
  const previous = pointOf(sorted[next === 0 ? sorted.length - 1 : next - 1] ?? 0);
  const toPrevious = (hash - previous) >>> 0;
  const toNext = (pointOf(atNext) - hash) >>> 0;
  return ownerOf(toPrevious <= toNext ? (sorted[firstAtOrAfter(sorted, previous)] ?? 0) : atNext);
}

function firstAtOrAfter(sorted: Float64Array, point: number): number {
  const entry = point * OWNERS;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < entry) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The share of all 2^32 hashes that each of so many members owns, 0..1. Without one of them its points count as gone, and
 * what they hid comes to light.
 */
export function ringShares({ sorted, lookup }: Ring, members: number, without?: number): number[] {
  const arcs = new Float64Array(members);
  // The nearest point answers for half of the arc on either side.
  const part = lookup === 'next' ? 1 : 0.5;
  let firstPoint = -1;
  let firstOwner = 0;
  let lastPoint = -1;
  let lastOwner = 0;
  // An iterator would box every one of the points.
  for (let i = 0; i < sorted.length; i++) {
    const entry = sorted[i] ?? 0;
    const point = pointOf(entry);
    const owner = entry - point * OWNERS;
    if (owner === without || point === lastPoint) continue;
    if (firstPoint < 0) {
      firstPoint = point;
      firstOwner = owner;
    } else {
      arcs[owner] = (arcs[owner] ?? 0) + (point - lastPoint) * part;
      arcs[lastOwner] = (arcs[lastOwner] ?? 0) + (point - lastPoint) * (1 - part);
    }
    lastPoint = point;
    lastOwner = owner;
  }
  const around = firstPoint < 0 ? 0 : 2 ** 32 - (lastPoint - firstPoint);
  arcs[firstOwner] = (arcs[firstOwner] ?? 0) + around * part;
  arcs[lastOwner] = (arcs[lastOwner] ?? 0) + around * (1 - part);
  return Array.from(arcs, (arc) => arc / 2 ** 32);
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
