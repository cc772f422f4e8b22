import type { Counts } from '../model/counts.ts';
import { quantile } from './latency.ts';
import { at, logSumExp, sum, times } from './numerics.ts';
import { SplitTest, THRESHOLD } from './split-test.ts';

/** How far the weights may have taken effect, 0..1: under light load hardly at all. */
const EFFECTS = [1, 0.75, 0.5, 0.3] as const;
/** A server may be this much slower than the others and still get the less for it. */
export const LEAST_SLOWER = 3;
const MOST_SLOWER = 50;
/** How far outside of what idle and saturated pools give a share must be. */
const ENVELOPE = 3;
const BET_GROWTH = 1.7;
const LEAST_LATENCIES = 5;
const LEAST_MS = 1;

/**
 * ln of the evidence that servers of large weight together get more than an even split with half of its `tolerance` (0..1)
 * allows; -Infinity where their weights do not ask for more. An e-value for every share up to that, whatever the load does.
 * `weights`: shares of the pool's weights, 0..1, sum 1.
 */
export function logHeavy(counts: readonly number[], weights: readonly number[], tolerance: number): number {
  const heavy = heavyServers(weights);
  const [wanted, hits, total] = [
    sum(heavy.map((i) => at(weights, i))),
    sum(heavy.map((i) => at(counts, i))),
    sum(counts),
  ];
  const bound = (heavy.length / weights.length) * (1 + tolerance / 2);
  if (wanted <= bound) return -Infinity;
  const bets = EFFECTS.map((effect) => {
    const x = bound + (wanted - bound) * effect;
    return times(hits, Math.log(x / bound)) + times(total - hits, Math.log((1 - x) / (1 - bound)));
  });
  return logSumExp(bets) - Math.log(EFFECTS.length);
}

/** Servers whose weight is more than an even share, by index. */
export function heavyServers(weights: readonly number[]): number[] {
  return weights.flatMap((w, i) => (w > 1 / weights.length + 1e-9 ? [i] : []));
}

/** Which servers are silent, and what that proves. */
export interface Silence {
  readonly silent: readonly number[];
  /** ln of the evidence that one of them gets nothing. */
  readonly log: number;
}

/**
 * Evidence that a server without answers gets nothing, though it may be so much slower than the others that it is given less:
 * at most `slower` times less than its `shares` (0..1).
 */
export function silence(counts: readonly number[], shares: readonly number[], slower: number): Silence {
  const total = sum(counts);
  const silent = shares.flatMap((share, i) => (share > 0 && at(counts, i) === 0 ? [i] : []));
  const terms = silent.map((i) => -total * Math.log(1 - at(shares, i) / slower) - Math.log(shares.length));
  return { silent, log: logSumExp(terms) };
}

/** How much slower a silent server may be: as much as half of the requests can tell from one that gets nothing. */
export function slowestTold(shares: readonly number[], maxRequests: number): number {
  const least = Math.min(...shares.filter((share) => share > 0));
  const each = Math.log(100 * shares.length) / least;
  return Math.min(MOST_SLOWER, Math.max(LEAST_SLOWER, maxRequests / 2 / each));
}

/**
 * Tests whether the split lies between that of an idle pool (by weight) and of a saturated one (by weight and response time),
 * within a factor of three. Response times are taken from the first part of a measurement and bet on in the rest, since the
 * split of one part depends on its response times.
 */
export class Envelope {
  readonly #servers: readonly string[];
  readonly #weights: readonly number[];
  readonly #maxRequests: number;
  #test: SplitTest | undefined;
  #from: readonly number[] = [];

  /** `weights`: shares of the pool's weights, 0..1, sum 1. */
  constructor(servers: readonly string[], weights: readonly number[], maxRequests: number) {
    this.#servers = servers;
    this.#weights = weights;
    this.#maxRequests = maxRequests;
  }

  /** Takes in a moment of the measurement: the first with response times of every server is where the bets begin. */
  follow(counts: Counts, answers: readonly number[]): void {
    if (this.#test !== undefined) return;
    const times = this.#responseTimes(counts);
    if (times === undefined) return;
    this.#test = testOf(this.#weights, times, this.#maxRequests);
    this.#from = [...answers];
  }

  /** Whether the answers since then prove a split outside. */
  isOutside(answers: readonly number[]): boolean {
    const later = answers.map((n, i) => Math.max(0, n - at(this.#from, i)));
    return this.#test !== undefined && this.#test.logUneven(later) >= THRESHOLD;
  }

  /** Median time from connection to first byte by server, ms; undefined until it is known of all. */
  #responseTimes({ latencyMs = {}, connectMs }: Counts): number[] | undefined {
    const connect = connectMs === undefined ? undefined : quantile(connectMs, 0.5);
    if (connect === undefined) return undefined;
    const times = this.#servers.flatMap((server) => {
      const sketch = Object.hasOwn(latencyMs, server) ? latencyMs[server] : undefined;
      if (sketch === undefined || sum(Object.values(sketch.buckets)) < LEAST_LATENCIES) return [];
      return [Math.max(LEAST_MS, (quantile(sketch, 0.5) ?? 0) - connect)];
    });
    return times.length === this.#servers.length ? times : undefined;
  }
}

function testOf(weights: readonly number[], responseMs: readonly number[], maxRequests: number): SplitTest {
  const rates = weights.map((w, i) => w / at(responseMs, i));
  const saturated = rates.map((rate) => rate / sum(rates));
  const boxLow = weights.map((w, i) => {
    const least = Math.min(w, at(saturated, i)) / ENVELOPE;
    return least * maxRequests < 10 ? 0 : least;
  });
  const boxHigh = weights.map((w, i) => Math.min(1, ENVELOPE * Math.max(w, at(saturated, i))));
  const low = boxLow.map((x) => x / BET_GROWTH);
  const high = boxHigh.map((x) => Math.min(1, x * BET_GROWTH));
  return new SplitTest(weights, { low, high, boxLow, boxHigh, together: 1 });
}
