import { at, bestInBox, logSumExp, sum } from './numerics.ts';
import type { Limits } from './tolerance.ts';

/** From so many servers on, bets on the whole split find faults of many in fewer requests than bets on one server each. */
const MANY_SERVERS = 10;
/** Part of the evidence that they are. */
const WEIGHT = 0.1;
/** How much the expected split weighs in the next bet, in answers a server. */
const PRIORS = [1, 4, 16] as const;

/**
 * Bets on the next answers by the split of those before, against the nearest split of the box. Each bet is placed before the
 * answers that it is about and is fair at best for every split in the box (reverse information projection), so that the
 * product is an e-value. It finds faults of many servers, which bets on one server each find late.
 */
class PredictiveBet {
  readonly #shares: readonly number[];
  readonly #limits: Limits;
  readonly #logs: number[] = PRIORS.map(() => 0);
  #before: readonly number[];

  /** `shares`: expected, 0..1 by server. */
  constructor(shares: readonly number[], limits: Limits) {
    this.#shares = shares;
    this.#limits = limits;
    this.#before = shares.map(() => 0);
  }

  /** Takes in the counts so far, which contain those of the last call. */
  follow(counts: readonly number[]): void {
    const fresh = counts.map((n, i) => n - at(this.#before, i));
    if (fresh.every((n) => n === 0)) return;
    PRIORS.forEach((each, k) => {
      const guess = this.#guess(each);
      const nearest = bestInBox(guess, this.#limits.boxLow, this.#limits.boxHigh);
      const gain = sum(fresh.map((n, i) => (n === 0 ? 0 : n * Math.log(at(guess, i) / at(nearest, i)))));
      this.#logs[k] = at(this.#logs, k) + gain;
    });
    this.#before = [...counts];
  }

  /** ln of the evidence that the split is outside the box. */
  get logUneven(): number {
    return logSumExp(this.#logs) - Math.log(PRIORS.length);
  }

  #guess(each: number): number[] {
    const prior = each * this.#shares.length;
    const total = sum(this.#before) + prior;
    return this.#shares.map((p, i) => (at(this.#before, i) + prior * p) / total);
  }
}

/** The bet for a pool of many servers; undefined where it gains nothing. */
export function betFor(shares: readonly number[], limits: Limits): PredictiveBet | undefined {
  return shares.length >= MANY_SERVERS ? new PredictiveBet(shares, limits) : undefined;
}

/** ln of the evidence of the split test (`plain`) and of the bet together. */
export function withBet(plain: number, bet: PredictiveBet | undefined): number {
  return bet === undefined ? plain : logSumExp([Math.log(1 - WEIGHT) + plain, Math.log(WEIGHT) + bet.logUneven]);
}
