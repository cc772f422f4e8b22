import type { Config, Pool, Reference, Server } from '../model/config.ts';
import type { Span } from '../model/span.ts';

/** Whether a server is meant to take traffic as a primary; an unknown state or tier counts, weight 0 too. */
export function isPrimaryUp(server: Server): boolean {
  return server.tier.value !== 'backup' && (server.state.value === undefined || server.state.value === 'up');
}

/** Every place of one revision that sends traffic to a pool; other files of the same product may hold it. */
export function referencesTo(pool: Pool, configs: readonly Config[]): readonly Reference[] {
  let index = indexes.get(configs);
  if (index === undefined) indexes.set(configs, (index = indexOf(configs)));
  return index.get(`${pool.format} ${pool.name}`) ?? [];
}

/** Asked for every pool of a revision, so looked through once. */
const indexes = new WeakMap<readonly Config[], ReadonlyMap<string, readonly Reference[]>>();

function indexOf(configs: readonly Config[]): ReadonlyMap<string, readonly Reference[]> {
  const all = configs.flatMap(({ format, references }) => references.map((reference) => ({ format, reference })));
  const groups = groupBy(all, ({ format, reference }) => reference.pool && `${format} ${reference.pool}`);
  return new Map([...groups].map(([key, group]) => [key, group.map(({ reference }) => reference)]));
}

/** Items by a key, in order; those without one are left out. */
export function groupBy<T>(
  items: Iterable<T>,
  keyOf: (item: T) => string | undefined,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Tells places apart: a line that many pools inherit is one place. */
export function placeKey(at: Span): string {
  return `${at.source.path}:${at.start}`;
}

/** Whether something stands in the pool's own section, not in what it inherits from above. */
export function standsIn(pool: Pool, at: Span): boolean {
  return at.source === pool.at.source && at.start > pool.at.start;
}

/** Whether a host is an IP address or a socket, so that it means one and the same target everywhere. */
export function isLiteral(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');
}

/** Whether a pool picks servers by what is open or slow right now, so that a server that fails fast looks free. */
export function isLoadAware(pool: Pool): boolean {
  const kind = pool.algorithm.value?.kind;
  return kind === 'least-connections' || kind === 'least-time' || kind === 'random-two-choices';
}
