import { isBackup, type Pool, type Server } from '../../model/pool.ts';
import type { Span } from '../../model/span.ts';
import { appendTo } from '../../text/append.ts';

/** Whether a server is meant to take traffic as a primary; an unknown state or tier counts, weight 0 too. */
export function isPrimaryUp(server: Server): boolean {
  return isBackup(server) !== true && (server.state.value === undefined || server.state.value === 'up');
}

/** Items by a key, in order; those without one are left out. */
export function groupBy<T>(
  items: Iterable<T>,
  keyOf: (item: T) => string | undefined,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== undefined) appendTo(groups, key, item);
  }
  return groups;
}

/** Whether something stands in the pool's own section, not in what it inherits from above. */
export function standsIn(pool: Pool, at: Span): boolean {
  return at.source === pool.at.source && at.start > pool.at.start;
}

/** True for the pool that an address in a pass makes (`proxy_pass http://api:5001`): nothing declares it, its one server is all. */
export function isImplicit({ at, servers }: Pool): boolean {
  return servers.length === 1 && servers[0]?.at === at;
}
