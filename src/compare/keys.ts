import type { Pool, Server } from '../model/config.ts';
import { unreadable } from './active.ts';
import { ownerOf, sampleKeys, writtenAddress } from './mapping.ts';
import { addressOf } from './match.ts';
import { predict } from './predict.ts';

/**
 * The share of hash keys that meet another server after a change, 0..1.
 * Null when either side does not hash or its lookup cannot be computed. A pool that hashes something else afterwards moves
 * a key unless chance brings it to the same server.
 */
export function keysMoved(base: Pool, head: Pool): number | null {
  const before = base.algorithm.value;
  const after = head.algorithm.value;
  if (before?.mapping === undefined || after?.mapping === undefined) return null;
  if (before.key !== after.key) return movedByChance(base, head);
  if (unreadable(base) !== undefined || unreadable(head) !== undefined) return null;
  if (lookup(base) === lookup(head)) return 0;
  const ownerBefore = ownerOf(base);
  const ownerAfter = ownerOf(head);
  if (ownerBefore === undefined || ownerAfter === undefined) return null;
  const keys = sampleKeys();
  let moved = 0;
  for (const key of keys) {
    if (identity(ownerBefore(key)) !== identity(ownerAfter(key))) moved++;
  }
  return moved / keys.length;
}

/** One minus the chance that two independent lookups agree. */
function movedByChance(base: Pool, head: Pool): number | null {
  const before = shareByIdentity(base);
  const after = shareByIdentity(head);
  if (before === undefined || after === undefined) return null;
  let same = 0;
  for (const [server, share] of before) same += share * (after.get(server) ?? 0);
  return 1 - same;
}

function shareByIdentity(pool: Pool): Map<string, number> | undefined {
  const shares = new Map<string, number>();
  for (const [i, { byKey }] of predict(pool).shares.entries()) {
    if (byKey === null) return undefined;
    const server = identity(pool.servers[i]);
    shares.set(server, (shares.get(server) ?? 0) + byKey);
  }
  return shares;
}

function identity(server: Server | undefined): string {
  if (server === undefined) return '';
  return server.address === undefined ? server.name : addressOf(server);
}

/** Everything that a lookup depends on: pools of which it is equal move no key. */
function lookup(pool: Pool): string {
  const servers = pool.servers.map((server) => [
    writtenAddress(server),
    server.weight.value,
    server.state.value,
    server.tier.value,
    server.count.value,
    server.id?.value,
    server.options.get('hash-key')?.value,
  ]);
  const { kind, mapping, native } = pool.algorithm.value ?? {};
  return JSON.stringify([pool.format, kind, mapping, native, servers]);
}
