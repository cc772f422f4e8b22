import { exactly, type Part } from '../model/share.ts';
import type { Member } from './stages.ts';

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
