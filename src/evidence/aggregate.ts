import { at, logLikelihood, logSplitsNear, logSumExp, sum } from './numerics.ts';

/** How closely the second half of the bet is concentrated around the expected split, pseudo-answers a server. */
const CONCENTRATION = 32;

/**
 * ln of the evidence that a split is closer than `limit` (total variation, 0..1) to the expected one. Limits of single
 * servers leave room for half of fifty servers to get twice what the others get; this one does not.
 *
 * Universal inference: a mixture around the expected split against the best split at least `limit` away, whose likelihood
 * is at most that of the observed shares times exp(-2 N (limit - distance)^2), by Pinsker's inequality on the servers above
 * their share. An e-value for every split that far away.
 *
 * @param counts answers by server
 * @param moved answers that may have come from another server by the order in which servers are picked, not by the split
 */
export function logTogether(counts: readonly number[], shares: readonly number[], limit: number, moved = 0): number {
  const total = sum(counts);
  if (limit >= 1) return Infinity;
  if (total === 0) return -Infinity;
  const observed = counts.map((n) => n / total);
  const distance = sum(observed.map((f, i) => Math.abs(f - at(shares, i)))) / 2 + moved / total;
  if (distance >= limit) return -Infinity;
  const bet = logSumExp([logLikelihood(counts, shares), logSplitsNear(counts, shares, CONCENTRATION)]) - Math.log(2);
  return bet - logLikelihood(counts, observed) + 2 * total * (limit - distance) ** 2;
}
