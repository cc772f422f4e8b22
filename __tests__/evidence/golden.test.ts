import { readFileSync } from 'node:fs';
import { correlation } from '../../src/evidence/guard.ts';
import { posterior, type Hypothesis } from '../../src/evidence/hypotheses.ts';
import { SplitTest } from '../../src/evidence/split-test.ts';
import { limitsOf } from '../../src/evidence/tolerance.ts';

interface Golden {
  readonly split: readonly {
    readonly id: string;
    readonly weights: readonly number[];
    readonly counts: readonly number[];
    readonly candidates: readonly (readonly number[])[];
    readonly logUneven: number;
    readonly logEven: number;
    readonly verdict: string;
  }[];
  readonly posterior: Readonly<Record<string, number>>;
  readonly serial: { readonly z: number; readonly rho: number };
}

const golden = JSON.parse(readFileSync('__tests__/evidence/fixtures/golden.json', 'utf8')) as Golden;

describe('golden vectors, computed independently from the formulas', () => {
  it.each(golden.split)(
    '$id: both e-values to 1e-9',
    ({ weights, counts, candidates, logUneven, logEven, verdict }) => {
      const total = weights.reduce((a, b) => a + b, 0);
      const shares = weights.map((w) => w / total);
      const test = new SplitTest(shares, limitsOf(shares, { kind: 'relative', share: 0.25 }), candidates);
      expect(Math.abs(test.logUneven(counts) - logUneven)).toBeLessThan(1e-9);
      expect(Math.abs(test.logEven(counts) - logEven)).toBeLessThan(1e-9);
      expect(test.provesUneven(counts) ? 'uneven' : test.provesEven(counts) ? 'even' : 'inconclusive').toBe(verdict);
    },
  );

  it('posterior: old 1:1:1, new 5:3:2, counts 70/66/64', () => {
    const equal = [1 / 3, 1 / 3, 1 / 3];
    const current = [0.5, 0.3, 0.2];
    const mix = (part: number) => equal.map((q, i) => part * q + (1 - part) * (current[i] ?? 0));
    const one = (i: number, rest: (j: number) => number) => current.map((_, j) => (j === i ? 0 : rest(j)));
    const hypothesis = (prior: number, ...splits: number[][]): Hypothesis => ({
      cause: 'anything',
      prior,
      splits,
      about: [],
    });
    const down = [0, 1, 2].map((i) => one(i, (j) => (current[j] ?? 0) / (1 - (current[i] ?? 0))));
    const all = [0, 1, 2].map((i) => current.map((_, j) => (j === i ? 1 : 0)));
    const hypotheses = [
      hypothesis(0.4, current),
      hypothesis(0.15, equal),
      hypothesis(0.1, equal),
      ...down.map((split) => hypothesis(0.15 / 3, split)),
      ...all.map((split) => hypothesis(0.08 / 3, split)),
      hypothesis(0.07, ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => mix(i / 10))),
      hypothesis(0.05),
    ];
    const chances = posterior(hypotheses, [70, 66, 64]);
    Object.values(golden.posterior).forEach((expected, i) => {
      expect(Math.abs((chances[i] ?? NaN) - expected)).toBeLessThan(1e-9);
    });
  });

  it('serial correlation of a short sequence', () => {
    const sequence = [0, 0, 0, 1, 1, 2, 2, 2, 0, 0, 1, 1, 1, 1, 2, 2, 0, 0, 0, 1];
    const counts = [0, 1, 2].map((i) => sequence.filter((s) => s === i).length);
    const repeats = [0, 1, 2].map((i) => sequence.filter((s, t) => s === i && sequence[t - 1] === i).length);
    const { z, rho } = correlation(counts, repeats);
    expect(Math.abs(z - golden.serial.z)).toBeLessThan(1e-9);
    expect(Math.abs(rho - golden.serial.rho)).toBeLessThan(1e-9);
  });
});
