import { sampler, seededRandom } from '../../src/evidence/random.ts';
import { nextCheck, SplitTest } from '../../src/evidence/split-test.ts';
import { limitsOf } from '../../src/evidence/tolerance.ts';

const RUNS = 2000;
const MOST = 6000;
const EXPECTED = [1 / 3, 1 / 3, 1 / 3];

/** How often each verdict is reached when answers come from `truth`, looking as often as a probe does. Fixed seed. */
function simulate(truth: readonly number[], seed: number): { even: number; uneven: number } {
  const test = new SplitTest(EXPECTED, limitsOf(EXPECTED, { kind: 'relative', share: 0.25 }));
  const random = seededRandom(seed);
  const found = { even: 0, uneven: 0 };
  for (let run = 0; run < RUNS; run++) {
    const draw = sampler(truth, random);
    const counts = truth.map(() => 0);
    let next = 1;
    for (let n = 1; n <= MOST; n++) {
      const server = draw();
      counts[server] = (counts[server] ?? 0) + 1;
      if (n < next) continue;
      next = nextCheck(n);
      const verdict = test.provesUneven(counts) ? 'uneven' : test.provesEven(counts) ? 'even' : undefined;
      if (verdict === undefined) continue;
      found[verdict]++;
      break;
    }
  }
  return found;
}

/** Half of the tolerance is slack that must pass; the whole of it must not. */
const WITHIN = 1 / 3 + 0.125 / 3;
const BEYOND = 1 / 3 + 0.25 / 3;
const shifted = (first: number): readonly number[] => [first, (1 - first) / 2, (1 - first) / 2];

describe(`2,000 simulated measurements of three servers, alarms and misses at most 1%`, () => {
  it.each([
    ['an even split', EXPECTED, 11],
    ['a split at the edge of what must pass', shifted(WITHIN), 12],
  ])('%s is hardly ever called uneven', (name, truth, seed) => {
    const { even, uneven } = simulate(truth, seed);
    console.log(`${name}: false "uneven" ${uneven} of ${RUNS}, "even" ${even}`);
    expect(uneven).toBeLessThanOrEqual(RUNS / 100);
    expect(even).toBeGreaterThan(RUNS * 0.8);
  });

  it.each([
    ['a split at the limit', shifted(BEYOND), 13],
    ['a dead server', [0.5, 0.5, 0], 14],
  ])('%s is hardly ever called even', (name, truth, seed) => {
    const { even, uneven } = simulate(truth, seed);
    console.log(`${name}: false "even" ${even} of ${RUNS}, "uneven" ${uneven}`);
    expect(even).toBeLessThanOrEqual(RUNS / 100);
    expect(uneven).toBeGreaterThan(RUNS * 0.8);
  });
});
