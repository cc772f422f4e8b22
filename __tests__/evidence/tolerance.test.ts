import { makeJudge } from '../../src/evidence/judge.ts';
import { limitsOf, limitsText, type FixedTolerance } from '../../src/evidence/tolerance.ts';
import { plain } from '../../src/text/say.ts';
import { equal, expectation, judgeCounts, TERMS } from './measure.ts';

const quarter: FixedTolerance = { kind: 'relative', share: 0.25 };
const spelled = (shares: readonly number[], tolerance: FixedTolerance) =>
  plain(limitsText(shares, tolerance, limitsOf(shares, tolerance)));

describe('the limits that are really tested', () => {
  it.each([
    [equal(4), quarter, ' within 25% of each share'],
    [equal(25), quarter, ': each server between 2% and 6%'],
    [equal(40), quarter, ': each server between 0.6% and 4.5%'],
    [equal(4), { kind: 'points', points: 0.05 }, ' within 5 points of each share'],
    [equal(10), { kind: 'points', points: 0.2 }, ': each server between 2.5% and 30%'],
    [
      [0.7, 0.26, 0.04],
      quarter,
      ' within 25% of each share, or 2 points where that is more, and no share below a quarter of it',
    ],
  ] as const)('%j', (shares, tolerance, text) => {
    expect(spelled(shares, tolerance)).toBe(text);
  });

  it('are those of the verdict', () => {
    const servers = Object.fromEntries(equal(40).map((_, i) => [`web${i + 1}`, 120]));
    const { measurement, reason } = judgeCounts(expectation(equal(40)), { servers });
    expect(measurement.outcome).toBe('pass');
    expect(reason).toBe('even: each server between 0.6% and 4.5%');
  });
});

describe('auto', () => {
  const auto = { ...TERMS, tolerance: { kind: 'auto' } } as const;

  it('is the tightest that fits half of the budget, and says so where that is wider', () => {
    expect(makeJudge(expectation(equal(4)), auto).tolerance).toBe('25%');
    const small = makeJudge(expectation(equal(4)), { ...auto, maxRequests: 700 });
    expect(small.tolerance).toBe('50%');
    expect(plain(small.plan)).toMatch(
      /\(tolerance 50%: 25% needs (more than 700|up to [\d,]+) requests, half of the budget is 350\)$/,
    );
    const servers = { web1: 150, web2: 150, web3: 150, web4: 150 };
    const { measurement, notes } = judgeCounts(expectation(equal(4)), { servers }, { ...auto, maxRequests: 700 });
    expect(measurement.outcome).toBe('pass');
    expect(notes).toMatch(/^tolerance 50%: 25% needs/);
  });
});
