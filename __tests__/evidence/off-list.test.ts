import { explain } from '../../src/evidence/explain.ts';
import { sampler, seededRandom } from '../../src/evidence/random.ts';
import { tally } from '../../src/evidence/tally.ts';
import { equal, expectation } from './measure.ts';

/** Truths that no hypothesis has: a name for one of them is wrong, whichever it is. Independent draws, seeded. */
const RUNS = 200;
const ANSWERS = 700;

function named(parts: readonly number[], runs: number): number {
  const total = parts.reduce((sum, part) => sum + part, 0);
  const shares = parts.map((part) => part / total);
  const expected = expectation(equal(parts.length));
  let wrong = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const draw = sampler(shares, seededRandom(31_000 + seed));
    const servers: Record<string, number> = {};
    for (let n = 0; n < ANSWERS; n++) {
      const name = `web${draw() + 1}`;
      servers[name] = (servers[name] ?? 0) + 1;
    }
    const { settled } = explain(expected, tally({ version: 1, servers }, expected), () => 0);
    if (settled) wrong += 1;
  }
  return wrong;
}

test.each([
  ['two of eight doubled', [2, 2, 1, 1, 1, 1, 1, 1]],
  ['one of ten down and one doubled', [0, 2, 1, 1, 1, 1, 1, 1, 1, 1]],
  ['one of five down and one doubled', [0, 2, 1, 1, 1]],
  ['two zones of three, one with half of the traffic of the other', [1, 1, 1, 2, 2, 2]],
  ['all of four off', [0.5, 0.8, 1.4, 2]],
])('%s: no cause is named in 95 of 100 measurements', (_, parts) => {
  const wrong = named(parts, RUNS);
  console.log(`wrong names: ${wrong} of ${RUNS}`);
  expect(wrong).toBeLessThanOrEqual(0.05 * RUNS);
});

test('two of ten at half weight: one of them alone is named in up to a fifth, a known limit of 700 answers', () => {
  const wrong = named([0.5, 0.5, 1, 1, 1, 1, 1, 1, 1, 1], RUNS);
  console.log(`wrong names: ${wrong} of ${RUNS}`);
  expect(wrong).toBeLessThanOrEqual(0.2 * RUNS);
});
