import type { Pool, Server } from '../model/config.ts';
import { servingMembers } from './active.ts';
import { ringOf } from './predict.ts';
import { ringOwner } from './rings.ts';

/** Hashes looked up to find how many keys move; the answer is good to about half a point. */
const SAMPLES = 20_000;

/**
 * The share of hash keys that meet another server after a change, 0..1.
 * Null when either side does not hash, hashes another key, or its mapping cannot be computed.
 */
export function keysMoved(base: Pool, head: Pool): number | null {
  const before = base.algorithm.value;
  const after = head.algorithm.value;
  if (before?.mapping === undefined || after?.mapping === undefined) return null;
  if (before.key !== after.key) return 1;
  const ownerBefore = ownerOf(base);
  const ownerAfter = ownerOf(head);
  if (ownerBefore === undefined || ownerAfter === undefined) return null;
  let moved = 0;
  for (let i = 0; i < SAMPLES; i++) {
    // A multiplicative sequence visits the 32-bit range evenly and is the same in every run.
    const hash = Math.imul(i, 0x9e3779b1) >>> 0;
    if (identity(ownerBefore(hash)) !== identity(ownerAfter(hash))) moved++;
  }
  return moved / SAMPLES;
}

function identity(server: Server | undefined): string {
  return server === undefined ? '' : `${server.address ?? server.name}:${server.port?.value ?? ''}`;
}

function ownerOf(pool: Pool): ((hash: number) => Server | undefined) | undefined {
  const members = servingMembers(pool);
  const mapping = pool.algorithm.value?.mapping;
  if (members.length === 0 || mapping === undefined) return undefined;
  if (mapping !== 'modulo') {
    const ring = ringOf(pool, mapping, members);
    return ring && ((hash) => members[ringOwner(ring, hash)]?.server);
  }
  const slots = pool.format === 'haproxy' ? smoothMap(members) : cumulativeMap(members);
  if (slots === undefined) return undefined;
  // nginx keeps 15 bits of the hash before the modulo.
  const bits = pool.format === 'nginx' ? 17 : 0;
  return (hash) => members[slots[(hash >>> bits) % slots.length] ?? 0]?.server;
}

type Weighted = readonly { readonly weight: number | undefined }[];

/** Slots of the largest map that is built. */
const MAX_SLOTS = 1 << 16;

function totalWeight(members: Weighted): number | undefined {
  let total = 0;
  for (const { weight } of members) {
    if (weight === undefined || !Number.isInteger(weight)) return undefined;
    total += weight;
  }
  return total > 0 && total <= MAX_SLOTS ? total : undefined;
}

/** nginx: consecutive slots per server. */
function cumulativeMap(members: Weighted): readonly number[] | undefined {
  if (totalWeight(members) === undefined) return undefined;
  return members.flatMap((member, i) => Array.from({ length: member.weight ?? 0 }, () => i));
}

/** HAProxy: slots interleaved by smooth weighted round robin. */
function smoothMap(members: Weighted): readonly number[] | undefined {
  const total = totalWeight(members);
  if (total === undefined) return undefined;
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
