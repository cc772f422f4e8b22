import { boundsOf, type Bounds, type Part } from '../model/share.ts';

/** Parts 0..1 of sizes that are known within bounds: each is smallest when it is small and all others are large. */
export function partsOf(sizes: readonly Bounds[]): Part[] {
  const exact = sizes.every(({ low, high }) => low === high);
  const total = { low: 0, high: 0 };
  let endless = 0;
  for (const { low, high } of sizes) {
    total.low += low;
    if (high === Infinity) endless++;
    else total.high += high;
  }
  if (exact) return sizes.map(({ low }) => (total.low === 0 ? 0 : low / total.low));
  return sizes.map(({ low, high }) => {
    if (high === 0) return 0;
    const othersEndless = endless - (high === Infinity ? 1 : 0) > 0;
    const othersHigh = othersEndless ? Infinity : total.high - (high === Infinity ? 0 : high);
    const othersLow = total.low - low;
    return narrow({
      low: low === 0 ? (othersHigh === 0 ? 1 : 0) : low / (low + othersHigh),
      high: high === Infinity || othersLow === 0 ? 1 : high / (high + othersLow),
    });
  });
}

/** A part of a part: bounds multiply end by end. */
export function times(part: Part, factor: Part): Part {
  if (part === null || factor === null) return null;
  if (typeof part === 'number' && typeof factor === 'number') return part * factor;
  const [a, b] = [boundsOf(part), boundsOf(factor)];
  return narrow({ low: a.low * b.low, high: a.high * b.high });
}

/** Two parts together. */
export function plus(a: Part, b: Part): Part {
  if (a === null || b === null) return null;
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  const [one, other] = [boundsOf(a), boundsOf(b)];
  return narrow({ low: Math.min(1, one.low + other.low), high: Math.min(1, one.high + other.high) });
}

/** What a part leaves of the whole. */
export function rest(part: Part): Part {
  if (part === null) return null;
  return typeof part === 'number' ? 1 - part : narrow({ low: 1 - part.high, high: 1 - part.low });
}

/** Bounds that cover both parts. */
export function covering(a: Part, b: Part): Part {
  const [one, other] = [boundsOf(a), boundsOf(b)];
  return narrow({ low: Math.min(one.low, other.low), high: Math.max(one.high, other.high) });
}

/** Whether two parts are one but for rounding. */
export function samePart(a: Part, b: Part): boolean {
  if (a === null || b === null) return a === b;
  const [one, other] = [boundsOf(a), boundsOf(b)];
  return Math.abs(one.low - other.low) < 1e-9 && Math.abs(one.high - other.high) < 1e-9;
}

function narrow(bounds: Bounds): Part {
  return bounds.high - bounds.low < 1e-12 ? bounds.low : bounds;
}
