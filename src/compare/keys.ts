import type { Pool, Server } from '../model/pool.ts';
import { ownerOf, sampleKeys, writtenAddress } from './mapping.ts';
import { addressOf } from './match.ts';
import { exactly } from '../model/share.ts';
import { predict } from './predict.ts';
import { unreadable } from './stages.ts';

/**
 * The share of hash keys that meet another server after a change, 0..1.
 * Null when either side does not hash or its lookup cannot be computed. A pool that hashes something else afterwards moves
 * a key unless chance brings it to the same server.
 */
export function keysMoved(base: Pool, head: Pool): number | null {
  const before = base.algorithm.value;
  const after = head.algorithm.value;
  if (before?.kind !== 'hash' || before.lookup === undefined) return null;
  if (after?.kind !== 'hash' || after.lookup === undefined) return null;
  if (before.key.native !== after.key.native) return movedByChance(base, head);
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
    const share = exactly(byKey);
    if (share === null) return undefined;
    const server = identity(pool.servers[i]);
    shares.set(server, (shares.get(server) ?? 0) + share);
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
    server.priority.value,
    server.instances.count.value,
    server.id?.value,
  ]);
  const { spill, zones, algorithm } = pool;
  return JSON.stringify([algorithm.value, spill.standby, spill.standbyBy, zones.value, servers]);
}
