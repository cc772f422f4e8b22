import { makeJudge } from '../../src/evidence/judge.ts';
import { plain } from '../../src/text/say.ts';
import { blocks, flapping, nobody, others, rotations, slowStart, sticky } from './balancers.ts';
import { measureMany } from './dependent.ts';
import { equal, expectation, judgeCounts, measure, OBSERVED, TERMS } from './measure.ts';

const ones = (servers: number) => Array.from({ length: servers }, () => 1);

describe('sound balancers whose answers are no independent draws: no fail in 8 seeded measurements each', () => {
  it.each([
    ['24 workers in phase, 12 servers', { servers: 12, workers: 24, balancer: rotations(ones(12), 24, nobody) }],
    [
      '40 workers in phase beside others, 15 servers',
      { servers: 15, workers: 40, balancer: rotations(ones(15), 40, others(2)) },
    ],
    ['blocks of 30, 4 servers', { servers: 4, balancer: blocks([30, 30, 30, 30], nobody) }],
    ['blocks of 70 beside others, 2 servers', { servers: 2, balancer: blocks([70, 70], others(1)) }],
    ['sticky 0.7, 4 servers', { servers: 4, balancer: sticky(equal(4), 0.7) }],
    ['flapping for 3 of 60, 3 servers', { servers: 3, balancer: flapping(3, 60, 3) }],
    ['slow start over the first 80, 4 servers', { servers: 4, balancer: slowStart(4, 80) }],
  ])('%s', (_, situation) => {
    const { pass, fail } = measureMany(situation, 8, 301);
    expect(fail).toBe(0);
    expect(pass).toBeGreaterThanOrEqual(6);
  });
});

describe('faults behind them: no pass in 8 seeded measurements each', () => {
  it.each([
    [
      '24 workers, one of 6 servers dead',
      { servers: 6, workers: 24, balancer: rotations([0, 1, 1, 1, 1, 1], 24, others(1)) },
    ],
    ['blocks of 30, one of twice the length', { servers: 4, balancer: blocks([60, 30, 30, 30], others(1)) }],
    ['sticky 0.4, one at three times its part', { servers: 3, balancer: sticky([0.6, 0.2, 0.2], 0.4) }],
  ])('%s', (_, situation) => {
    const { pass, fail } = measureMany(situation, 8, 302);
    expect(pass).toBe(0);
    expect(fail).toBeGreaterThanOrEqual(6);
  });
});

describe('the proof holds at the end', () => {
  const third = equal(3);

  it('a server that was away at first, and came back, is no fail and no pass', () => {
    const back = { shares: [0.5, 0.5, 0], later: { after: 90, shares: third } };
    const seen = Array.from({ length: 8 }, (_, seed) => measure(expectation(third), back, TERMS, seed + 40));
    expect(seen.map(({ measurement }) => measurement.outcome)).toEqual(seen.map(() => 'inconclusive'));
    expect(seen[0]?.reason).toMatch(
      /^it changed while it was measured\. In the first \d+ answers: web3 answers (none|\d\.\d%|\d+%) of/,
    );
  });

  it('a fault of the first half is no pass by the second, blocks or not', () => {
    const firstHalf = { web1: 400, web2: 360, web3: 120, web4: 120 };
    const servers = { web1: 900, web2: 860, web3: 620, web4: 620 };
    const wide = { ...TERMS, tolerance: { kind: 'relative', share: 0.5 } } as const;
    const alone = judgeCounts(expectation(equal(4)), { servers, firstHalf: servers }, wide);
    expect(alone.measurement.outcome).toBe('pass');
    for (const repeats of [{}, { web1: 600, web2: 560, web3: 400, web4: 400 }]) {
      const { measurement, reason } = judgeCounts(
        expectation(equal(4)),
        { servers, firstHalf, repeats, longestRun: 10 },
        wide,
      );
      expect(measurement.outcome).toBe('inconclusive');
      expect(reason).toMatch(/^it changed while it was measured: 40\/36\/12\/12% in the first half, 25\/25\/25\/25%/);
    }
  });

  it('is not final before 200 answers', () => {
    const judge = makeJudge(expectation(equal(2)), { ...TERMS, maxRequests: 150 });
    const servers = { web1: 0, web2: 0 };
    for (servers.web1 = 1; judge.wantsMore({ version: 1, servers }, 0); servers.web1++);
    const { outcome, reason } = judge.conclude({ version: 1, servers }, OBSERVED);
    expect(outcome).toBe('inconclusive');
    expect(plain(reason)).toMatch(
      /^only 150 answers, 200 are needed to prove it: web1 answers 100% of the requests; 50% expected\./,
    );
  });

  it('sentence and table are about the same answers', () => {
    const { measurement, reason } = measure(expectation(third), { shares: [0.55, 0.25, 0.2] });
    const [web1] = measurement.servers;
    expect(measurement.outcome).toBe('fail');
    expect(reason.startsWith(`web1 answers ${Math.round(100 * (web1?.share ?? 0))}% of the requests`)).toBe(true);
  });
});

describe('what a skew cannot prove', () => {
  it('names the zone that workers in phase lack', () => {
    const counts = { servers: { web1: 80, web2: 79, web3: 79, web4: 30, web5: 30, web6: 30 } };
    const { measurement, reason } = judgeCounts(expectation(equal(6), { workers: 48 }), counts);
    expect(measurement.outcome).toBe('inconclusive');
    expect(reason).toMatch(
      /^not settled: web\d answers (24|9\.1)% of 328 requests, 17% expected, which proves nothing/,
    );
    expect(reason).toContain('each of up to 48 worker processes keeps a rotation of its own');
    expect(reason).toContain('Add a zone to the upstream');
  });

  it('names the blocks', () => {
    const counts = {
      servers: { web1: 120, web2: 40, web3: 40 },
      repeats: { web1: 117, web2: 39, web3: 39 },
      longestRun: 40,
    };
    const { measurement, reason } = judgeCounts(expectation(equal(3)), counts);
    expect(measurement.outcome).toBe('inconclusive');
    expect(reason).toContain('one server answers up to 40 requests in a row');
  });
});

describe('many servers together', () => {
  it('are not even when half of 40 get twice what the others get: no pass in 4 measurements', () => {
    const shares = equal(40).map((p, i) => (i < 20 ? (4 / 3) * p : (2 / 3) * p));
    const outcomes = Array.from({ length: 4 }, (_, seed) =>
      measure(expectation(equal(40)), { shares }, TERMS, seed + 9),
    );
    expect(outcomes.filter(({ measurement }) => measurement.outcome === 'pass')).toEqual([]);
  });
});
