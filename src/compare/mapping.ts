import type { Pool, Server } from '../model/config.ts';
import { backupsTakeTurns, servingMembers, type Member } from './active.ts';
import { chashRing, crc32, ketamaRing, ringOwner, type Ring } from './rings.ts';

/** A hash key and its CRC-32, which also stands for any other good 32-bit hash of it. */
export interface Key {
  readonly text: string;
  readonly hash: number;
}

/** The server that a key meets; undefined when the product gives up on the key and takes turns. */
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

/**
 * How a hashing pool finds the server of a key, as its product really looks it up: on a ring, or in a table of slots by
 * the remainder of the hash. Undefined when the pool does not hash or the lookup depends on more than the config tells.
 * Another product's way (maglev, rendezvous) is one more branch here.
 */
export function ownerOf(pool: Pool): Owner | undefined {
  const algorithm = pool.algorithm.value;
  const members = servingMembers(pool);
  if (algorithm?.mapping === undefined || members.length === 0 || backupsTakeTurns(pool, members)) return undefined;
  if (algorithm.mapping !== 'modulo') {
    const ring = ringOf(pool, algorithm.mapping, members);
    return ring && (({ hash }) => members[ringOwner(ring, hash)]?.server);
  }
  if (pool.format === 'nginx') return nginxOwner(pool, algorithm.kind === 'source-hash' ? ADDRESS_HASH : TEXT_HASH);
  const slots = pool.format === 'haproxy' ? smoothSlots(members) : consecutiveSlots(members);
  return slots && (({ hash }) => members[slots[hash % slots.length] ?? 0]?.server);
}

/** The ring of a pool's serving members; undefined when its points depend on more than the config tells. */
export function ringOf(pool: Pool, mapping: 'ketama' | 'chash', members: readonly Member[]): Ring | undefined {
  const known = recent.find((one) => one.members === members && one.mapping === mapping);
  if (known !== undefined) return known.ring;
  const ring = buildRing(pool, mapping, members);
  recent = [{ members, mapping, ring }, ...recent.slice(0, 1)];
  return ring;
}

/** A pool's shares, its losses and the keys that move are asked for one after another; rings are too large to keep more. */
let recent: readonly {
  readonly members: readonly Member[];
  readonly mapping: string;
  readonly ring: Ring | undefined;
}[] = [];

function buildRing(pool: Pool, mapping: 'ketama' | 'chash', members: readonly Member[]): Ring | undefined {
  if (mapping === 'chash' && members.some(({ server }) => !isPlacedById(server))) return undefined;
  // nginx names the points of a server by its address.
  if (mapping === 'ketama' && members.some(({ server }) => server.address === undefined)) return undefined;
  // HAProxy numbers servers by their position, and a template stands for several positions.
  if (pool.servers.some((server) => server.count.value !== 1)) return undefined;
  const ids = serverIds(pool);
  if (ids === undefined) return undefined;
  const ringMembers = [];
  for (const { server, weight, index } of members) {
    if (weight === undefined || !Number.isInteger(weight)) return undefined;
    ringMembers.push({ written: writtenAddress(server), weight, id: ids[index] ?? index + 1 });
  }
  return mapping === 'ketama' ? ketamaRing(ringMembers) : chashRing(ringMembers);
}

function isPlacedById({ options }: Server): boolean {
  const key = options.get('hash-key');
  return key === undefined || key.value === 'id';
}

/**
 * HAProxy's number of each server: the `id` that is written, else the position or the next number that is free. Undefined when
 * one is written and not told.
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

/** The address as the config spells it, which names a server's points on nginx's ring: the port only where it is written. */
export function writtenAddress(server: Server): string {
  const address = server.address ?? server.name;
  const host = address.includes(':') && !address.startsWith('unix:') ? `[${address}]` : address;
  return server.port?.value === undefined || !server.port.written ? host : `${host}:${server.port.value}`;
}

/** nginx tries so many slots before it takes turns. */
const NGINX_TRIES = 20;

/** What nginx takes the remainder of at try 0, 1, …; a sum, so `before` is what the last try used. */
type NginxHash = (key: Key, attempt: number, before: number) => number;

/** `hash KEY`: 15 bits of the CRC-32 of the key, with the number of the try written before it from the second one on. */
const TEXT_HASH: NginxHash = ({ text, hash }, attempt, before) =>
  before + (((attempt === 0 ? hash : crc32(`${attempt}${text}`)) >>> 16) & 0x7fff);

/** `ip_hash`: the first three bytes of an address, folded into what the last try left. */
const ADDRESS_HASH: NginxHash = ({ hash }, attempt, before) =>
  fold(fold(fold(attempt === 0 ? 89 : before, hash >>> 24), (hash >>> 16) & 255), (hash >>> 8) & 255);

function fold(before: number, byte: number): number {
  return (before * 113 + byte) % 6271;
}

/** nginx keeps the slots of a server that is down and tries again when a key meets one: its keys alone move. */
function nginxOwner(pool: Pool, hashOf: NginxHash): Owner | undefined {
  const servers = pool.servers.filter((server) => server.tier.value === 'primary');
  const slots = consecutiveSlots(servers.map((server) => ({ server, weight: server.weight.value })));
  if (slots === undefined) return undefined;
  return (key) => {
    let hash = 0;
    for (let attempt = 0; attempt < NGINX_TRIES; attempt++) {
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

/** nginx: one server's slots stand together. */
function consecutiveSlots(members: Weighted): readonly number[] | undefined {
  if (totalWeight(members) === undefined) return undefined;
  return members.flatMap((member, i) => Array.from({ length: member.weight ?? 0 }, () => i));
}

/** HAProxy: slots interleaved by smooth weighted round robin. */
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
