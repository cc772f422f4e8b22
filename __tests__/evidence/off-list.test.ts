import { equal, expectation, measure, TERMS } from './measure.ts';

/** Whole measurements of independent draws, seeded: the cause that is named where the answer is that the split is uneven. */
const RUNS = 40;
const AUTO = { ...TERMS, tolerance: { kind: 'auto' } } as const;

function causes(parts: readonly number[]): (string | undefined)[] {
  const total = parts.reduce((sum, part) => sum + part, 0);
  const truth = { shares: parts.map((part) => part / total) };
  const expected = expectation(equal(parts.length));
  const all = Array.from({ length: RUNS }, (_, seed) => measure(expected, truth, AUTO, 31_000 + seed));
  return all.filter(({ measurement }) => measurement.outcome === 'fail').map(({ cause }) => cause);
}

/** Truths that no hypothesis has: a name for one of them is wrong, whichever it is. */
describe('splits that no cause on the list makes: a name in at most 5 of 100 measurements', () => {
  test.each([
    ['two of ten at half weight', [0.5, 0.5, 1, 1, 1, 1, 1, 1, 1, 1]],
    ['two of eight doubled', [2, 2, 1, 1, 1, 1, 1, 1]],
    ['one of ten down and one doubled', [0, 2, 1, 1, 1, 1, 1, 1, 1, 1]],
    ['one of nine down and one at half weight', [0, 0.5, 1, 1, 1, 1, 1, 1, 1]],
    ['one of five down and one doubled', [0, 2, 1, 1, 1]],
    ['one of five tripled and one at half weight', [3, 0.5, 1, 1, 1]],
    ['one of four tripled and one at one and a half', [3, 1.5, 1, 1]],
    ['two zones of three, one with half of the traffic of the other', [1, 1, 1, 2, 2, 2]],
    ['all of four off', [0.5, 0.8, 1.4, 2]],
  ])('%s', (_, parts) => {
    const seen = causes(parts);
    const wrong = seen.filter((cause) => cause !== 'none-fits');
    console.log(`wrong names: ${wrong.length} of ${seen.length}`);
    expect(seen.length).toBeGreaterThan(0.9 * RUNS);
    expect(wrong.length).toBeLessThanOrEqual(0.05 * seen.length);
  });
});

describe('splits that one on the list makes: its name in at least 9 of 10 measurements', () => {
  test.each([
    ['one of three down', [0, 1, 1], 'server-down'],
    ['one of eleven down', [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 'server-down'],
    ['one of three at half weight', [0.5, 1, 1], 'runtime-weight'],
    ['one of six tripled', [3, 1, 1, 1, 1, 1], 'runtime-weight'],
    ['one of nine doubled', [2, 1, 1, 1, 1, 1, 1, 1, 1], 'runtime-weight'],
  ])('%s', (_, parts, name) => {
    const seen = causes(parts);
    const right = seen.filter((cause) => cause === name);
    console.log(`right names: ${right.length} of ${seen.length}`);
    expect(right.length).toBeGreaterThanOrEqual(0.9 * RUNS);
  });
});
