import { Envelope, heavyServers, logHeavy } from '../../src/evidence/load-evidence.ts';
import { bucketOf } from '../../src/evidence/latency.ts';
import { makeJudge } from '../../src/evidence/judge.ts';
import { sampler, seededRandom } from '../../src/evidence/random.ts';
import { THRESHOLD } from '../../src/evidence/split-test.ts';
import { say } from '../../src/text/say.ts';
import { candidate, equal, expectation, measure, TERMS } from './measure.ts';

const reason = say`shares follow load here`;
const normal = (weights: readonly number[]) => weights.map((w) => w / weights.reduce((a, b) => a + b, 0));

/** A least-connections pool with these weights, which nobody declared. */
function undeclared(weights: readonly number[]) {
  const shares = normal(weights);
  const servers = shares.map((weight, i) => ({ name: `web${i + 1}`, expected: 1 / weights.length, weight }));
  const heavy = candidate('configured-weights', shares, false);
  return { ...expectation([]), servers, kind: 'load-dependent', reason, heavy } as const;
}

describe('unequal weights that nobody declared, where shares follow load', () => {
  it.each([
    [[90, 1, 1], [0.92, 0.05, 0.03], 'web1'],
    [[12, 1, 1, 1], [0.7, 0.1, 0.1, 0.1], 'web1'],
    [[40, 40, 3, 3, 3], [0.4, 0.38, 0.08, 0.07, 0.07], 'web1 and web2'],
  ])('%j answering %j: the outage fails, with the line of the weight', (weights, shares, names) => {
    const { measurement, cause, reason: why, story } = measure(undeclared(weights), { shares });
    expect([measurement.outcome, cause]).toEqual(['fail', 'configured-weights']);
    expect(why.startsWith(names)).toBe(true);
    expect(why).toMatch(/answers? \d\d% of the requests; \d\d% expected\.$/);
    expect(measurement.explanations[0]?.at).toBeDefined();
    expect(story).toContain('haproxy.cfg:2');
  });

  it('pass at light load as even at this load, never more', () => {
    const { measurement, reason: why } = measure(undeclared([1, 1, 9]), { shares: equal(3) });
    expect(measurement.outcome).toBe('pass');
    expect(why).toMatch(
      /^even within 25% of each share at this load; under more load the unequal weights take effect$/,
    );
  });

  it('are open when neither an even split nor their effect is proved', () => {
    const { measurement, reason: why } = measure(undeclared([3, 1, 1]), { shares: [0.2, 0.6, 0.2] });
    expect(measurement.outcome).toBe('inconclusive');
    expect(why).toContain('the weights are unequal and not declared');
  });

  it('prove no effect in at most 1% of 1,000 even measurements', () => {
    const random = seededRandom(77);
    const weights = normal([6, 2, 1]);
    expect(heavyServers(weights)).toEqual([0]);
    let alarms = 0;
    for (let run = 0; run < 1000; run++) {
      const draw = sampler(equal(3), random);
      const counts = [0, 0, 0];
      for (let n = 1; n <= 1500; n++) {
        const i = draw();
        counts[i] = (counts[i] ?? 0) + 1;
        if (n % 5 > 0 || logHeavy(counts, weights, 0.25) < THRESHOLD) continue;
        alarms++;
        break;
      }
    }
    expect(alarms).toBeLessThanOrEqual(10);
  });
});

describe('a server that is silent, where shares follow load', () => {
  const load = { ...expectation([null, null, null, null]), kind: 'load-dependent', reason } as const;

  it('is down when even a much slower one would have answered', () => {
    const { measurement, cause, reason: why } = measure(load, { shares: [0.4, 0.3, 0.3, 0] });
    expect([measurement.outcome, cause]).toEqual(['fail', 'server-down']);
    expect(why).toMatch(/^web4 answered none of [\d,]+ requests: down, or full of long-lived connections\.$/);
  });

  it('is not called down when it is 40 times slower: in at most 1 of 100 measurements', () => {
    const shares = normal([40, 40, 40, 1]);
    const failed = Array.from({ length: 100 }, (_, seed) => measure(load, { shares }, TERMS, seed + 500)).filter(
      ({ measurement }) => measurement.outcome === 'fail',
    );
    expect(failed.length).toBeLessThanOrEqual(1);
  });

  it('is no alarm in a long watch of 30 servers that all answer', () => {
    const many = { ...expectation(equal(30).map(() => null)), kind: 'load-dependent', reason } as const;
    const soak = { ...TERMS, maxRequests: 100_000, watchMs: 300_000 };
    expect(measure(many, { shares: equal(30) }, soak, 3).measurement.outcome).toBe('pass');
  });
});

describe('the envelope between idle and saturated', () => {
  const servers = ['a', 'b', 'c'];
  const sketch = (ms: number) => ({ buckets: { [bucketOf(ms)]: 10 } });
  const counts = (latencies: readonly number[]) => ({
    version: 1 as const,
    servers: {},
    latencyMs: Object.fromEntries(servers.map((server, i) => [server, sketch(latencies[i] ?? 0)])),
    connectMs: sketch(5),
  });
  const envelope = (latencies: readonly number[]) => {
    const made = new Envelope(servers, equal(3), 6000);
    made.follow(counts(latencies), [0, 0, 0]);
    return made;
  };

  it('holds what response times explain, and not what nothing explains', () => {
    const slow = envelope([15, 15, 105]);
    expect(slow.isOutside([450, 460, 40])).toBe(false);
    expect(slow.isOutside([330, 330, 340])).toBe(false);
    expect(envelope([15, 15, 15]).isOutside([900, 30, 30])).toBe(true);
  });

  it('says nothing where connecting was not timed', () => {
    const made = new Envelope(servers, equal(3), 6000);
    made.follow({ ...counts([15, 15, 15]), connectMs: { buckets: {} } }, [0, 0, 0]);
    expect(made.isOutside([900, 30, 30])).toBe(false);
  });
});

describe('shares that cannot be known', () => {
  const at = candidate('configured-weights', [1]).at;
  const unknownShares = { reason: say`a weight is not written in the file`, ...(at && { at }) };

  it('are inconclusive, with the line, whatever answers', () => {
    const unknown = expectation([null, null, null], { declared: true, unknownShares });
    for (const shares of [equal(3), [0.1, 0.1, 0.8]]) {
      const { measurement, reason: why } = measure(unknown, { shares });
      expect(measurement.outcome).toBe('inconclusive');
      expect(why).toMatch(
        /^the shares cannot be known: a weight is not written in the file \(haproxy\.cfg:2\)\. Set the value/,
      );
    }
  });

  it('pass as even where even is expected, and as nothing else', () => {
    const unknown = expectation(equal(3), { unknownShares });
    expect(measure(unknown, { shares: equal(3) }).measurement.outcome).toBe('pass');
    const skewed = measure(unknown, { shares: [0.2, 0.2, 0.6] });
    expect(skewed.measurement.outcome).toBe('inconclusive');
    expect(skewed.reason).toContain('web3 answers');
  });
});

it('a judge of a load-dependent pool says what is tested', () => {
  expect(makeJudge(undeclared([5, 1, 1]), TERMS).tolerance).toBe('25%');
});
