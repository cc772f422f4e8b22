import { at } from './numerics.ts';

/** Small fast counting generator (sfc32) with a fixed seed: the same numbers, 0..1, on every machine and run. */
export function seededRandom(seed: number): () => number {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0, 1];
  const next = () => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 20; i++) next();
  return next;
}

/** Draws an index with the given chances (sum 1) in constant time: Walker's alias table. */
export function sampler(shares: readonly number[], random: () => number): () => number {
  const size = shares.length;
  const chance = shares.map((share) => share * size);
  const alias = shares.map((_, i) => i);
  const small: number[] = [];
  const large: number[] = [];
  chance.forEach((c, i) => (c < 1 ? small : large).push(i));
  for (let s = small.pop(), l = large.pop(); s !== undefined && l !== undefined; s = small.pop()) {
    alias[s] = l;
    chance[l] = at(chance, l) - (1 - at(chance, s));
    if (at(chance, l) < 1) {
      small.push(l);
      l = large.pop();
    }
    if (l === undefined) break;
  }
  return () => {
    const u = random() * size;
    const i = Math.floor(u);
    return u - i < at(chance, i) ? i : at(alias, i);
  };
}
