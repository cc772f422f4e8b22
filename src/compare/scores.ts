import type { RendezvousLookup } from '../model/algorithm.ts';
import type { Server } from '../model/pool.ts';
import { sampleAddresses, writtenAddress } from './mapping.ts';
import type { Member } from './stages.ts';

/** Finds the member with the highest score for a key, by its place in the list. */
type Scorer = (key: string) => number;

/** How a rendezvous hash picks among members; undefined where scores cannot be computed from the config. */
function scorerOf({ hash }: RendezvousLookup, members: readonly Member[]): Scorer | undefined {
  if (hash !== 'fnv64a-log') return undefined;
  const scored = members.map(({ server, weight }) => ({ name: nameOf(server), weight }));
  if (
    members.some(
      ({ server }) => server.instances.count.value !== 1 || (server.address ?? server.hashedAs) === undefined,
    )
  )
    return undefined;
  if (scored.some(({ name, weight }) => name === undefined || weight === undefined)) return undefined;
  const names = scored.map(({ name }) => new TextEncoder().encode(name));
  return (key) => {
    const start = fnv64a(new TextEncoder().encode(key));
    let best = 0;
    let most = -1;
    scored.forEach(({ weight }, i) => {
      const score = (weight ?? 0) / -Math.log(partOf(fnv64a(names[i] ?? EMPTY, start)));
      if (score > most) [most, best] = [score, i];
    });
    return best;
  };
}

/** Shares 0..1 over random client addresses; undefined where scores cannot be computed. */
export function scoreShares(lookup: RendezvousLookup, members: readonly Member[]): readonly number[] | undefined {
  const scorer = scorerOf(lookup, members);
  if (scorer === undefined) return undefined;
  const keys = sampleAddresses();
  const won = members.map(() => 0);
  for (const key of keys) {
    const best = scorer(key);
    won[best] = (won[best] ?? 0) + 1;
  }
  return won.map((count) => count / keys.length);
}

function nameOf(server: Server): string | undefined {
  return server.hashedAs === undefined ? writtenAddress(server) : server.hashedAs.value;
}

const EMPTY = new Uint8Array(0);

/** A 64-bit number in two halves: doubles cannot hold it, and BigInt is ten times slower. */
type Halves = readonly [high: number, low: number];

const OFFSET: Halves = [0xcbf29ce4, 0x84222325];

/** FNV-1a of 64 bits, from the offset basis or from what hashed the bytes before these. */
export function fnv64a(bytes: Uint8Array, from: Halves = OFFSET): Halves {
  let [high, low] = from;
  for (const byte of bytes) {
    low = (low ^ byte) >>> 0;
    // The prime is 2^40 + 0x1b3.
    const small = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(small / 2 ** 32) + (low << 8)) >>> 0;
    low = small >>> 0;
  }
  return [high, low];
}

/** The number as a part of 2^64, never 0. */
function partOf([high, low]: Halves): number {
  return Math.max(Number.MIN_VALUE, (high * 2 ** 32 + low) / 2 ** 64);
}
