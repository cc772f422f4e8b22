import type { Pool, Server } from '../model/pool.ts';
import type { RingLookup } from '../model/algorithm.ts';
import { buildRing, crc32, ringOwner, type Ring } from './rings.ts';
import { stages, type Member } from './stages.ts';

/** A hash key and its CRC-32, which also stands for any other good 32-bit hash of it. */
export interface Key {
  readonly text: string;
  readonly hash: number;
}

/** The server that a key goes to; undefined when the balancer gives up on the key and uses round robin. */
export type Owner = (key: Key) => Server | undefined;

/** Keys looked up where a share or a move has no formula; the answer is good to about half a point. */
const SAMPLES = 20_000;
let samples: readonly Key[] | undefined;

/** Keys of 4 to 40 characters without structure, the same in every run. */
export function sampleKeys(): readonly Key[] {
  samples ??= Array.from({ length: SAMPLES }, (_, i) => {
    const length = 4 + (i % 37);
    let state = Math.imul(i + 1, 0x9e3779b1) >>> 0;
    let text = '';
    while (text.length < length) {
      state = (Math.imul(state ^ (state >>> 15), 0x85ebca6b) + 0xc2b2ae35) >>> 0;
      text += (state >>> 8).toString(36);
    }
    text = text.slice(0, length);
    return { text, hash: crc32(text) };
  });
  return samples;
}

let addresses: readonly string[] | undefined;

/** IPv4 addresses of clients, spread over the whole range, the same in every run. */
export function sampleAddresses(): readonly string[] {
  addresses ??= Array.from({ length: SAMPLES }, (_, i) => {
    let state = Math.imul(i + 1, 0x9e3779b1) >>> 0;
    for (const factor of [0x85ebca6b, 0xc2b2ae35]) state = Math.imul(state ^ (state >>> 15), factor) >>> 0;
    return [24, 16, 8, 0].map((bits) => (state >>> bits) & 255).join('.');
  });
  return addresses;
}

/**
 * How a hashing pool finds the server of a key: on a ring, or in a table of slots by the remainder of the hash. Undefined when
 * the pool does not hash, or the lookup depends on more than the config says.
 */
export function ownerOf(pool: Pool): Owner | undefined {
  const algorithm = pool.algorithm.value;
  const [stage, ...others] = stages(pool);
  if (algorithm?.kind !== 'hash' || algorithm.lookup === undefined) return undefined;
  if (stage === undefined || others.length > 0 || (stage.standby && pool.spill.standbyBy === 'round-robin'))
    return undefined;
  const { lookup } = algorithm;
  const { members } = stage;
  if (lookup.table === 'ring') {
    const ring = ringOf(pool, lookup, members);
    return ring && (({ hash }) => members[ringOwner(ring, hash)]?.server);
  }
  if (lookup.table !== 'slots') return undefined;
  if (lookup.down === 'retry') return retryingOwner(pool, lookup.hash === 'octets' ? ADDRESS_HASH : TEXT_HASH);
  const slots = lookup.order === 'interleaved' ? smoothSlots(members) : consecutiveSlots(members);
  return slots && (({ hash }) => members[slots[hash % slots.length] ?? 0]?.server);
}

/** The ring of a pool's serving members; undefined when its points depend on more than the config tells. */
export function ringOf(pool: Pool, lookup: RingLookup, members: readonly Member[]): Ring | undefined {
  const known = recent.find((one) => one.members === members && one.lookup === lookup);
  if (known !== undefined) return known.ring;
  const ring = ringFor(pool, lookup, members);
  recent = [{ members, lookup, ring }, ...recent.slice(0, 1)];
  return ring;
}

/** A pool's shares, its losses and the keys that move are asked for one after another; rings are too large to keep more. */
let recent: readonly {
  readonly members: readonly Member[];
  readonly lookup: RingLookup;
  readonly ring: Ring | undefined;
}[] = [];

function ringFor(pool: Pool, lookup: RingLookup, members: readonly Member[]): Ring | undefined {
  if (lookup.place === 'unknown' || lookup.hash === 'unknown') return undefined;
  if (lookup.place === 'address' && members.some(({ server }) => server.address === undefined)) return undefined;
  // Points are named by position or by address, and one line of several instances has several.
  if (pool.servers.some((server) => server.instances.count.value !== 1)) return undefined;
  const ids = serverIds(pool);
  if (ids === undefined) return undefined;
  const ringMembers = [];
  for (const { server, weight, index } of members) {
    if (weight === undefined || !Number.isInteger(weight)) return undefined;
    ringMembers.push({ written: writtenAddress(server), weight, id: ids[index] ?? index + 1 });
  }
  return buildRing(lookup, ringMembers);
}

/**
 * The number of each server: the id that is written, else the position or the next number that is free. Undefined when one is
 * written and not known.
 */
export function serverIds({ servers }: Pool): readonly number[] | undefined {
  if (servers.some(({ id }) => id !== undefined && id.value === undefined)) return undefined;
  const taken = new Set(servers.flatMap(({ id }) => id?.value ?? []));
  let next = 0;
  return servers.map(({ id }) => {
    next++;
    if (id?.value !== undefined) return id.value;
    while (taken.has(next)) next++;
    return next;
  });
}

/** The address as the config spells it, which can name a server's points on a ring: the port only where it is written. */
export function writtenAddress(server: Server): string {
  const address = server.address ?? server.name;
  const host = address.includes(':') && !address.startsWith('unix:') ? `[${address}]` : address;
  return server.port?.value === undefined || !server.port.written ? host : `${host}:${server.port.value}`;
}

/** Slots that are tried before a key gets round robin. */
const TRIES = 20;

/** What the remainder is taken of at try 0, 1, …; a sum, so `before` is what the last try used. */
type RetryHash = (key: Key, attempt: number, before: number) => number;

/** 15 bits of the CRC-32 of the key, with the number of the try written before it from the second one on. */
const TEXT_HASH: RetryHash = ({ text, hash }, attempt, before) =>
  before + (((attempt === 0 ? hash : crc32(`${attempt}${text}`)) >>> 16) & 0x7fff);

/** The first three bytes of an address, folded into what the last try left. */
const ADDRESS_HASH: RetryHash = ({ hash }, attempt, before) =>
  fold(fold(fold(attempt === 0 ? 89 : before, hash >>> 24), (hash >>> 16) & 255), (hash >>> 8) & 255);

function fold(before: number, byte: number): number {
  return (before * 113 + byte) % 6271;
}

/** The slots of a server that is down stay, and a key that meets one tries again: its keys alone move. */
function retryingOwner(pool: Pool, hashOf: RetryHash): Owner | undefined {
  const servers = pool.servers.filter((server) => server.priority.value === 0);
  const slots = consecutiveSlots(servers.map((server) => ({ server, weight: server.weight.value })));
  if (slots === undefined) return undefined;
  return (key) => {
    let hash = 0;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      hash = hashOf(key, attempt, hash);
      const server = servers[slots[hash % slots.length] ?? 0];
      if (server?.state.value === 'up') return server;
    }
    return undefined;
  };
}

type Weighted = readonly { readonly weight: number | undefined }[];

/** Slots of the largest table that is built. */
const MAX_SLOTS = 1 << 16;

function totalWeight(members: Weighted): number | undefined {
  let total = 0;
  for (const { weight } of members) {
    if (weight === undefined || !Number.isInteger(weight)) return undefined;
    total += weight;
  }
  return total > 0 && total <= MAX_SLOTS ? total : undefined;
}

/** Each turn of interleaving looks at every member: so many looks, about a second, are the most. */
const MAX_TURNS = 1 << 27;

/** One server's slots are next to each other. */
function consecutiveSlots(members: Weighted): readonly number[] | undefined {
  if (totalWeight(members) === undefined) return undefined;
  return members.flatMap((member, i) => Array.from({ length: member.weight ?? 0 }, () => i));
}

/** Slots interleaved by smooth weighted round robin. */
function smoothSlots(members: Weighted): readonly number[] | undefined {
  const total = totalWeight(members);
  if (total === undefined || total * members.length > MAX_TURNS) return undefined;
  const score = members.map(() => 0);
  return Array.from({ length: total }, () => {
    let best = 0;
    members.forEach((member, i) => {
      score[i] = (score[i] ?? 0) + (member.weight ?? 0);
      if ((score[i] ?? 0) > (score[best] ?? 0)) best = i;
    });
    score[best] = (score[best] ?? 0) - total;
    return best;
  });
}
