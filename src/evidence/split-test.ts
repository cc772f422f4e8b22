import { logTogether } from './aggregate.ts';
import { at, bestInBox, logAnySplit, logSumExp, logSupInBox, sum, times } from './numerics.ts';
import type { Limits } from './tolerance.ts';

/** Chance of calling a split inside the box uneven, and of calling one at a limit even. */
const ERROR_RATE = 0.01;
/** ln(1/alpha): evidence beyond it settles a question, whenever one looks. */
export const THRESHOLD = Math.log(1 / ERROR_RATE);

/** Shares of the mixture of alternatives. */
const CANDIDATE_WEIGHT = 0.3;
const ANY_SPLIT_WEIGHT = 0.1;
/** Among one server's shifts: "gets nothing" and "gets everything" are the commonest faults. */
const DEAD_WEIGHT = 0.4;
const ALL_WEIGHT = 0.2;
const SHIFT_GROWTH = 1.7;
const EVEN_WEIGHTS = [0.7, 0.3] as const;

/** One bet that server `server` has share `x`, against the edge of what is allowed on that side. */
interface Bet {
  readonly server: number;
  readonly share: number;
  readonly logWeight: number;
  /** ln of what one answer of this server, and one of any other, multiplies the wealth by. */
  readonly hit: number;
  readonly miss: number;
}

/** Two bets that a server's share is on the right side of one of its limits. */
interface EvenBet {
  readonly server: number;
  readonly above: boolean;
  readonly centre: Bet;
  readonly edge: Bet;
}

/** A whole split bet on, with the ln-gain of each server's answer. */
interface SplitBet {
  readonly shares: readonly number[];
  readonly logWeight: number;
  readonly gains: readonly number[];
}

/**
 * The sequential test of a split, on counts alone (how-the-probe-decides.md).
 *
 * Two e-values, both valid at every look: `logUneven` >= THRESHOLD proves that the split is outside the box with at most
 * 1 % false alarms for every split inside it (Ville's inequality); `logEven` >= THRESHOLD proves that every share is
 * within its limits with at most 1 % misses for every split beyond one (each limit by its own e-value, all must agree).
 * Merging measurements is adding their counts.
 */
export class SplitTest {
  readonly shares: readonly number[];
  readonly limits: Limits;
  readonly #bets: readonly Bet[];
  readonly #splitBets: readonly SplitBet[];
  readonly #evenBets: readonly EvenBet[];
  readonly #logShares: readonly number[];
  /** The limit that was last not met; looked at first, as it is most likely the one that is still not met. */
  #open = 0;

  /** `shares` and each candidate: 0..1 by server, sum 1; every expected share is above 0. */
  constructor(shares: readonly number[], limits: Limits, candidates: readonly (readonly number[])[] = []) {
    this.shares = shares;
    this.limits = limits;
    const forCandidates = candidates.length > 0 ? CANDIDATE_WEIGHT : 0;
    const side = (1 - forCandidates - ANY_SPLIT_WEIGHT) / (2 * shares.length);
    this.#bets = shares.flatMap((_, i) => [...this.#shiftsUp(i, side), ...this.#shiftsDown(i, side)]);
    // Against the nearest split of the box (reverse information projection): an e-value for every split in the box.
    this.#splitBets = candidates.map((q) => {
      const nearest = bestInBox(q, limits.boxLow, limits.boxHigh);
      const gains = q.map((x, i) => Math.log(x / at(nearest, i)));
      return { shares: q, logWeight: Math.log(forCandidates / candidates.length), gains };
    });
    this.#evenBets = shares.flatMap((p, i) => [
      ...evenBet(i, p, at(limits.boxHigh, i), at(limits.high, i)),
      ...evenBet(i, p, at(limits.boxLow, i), at(limits.low, i)),
    ]);
    this.#logShares = shares.map(Math.log);
  }

  /** ln of the evidence that the split is outside the box. */
  logUneven(counts: readonly number[]): number {
    const { boxLow, boxHigh } = this.limits;
    const anySplit = Math.log(ANY_SPLIT_WEIGHT) + logAnySplit(counts) - logSupInBox(counts, boxLow, boxHigh);
    return logSumExp([...this.#simpleTerms(counts, sum(counts)), anySplit]);
  }

  #simpleTerms(counts: readonly number[], total: number): number[] {
    const terms = this.#bets.map((bet) => bet.logWeight + wealth(bet, counts, total));
    for (const bet of this.#splitBets) terms.push(bet.logWeight + gained(bet.gains, counts));
    return terms;
  }

  /**
   * ln of the evidence that every share is within its limits; Infinity when there is no limit to break.
   * `moved`: answers by which the order alone may have put a server off; each server is taken that much nearer its limit.
   */
  logEven(counts: readonly number[], moved = 0): number {
    const total = sum(counts);
    let least = Infinity;
    for (const bet of this.#evenBets) least = Math.min(least, evenWealth(bet, counts, total, moved));
    return least;
  }

  /** ln of the evidence that the split as a whole is nearer than its limit. */
  logTogether(counts: readonly number[], moved = 0): number {
    return logTogether(counts, this.shares, this.limits.together, moved);
  }

  /** `logUneven >= THRESHOLD`, without its costly parts where they cannot matter. */
  provesUneven(counts: readonly number[]): boolean {
    const total = sum(counts);
    // The expected shares lie in the box, so that their likelihood bounds the largest one there from below.
    const anySplit = Math.log(ANY_SPLIT_WEIGHT) + logAnySplit(counts) - gained(this.#logShares, counts);
    let largest = anySplit;
    for (const bet of this.#bets) largest = Math.max(largest, bet.logWeight + wealth(bet, counts, total));
    for (const bet of this.#splitBets) largest = Math.max(largest, bet.logWeight + gained(bet.gains, counts));
    if (largest + Math.log(this.#bets.length + this.#splitBets.length + 1) < THRESHOLD) return false;
    const sure = logSumExp(this.#simpleTerms(counts, total));
    if (sure >= THRESHOLD) return true;
    return logSumExp([sure, anySplit]) >= THRESHOLD && this.logUneven(counts) >= THRESHOLD;
  }

  /** Whether every limit and the whole split are proved, by way of the limit that was last not met. */
  provesEven(counts: readonly number[], moved = 0): boolean {
    const total = sum(counts);
    const size = this.#evenBets.length;
    for (let step = 0; step < size; step++) {
      const i = (this.#open + step) % size;
      const bet = this.#evenBets[i];
      if (bet !== undefined && evenWealth(bet, counts, total, moved) < THRESHOLD) {
        this.#open = i;
        return false;
      }
    }
    return this.logTogether(counts, moved) >= THRESHOLD;
  }

  /**
   * The alternatives about some servers, and the candidates, as whole splits (the others keep their proportions), for tests
   * that need more than one share. Leaving servers out makes such a test weaker, never wrong.
   */
  alternatives(servers: ReadonlySet<number>): { readonly shares: readonly number[]; readonly logWeight: number }[] {
    const about = this.#bets.filter((bet) => servers.has(bet.server));
    const shifted = about.map((bet) => ({
      shares: withShare(this.shares, bet.server, bet.share),
      logWeight: bet.logWeight,
    }));
    return [...shifted, ...this.#splitBets];
  }

  #shiftsUp(i: number, side: number): Bet[] {
    const p = at(this.shares, i);
    const edge = at(this.limits.boxHigh, i);
    if (edge >= 1) return [];
    const points: number[] = [];
    for (let d = at(this.limits.high, i) - p; p + d < 0.98; d *= SHIFT_GROWTH) points.push(p + d);
    return weighted(i, points, 1, ALL_WEIGHT, edge, side);
  }

  #shiftsDown(i: number, side: number): Bet[] {
    const p = at(this.shares, i);
    const edge = at(this.limits.boxLow, i);
    if (edge <= 0) return [];
    const points: number[] = [];
    for (let d = p - at(this.limits.low, i); p - d > 0.15 * p; d *= SHIFT_GROWTH) points.push(p - d);
    return weighted(i, points, 0, DEAD_WEIGHT, edge, side);
  }
}

/** `shares` with server `i` at `x` and the others in their proportions. */
export function withShare(shares: readonly number[], i: number, x: number): number[] {
  const rest = 1 - at(shares, i);
  return shares.map((p, j) => (j === i ? x : rest > 0 ? (p / rest) * (1 - x) : 0));
}

/** When to look next: at every answer up to 50, then every 2 %. */
export function nextCheck(requests: number): number {
  return requests < 50 ? requests + 1 : requests + Math.ceil(requests / 50);
}

function weighted(i: number, points: number[], end: number, endWeight: number, edge: number, side: number): Bet[] {
  const each = points.length === 0 ? 0 : (1 - endWeight) / points.length;
  const last = points.length === 0 ? 1 : endWeight;
  return [...points.map((x) => bet(i, x, edge, side * each)), bet(i, end, edge, side * last)];
}

function bet(server: number, share: number, edge: number, weight: number): Bet {
  return {
    server,
    share,
    logWeight: Math.log(weight),
    hit: Math.log(share / edge),
    miss: Math.log((1 - share) / (1 - edge)),
  };
}

function evenBet(i: number, expected: number, box: number, limit: number): EvenBet[] {
  if (limit <= 0 || limit >= 1) return [];
  const centre = bet(i, expected, limit, EVEN_WEIGHTS[0]);
  return [{ server: i, above: limit > expected, centre, edge: bet(i, box, limit, EVEN_WEIGHTS[1]) }];
}

/** ln of what `n` of `total` answers multiply a bet by. */
function wealthOf(bet: Bet, n: number, total: number): number {
  return times(n, bet.hit) + times(total - n, bet.miss);
}

function wealth(bet: Bet, counts: readonly number[], total: number): number {
  return wealthOf(bet, at(counts, bet.server), total);
}

function evenWealth(
  { server, above, centre, edge }: EvenBet,
  counts: readonly number[],
  total: number,
  moved: number,
): number {
  const n = above ? Math.min(total, at(counts, server) + moved) : Math.max(0, at(counts, server) - moved);
  const a = centre.logWeight + wealthOf(centre, n, total);
  const b = edge.logWeight + wealthOf(edge, n, total);
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** ln of what the counts multiply a bet by. */
function gained(gains: readonly number[], counts: readonly number[]): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += times(at(counts, i), at(gains, i));
  return total;
}
