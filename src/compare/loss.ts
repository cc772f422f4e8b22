import type { Pool, Server } from '../model/pool.ts';
import type { Loss, Prediction } from '../model/share.ts';
import { mainShare } from '../model/share.ts';
import type { Text } from '../model/text.ts';
import { percent, say, words } from '../text/say.ts';
import { predict, ringBehind } from './predict.ts';
import { ringShares, type Ring } from './rings.ts';
import { instancesOf, servingMembers, type Member } from './stages.ts';

/** Losing a lighter server than these never raises another one more, nor leaves one with a larger share. */
const TRIED = 4;

/**
 * The effect of each single failure on the server that it raises the most; empty when shares are unknown or no server
 * would be left. Servers of one weight and share are tried once; on a ring each has neighbours of its own.
 */
export function losses(pool: Pool, whole: Prediction = predict(pool)): Loss[] {
  const serving = servingMembers(pool);
  if (instancesOf(serving) < 2) return [];
  const shareOf = ({ index }: Member): number => mainShare(whole.shares[index]) ?? 0;
  const ring = serving.length > 1 ? ringBehind(pool) : undefined;
  const alike = new Set<string>();
  const heaviest = serving
    .filter((member) => ring !== undefined || isFirst(alike, `${member.weight} ${shareOf(member)}`))
    .toSorted((a, b) => shareOf(b) - shareOf(a))
    .slice(0, TRIED);
  const sharesWithout = lookupWithout(pool, serving, ring);
  return heaviest.flatMap((member): Loss[] => {
    const after = sharesWithout(member);
    let most: Loss | undefined;
    pool.servers.forEach((server, i) => {
      const before = ofOne(server, mainShare(whole.shares[i]));
      const raised = ofOne(i === member.index ? withoutOne(server) : server, after[i] ?? null);
      if (before === null || raised === null) return;
      if (most === undefined || raised - before > most.after - most.before)
        most = {
          lost: member.server.name,
          raised: server.name,
          instances: { lost: countOf(member.server), raised: countOf(server) },
          before,
          after: raised,
        };
    });
    return most === undefined ? [] : [most];
  });
}

function isFirst(seen: Set<string>, key: string): boolean {
  const first = !seen.has(key);
  seen.add(key);
  return first;
}

/** Shares of all servers, in their order, without one instance of a member. */
function lookupWithout(
  pool: Pool,
  serving: readonly Member[],
  ring: Ring | undefined,
): (lost: Member) => readonly (number | null)[] {
  if (ring === undefined) {
    return ({ index }) => predict(without(pool, index)).shares.map(mainShare);
  }
  // To leave a member's points out of a ring is far cheaper than to sort the ring of the others.
  return (lost) => {
    const shares = ringShares(ring, serving.length, serving.indexOf(lost));
    const all = pool.servers.map(() => 0);
    serving.forEach((member, i) => {
      all[member.index] = shares[i] ?? 0;
    });
    return all;
  };
}

/** The pool while one server, or one instance of a line that stands for several, is down. */
export function without(pool: Pool, index: number): Pool {
  return { ...pool, servers: pool.servers.map((server, i) => (i === index ? withoutOne(server) : server)) };
}

function withoutOne(server: Server): Server {
  const { count } = server.instances;
  return (count.value ?? 1) > 1
    ? { ...server, instances: { ...server.instances, count: { ...count, value: (count.value ?? 1) - 1 } } }
    : { ...server, state: { ...server.state, value: 'down' } };
}

function ofOne(server: Server, whole: number | null): number | null {
  return whole === null ? null : whole / countOf(server);
}

function countOf({ instances }: Server): number {
  return Math.max(1, instances.count.value ?? 1);
}

/** `web1 fails, web2 goes from 14% to 50%`, with instances where a line stands for several. */
export function lossText({ lost, raised, instances, before, after }: Loss, pool?: string): Text {
  const of = pool === undefined ? words('') : say` of ${pool}`;
  const one = instances.lost === 1 ? say`${lost}${of}` : say`one of the ${instances.lost} instances of ${lost}${of}`;
  const rise = say`from ${percent(before)} to ${percent(after)}`;
  if (lost === raised && instances.lost > 1) return say`${one} fails, each of the others goes ${rise}`;
  return instances.raised === 1
    ? say`${one} fails, ${raised} goes ${rise}`
    : say`${one} fails, each instance of ${raised} goes ${rise}`;
}

/** The failure that raises one server's share the most: "if web1 fails, web2 goes from 14% to 50%". */
export function worstLoss(found: readonly Loss[]): Loss | undefined {
  return found.toSorted((a, b) => b.after - b.before - (a.after - a.before))[0];
}

/** The largest share that any server has after any single failure, 0..1; null when it cannot be told. */
export function largestShareAfterLoss(found: readonly Loss[]): number | null {
  return found.length === 0 ? null : found.reduce((most, loss) => Math.max(most, loss.after), 0);
}
