import type { RingLookup } from '../../model/algorithm.ts';
import { keysMoved } from '../../compare/keys.ts';
import type { PoolChange } from '../../compare/compare.ts';
import type { Pool, Server } from '../../model/pool.ts';
import { implied, type Span } from '../../model/span.ts';
import { percent, say } from '../../text/say.ts';
import { compared } from '../shared/comparing.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'hash-identity-shift',
  title: 'Servers keep their position on the hash ring',
  severity: 'warning',
  scope: 'change',
  covers: { 'hash-remap': 'pool' },
  options: {
    'max-extra': {
      type: 'percent',
      default: 0.05,
      describe: 'Maximum share of keys that may move for this reason alone.',
    },
  },
  *check({ change, options }) {
    const sides = compared(change);
    const place = sides && placedBy(sides.head.pool);
    if (sides === undefined || place === undefined || place === 'unknown') return;
    const { base, head } = sides;
    if (placedBy(base.pool) !== place) return;
    const kept = withOldPlaces(change, base.pool, head.pool);
    if (kept.shifted === undefined) return;
    const moved = change.keysMoved;
    const needed = keysMoved(base.pool, kept.pool);
    if (moved === null || needed === null || moved - needed <= options['max-extra']) return;
    yield {
      at: placeOf(change, head.pool, kept.shifted),
      what: say`${percent(moved)} of the keys of ${head.pool.name} move to a different server; only ${percent(needed)} have to.`,
      why:
        place === 'id'
          ? say`The position of a server on the ring follows from its position in the list, which changes for ${kept.shifted.name}.`
          : say`The position of a server on the ring follows from its address as written, and that of ${kept.shifted.name} is written differently.`,
      fix:
        place === 'id'
          ? say`Move new servers to the end of the list, or set an id for every server.`
          : say`Set the address as it was written before.`,
    };
  },
});

/** What names the points of a server on the pool's ring; undefined when it hashes onto none. */
function placedBy({ algorithm: { value } }: Pool): RingLookup['place'] | undefined {
  return value?.kind === 'hash' && value.lookup?.table === 'ring' ? value.lookup.place : undefined;
}

/** Head as it would be if the servers that stay had kept what places them on the ring, and the first one that has not. */
function withOldPlaces(
  change: PoolChange,
  base: Pool,
  head: Pool,
): { readonly pool: Pool; readonly shifted: Server | undefined } {
  const before = new Map(
    change.servers.flatMap((one) => (one.base && one.head ? [[one.head, one.base] as const] : [])),
  );
  const idOf = new Map(base.servers.map((server, i) => [server, server.id?.value ?? i + 1] as const));
  const largest = [...idOf.values(), ...head.servers.map((server) => server.id?.value ?? 0)].reduce(
    (a, b) => Math.max(a, b),
    0,
  );
  let fresh = largest;
  let shifted: Server | undefined;
  const servers = head.servers.map((server, i): Server => {
    const old = before.get(server);
    if (placedBy(head) === 'id') {
      const id = old === undefined ? (server.id?.value ?? ++fresh) : (idOf.get(old) ?? i + 1);
      if (old !== undefined && id !== (server.id?.value ?? i + 1)) shifted ??= server;
      return { ...server, id: implied(id, server.at) };
    }
    if (old === undefined) return server;
    if (server.address !== old.address || server.port?.written !== old.port?.written) shifted ??= server;
    const { port: _, ...rest } = server;
    return { ...rest, address: old.address, port: old.port };
  });
  return { pool: { ...head, servers }, shifted };
}

/** The line that pushed others out of their places, else the line that is written differently. */
function placeOf(change: PoolChange, head: Pool, shifted: Server): Span {
  const cause = change.changes.find(({ kind }) => kind === 'server-added' || kind === 'order-changed');
  const position = head.servers.indexOf(shifted);
  const pushed = change.servers.some(
    ({ base, head: server }) => base === undefined && server !== undefined && head.servers.indexOf(server) < position,
  );
  if (placedBy(head) === 'address') return shifted.at;
  if (pushed && cause !== undefined) return cause.at;
  const removed = change.changes.some(({ kind }) => kind === 'server-removed');
  return removed ? head.at : shifted.at;
}
