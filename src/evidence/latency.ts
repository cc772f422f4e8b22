import type { LatencySketch } from '../model/counts.ts';
import { sum } from './numerics.ts';

/** Buckets grow by a tenth and count tenths of a ms: bucket i holds [1.1^i, 1.1^(i+1)) / 10 ms. */
const GROWTH = 1.1;
const UNIT_MS = 0.1;

/** Of one server: least connections gives a slow one few. The normal score is on the safe side there (U is bounded). */
const LEAST_OWN = 5;
/** Of the others together. */
const LEAST_OTHERS = 20;
const LEAST_DELTA = 0.33;
const LEAST_RATIO = 1.25;
const LEAST_DIFFERENCE_MS = 5;
const FALSE_ALARMS = 0.01;

type Histogram = readonly (readonly [bucket: number, count: number])[];

/** Bucket of a latency in ms, for filling a sketch. */
export function bucketOf(ms: number): number {
  return Math.floor(Math.log(Math.max(ms, 0.001) / UNIT_MS) / Math.log(GROWTH) + 1e-9);
}

/** Latency in ms below which the part `q` (0..1) of the answers lies; at most 10 % off. Undefined without answers. */
export function quantile(sketch: LatencySketch, q: number): number | undefined {
  return quantileOf(histogram(sketch), q);
}

export interface LatencyOutlier {
  readonly server: string;
  readonly direction: 'slow' | 'fast';
  /** Medians, ms. */
  readonly median: number;
  readonly others: number;
}

/**
 * Servers that answer clearly slower or faster than the rest: Mann-Whitney against all others (1 % false alarms over all
 * servers and both directions, Bonferroni), Cliff's delta >= 0.33, medians apart by 25 % and 5 ms.
 */
export function latencyOutliers(sketches: ReadonlyMap<string, LatencySketch>): LatencyOutlier[] {
  const histograms = new Map([...sketches].map(([server, sketch]) => [server, histogram(sketch)]));
  const critical = upperNormal(FALSE_ALARMS / (2 * Math.max(1, histograms.size)));
  const found: LatencyOutlier[] = [];
  for (const [server, own] of histograms) {
    const rest = together([...histograms].filter(([other]) => other !== server).map(([, h]) => h));
    const [n, m] = [size(own), size(rest)];
    if (n < LEAST_OWN || m < LEAST_OTHERS) continue;
    const [median, others] = [quantileOf(own, 0.5) ?? 0, quantileOf(rest, 0.5) ?? 0];
    const { delta, z } = mannWhitney(own, rest);
    const [less, more] = median < others ? [median, others] : [others, median];
    if (Math.abs(z) < critical || Math.abs(delta) < LEAST_DELTA) continue;
    if (more < LEAST_RATIO * less || more - less < LEAST_DIFFERENCE_MS) continue;
    if (delta > 0 !== median > others) continue;
    found.push({ server, direction: delta > 0 ? 'slow' : 'fast', median, others });
  }
  return found;
}

/** Cliff's delta (-1..1, positive = `own` is larger) and the normal score of Mann-Whitney's U with ties. */
function mannWhitney(own: Histogram, rest: Histogram): { readonly delta: number; readonly z: number } {
  const [n, m] = [size(own), size(rest)];
  const ownBy = new Map(own);
  const restBy = new Map(rest);
  let restBelow = 0;
  let u = 0;
  let ties = 0;
  for (const [bucket] of together([own, rest])) {
    const [a, b] = [ownBy.get(bucket) ?? 0, restBy.get(bucket) ?? 0];
    u += a * (restBelow + b / 2);
    restBelow += b;
    ties += (a + b) ** 3 - (a + b);
  }
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  return { delta: (2 * u) / (n * m) - 1, z: variance > 0 ? (u - (n * m) / 2) / Math.sqrt(variance) : 0 };
}

function histogram(sketch: LatencySketch): Histogram {
  return Object.entries(sketch.buckets)
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .toSorted(([a], [b]) => a - b);
}

function together(histograms: readonly Histogram[]): Histogram {
  const by = new Map<number, number>();
  for (const [bucket, count] of histograms.flat()) by.set(bucket, (by.get(bucket) ?? 0) + count);
  return [...by].toSorted(([a], [b]) => a - b);
}

function size(h: Histogram): number {
  return sum(h.map(([, count]) => count));
}

function quantileOf(h: Histogram, q: number): number | undefined {
  const wanted = q * size(h);
  let below = 0;
  for (const [bucket, count] of h) {
    if (count > 0 && below + count >= wanted) return UNIT_MS * GROWTH ** (bucket + (wanted - below) / count);
    below += count;
  }
  return undefined;
}

/** Standard score that a standard normal exceeds with the given small chance (Abramowitz & Stegun 26.2.23, +-0.0005). */
function upperNormal(chance: number): number {
  const t = Math.sqrt(-2 * Math.log(chance));
  return t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}
