import type { Pool } from '../model/pool.ts';
import { exactly, type Part } from '../model/share.ts';
import type { Member } from './stages.ts';
import { byWeight } from './weights.ts';

const ANY: Part = { low: 0, high: 1 };

/**
 * Of n servers the first k are the sample; each later one takes the place of a random one of k with the chance k/i, for the i-th.
 * All idle, the first place wins: the first server with k/n, those after the first k with 1/n each (reservoir sampling).
 */
export function firstOfSample(choices: number, members: readonly Member[]): readonly Part[] {
  const n = members.length;
  if (members.some(({ server }) => server.instances.count.value !== 1)) return members.map(() => ANY);
  const k = Math.min(choices, n);
  return members.map((_, i) => (i === 0 ? k / n : i < k ? 0 : 1 / n));
}

/**
 * Two different servers are drawn by weight and, both idle, the second is taken: weights are inverted when idle.
 * p_i = sum over j != i of (w_j / W) * w_i / (W - w_j).
 */
export function secondOfTwo(once: readonly Part[]): readonly Part[] {
  const weighted = once.map(exactly);
  if (weighted.includes(null)) return once.map(() => ANY);
  return weighted.map((_, i) =>
    weighted.reduce<number>(
      (sum, wj, j) => (i === j ? sum : sum + ((wj ?? 0) * (weighted[i] ?? 0)) / (1 - (wj ?? 0))),
      0,
    ),
  );
}

/**
 * Turns of all servers that have a weight, taken by position by those that are up: turn i goes to the server i modulo their number.
 * With all up it is the share by weight.
 */
export function byPosition(pool: Pool, members: readonly Member[]): readonly Part[] {
  const turns = pool.servers.map(({ weight }) => weight.value).filter((weight) => weight !== 0);
  const known = turns.filter((weight) => weight !== undefined);
  const isWhole = known.length === turns.length && members.every(({ weight }) => weight !== undefined);
  if (!isWhole || turns.length === members.length) return byWeight(members);
  const total = known.reduce((sum, weight) => sum + weight, 0);
  return members.map(
    (_, k) => known.reduce((sum, weight, i) => (i % members.length === k ? sum + weight : sum), 0) / total,
  );
}
