import { activePrimaries, instancesOf, servingMembers } from '../../compare/stages.ts';
import type { PoolChange, PoolSide, ServerChange } from '../../compare/compare.ts';
import type { PoolFacts } from '../../model/facts.ts';
import type { Pool, Server } from '../../model/pool.ts';
import type { ChangeKind } from '../../model/diff.ts';
import type { Span } from '../../model/span.ts';

/** A pool that is in base and in head. */
export interface Compared {
  readonly base: PoolSide;
  readonly head: PoolSide;
}

/** Both sides of a changed pool; undefined when it was added or removed as a whole. */
export function compared({ base, head }: PoolChange): Compared | undefined {
  return base === undefined || head === undefined ? undefined : { base, head };
}

/** How many servers get traffic while everything answers, instances of a template counted each. */
export function servingCount(pool: Pool): number {
  return instancesOf(servingMembers(pool));
}

/** The same without backups. */
export function primaryCount(pool: Pool): number {
  return instancesOf(activePrimaries(pool));
}

/** How the share of one instance of a server changes, shares 0..1. */
export interface Rise {
  readonly server: ServerChange;
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** Shares of the servers that stay, per instance, largest rise first. Servers whose share is unknown on either side are left out. */
export function rises(change: PoolChange): Rise[] {
  return change.servers
    .flatMap((server): Rise[] => {
      const { base, head, shareBefore, shareAfter } = server;
      const counts = [base?.instances.count.value, head?.instances.count.value] as const;
      if (base === undefined || head === undefined || shareBefore === null || shareAfter === null) return [];
      if (!counts[0] || !counts[1]) return [];
      return [{ server, name: head.name, before: shareBefore / counts[0], after: shareAfter / counts[1] }];
    })
    .toSorted((a, b) => b.after - b.before - (a.after - a.before));
}

const OWN: readonly ChangeKind[] = ['weight-changed', 'state-changed', 'tier-changed', 'count-changed'];
const ANY: readonly ChangeKind[] = ['algorithm-changed', ...OWN, 'server-added', 'order-changed'];

/**
 * The place in head that explains why traffic moves: what changed at the server itself, else the first change of the pool that
 * moves traffic, else the pool's header (a removed line has no place in head).
 */
export function causeOf(change: PoolChange, head: PoolSide, server?: string): Span {
  const own = change.changes.find(({ kind, server: name }) => name === server && OWN.includes(kind));
  if (own !== undefined) return own.at;
  for (const kind of ANY) {
    const found = change.changes.find((one) => one.kind === kind);
    if (found !== undefined) return found.at;
  }
  return head.pool.at;
}

/** The share that one instance should have, 0..1: by what each server stands when that is declared for all, else the even one. */
export function fairShare(pool: Pool, facts: PoolFacts | undefined): (server: Server) => number {
  const serving = servingMembers(pool).map(({ server }) => server);
  const capacityOf = (server: Server): number | undefined =>
    facts?.capacity?.get(server.name) ?? server.capacity?.value;
  const total = serving.reduce(
    (sum, server) => sum + (capacityOf(server) ?? Number.NaN) * (server.instances.count.value ?? 1),
    0,
  );
  if (total > 0) return (server) => (capacityOf(server) ?? 0) / total;
  return () => 1 / servingCount(pool);
}
