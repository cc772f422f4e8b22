import type { Pool, Server } from '../model/config.ts';
import type { Share } from '../model/share.ts';
import { servingMembers } from './active.ts';
import { mainShare, predict } from './predict.ts';

/** What one failure does to the server that it raises the most. Shares 0..1, of one instance where a line stands for several. */
export interface Loss {
  readonly lost: string;
  readonly raised: string;
  readonly before: number;
  readonly after: number;
}

/** Losing a lighter server than these never raises another one more, nor leaves one with a larger share. */
const TRIED = 4;

/**
 * The effect of each single failure on the server that it raises the most; empty when shares are unknown or no server
 * would be left.
 */
export function losses(pool: Pool): Loss[] {
  const whole = predict(pool);
  const serving = servingMembers(pool);
  if (serving.reduce((sum, { server }) => sum + (server.count.value ?? 1), 0) < 2) return [];
  const heaviest = serving
    .toSorted((a, b) => (mainShare(whole.shares[b.index]) ?? 0) - (mainShare(whole.shares[a.index]) ?? 0))
    .slice(0, TRIED);
  return heaviest.flatMap(({ index, server }) => {
    const servers = pool.servers.map((other, i) => (i === index ? withoutOne(other) : other));
    const raised = predict({ ...pool, servers }).shares.flatMap((share, i): Loss[] => {
      const before = ofOne(pool.servers[i], whole.shares[i]);
      const after = ofOne(servers[i], share);
      const name = pool.servers[i]?.name;
      return before === null || after === null || name === undefined
        ? []
        : [{ lost: server.name, raised: name, before, after }];
    });
    const most = raised.toSorted((a, b) => b.after - b.before - (a.after - a.before))[0];
    return most === undefined ? [] : [most];
  });
}

function withoutOne(server: Server): Server {
  const count = server.count.value ?? 1;
  return count > 1
    ? { ...server, count: { ...server.count, value: count - 1 } }
    : { ...server, state: { ...server.state, value: 'down' } };
}

function ofOne(server: Server | undefined, share: Share | undefined): number | null {
  const whole = mainShare(share);
  return whole === null ? null : whole / Math.max(1, server?.count.value ?? 1);
}

/** The failure that raises one server's share the most: "if web1 fails, web2 goes from 14% to 50%". */
export function worstLoss(pool: Pool): Loss | undefined {
  return losses(pool).toSorted((a, b) => b.after - b.before - (a.after - a.before))[0];
}

/** The largest share that any server has after any single failure, 0..1; null when it cannot be told. */
export function largestShareAfterLoss(pool: Pool): number | null {
  const found = losses(pool);
  return found.length === 0 ? null : found.reduce((most, loss) => Math.max(most, loss.after), 0);
}
