import type { PoolChange } from '../../compare/compare.ts';
import type { Severity } from '../../model/finding.ts';
import type { Text } from '../../model/text.ts';
import { count, percent, say } from '../../text/say.ts';
import { primaryCount, rises, servingCount, type Compared } from './comparing.ts';

/** Rules whose findings only say again what the loss of servers leads to. */
export const CONSEQUENCES_OF_LOSS = { 'share-shift': 'pool', 'n-1-worse': 'pool', 'hash-remap': 'pool' } as const;

/** A rise of one server's share that is an error whatever else holds, 0..1. */
const LARGE_RISE = 0.25;

/** Servers of a pool that no longer serve. */
export interface Lost {
  /** How many instances of primaries, where they still count as servers of the pool. */
  readonly starved?: number;
  /** Their part of the traffic, 0..1; null where it is not known. */
  readonly share: number | null;
}

/** A part of the servers of a pool that nobody takes out at once on purpose, 0..1, when these are several. */
const MANY = 1 / 3;

/**
 * How grave it is that servers of a pool no longer serve. Error when none or one is left, when several are a third of the pool or
 * more, when they had `most` of the traffic, or when another server's share rises by more than 25 points; notice when as many were
 * put in their place.
 */
export function lossSeverity(
  change: PoolChange,
  { base, head }: Compared,
  { share, starved = 0 }: Lost,
  most: number,
): Severity {
  const before = primaryCount(base.pool);
  const after = primaryCount(head.pool) - starved;
  if (after >= before) return 'notice';
  if (head.pool.dynamic) return 'warning';
  const rise = rises(change)[0];
  const large = rise !== undefined && rise.after - rise.before > LARGE_RISE;
  const many = before - after > 1 && before - after >= before * MANY;
  const few = after === 0 || (after === 1 && before > 1);
  return few || many || (share ?? 0) >= most || large ? 'error' : 'warning';
}

/** What becomes of the traffic of servers that no longer serve. */
export function takenOver(change: PoolChange, { base, head }: Compared): Text {
  const before = primaryCount(base.pool);
  const after = primaryCount(head.pool);
  if (servingCount(head.pool) === 0) return say`No server of the pool is left to take traffic: every request fails.`;
  if (after === 0) return say`No primary server is left: all traffic goes to the backups.`;
  const rise = rises(change)[0];
  const left = say`${count(before, 'server')} took traffic before, ${after} after`;
  if (rise === undefined || rise.after <= rise.before) return say`${left}.`;
  return say`${left}; ${rise.name} goes from ${percent(rise.before)} to ${percent(rise.after)}.`;
}
