import { draws } from './balancers.ts';
import { errorsVerdict } from '../../src/evidence/errors-test.ts';
import { seededRandom } from '../../src/evidence/random.ts';
import { bursts, measureMany } from './dependent.ts';
import { equal, expectation, judgeCounts, TERMS } from './measure.ts';

const third = equal(3);
const LIMITS = { maxErrors: 0.01, maxRequests: 6000 };

describe('errors: what passes', () => {
  it('takes some 160 clean answers at a limit of 1%, and more at a smaller one', () => {
    const state = (requests: number, maxErrors: number) =>
      errorsVerdict({ errors: 0, requests }, { ...LIMITS, maxErrors }).state;
    expect([state(160, 0.01), state(164, 0.01)]).toEqual(['open', 'within']);
    expect([state(800, 0.002), state(860, 0.002)]).toEqual(['open', 'within']);
    // No budget shows a rate below a hundredth of a percent: what it does show is enough, and printed.
    expect([state(3000, 0.0001), state(3100, 0.0001)]).toEqual(['open', 'within']);
  });

  it('prints the rate that is not excluded', () => {
    const servers = { web1: 115, web2: 114, web3: 115 };
    const wide = { ...TERMS, tolerance: { kind: 'relative', share: 0.5 } } as const;
    const { measurement, notes } = judgeCounts(expectation(third), { servers }, wide);
    expect(measurement.outcome).toBe('pass');
    expect(notes).toContain('errors 0%: 0 of 344 requests, at most 1.4% (99% sure)');
  });

  it('is open with too few answers, though none failed', () => {
    const { measurement, reason } = judgeCounts(expectation([1]), { servers: { web1: 110 } });
    expect(measurement.outcome).toBe('inconclusive');
    expect(reason).toBe('errors 0%, at most 4.3%, limit 1%: not settled');
  });

  it('never passes what was observed above the limit', () => {
    const servers = { web1: 500, web2: 500, web3: 500 };
    const { measurement, reason } = judgeCounts(expectation(third), { servers, errors: { web1: 16 } });
    expect(measurement.outcome).toBe('inconclusive');
    expect(reason).toBe('errors 1.1%, limit 1%: not settled');
  });

  it('passes no error at a limit of 0, and none but none', () => {
    const servers = { web1: 300, web2: 300, web3: 300 };
    const none = { ...TERMS, maxErrors: 0 };
    expect(judgeCounts(expectation(third), { servers }, none).measurement.outcome).toBe('pass');
    const one = judgeCounts(expectation(third), { servers, errors: { web2: 1 } }, none);
    expect(one.measurement.outcome).toBe('fail');
  });
});

describe('errors: what fails', () => {
  const state = (errors: number, count: number, longest: number) =>
    errorsVerdict({ errors, requests: 400, incidents: { count, longest } }, LIMITS).state;

  it('takes several incidents, or one of a hundred requests', () => {
    expect([state(24, 1, 24), state(24, 2, 60), state(24, 3, 8)]).toEqual(['doubtful', 'doubtful', 'doubtful']);
    expect([state(24, 8, 8), state(24, 1, 100)]).toEqual(['above', 'above']);
  });

  it('at the very limit it is wrong in at most 1% of 2,000 measurements, looked at after every answer', () => {
    const random = seededRandom(41);
    let alarms = 0;
    for (let run = 0; run < 2000; run++) {
      let errors = 0;
      for (let requests = 1; requests <= 800; requests++) {
        if (random() < 0.01) errors++;
        else continue;
        if (errorsVerdict({ errors, requests }, LIMITS).state !== 'above') continue;
        alarms++;
        break;
      }
    }
    expect(alarms).toBeLessThanOrEqual(20);
  });
});

describe('whole measurements, seeded', () => {
  const service = { servers: 3, balancer: draws(third) };

  it('2% of errors under a limit of 1% pass in none of 25', () => {
    expect(measureMany(service, 25, 7, bursts(0.02, 1)).pass).toBe(0);
  });

  it('bursts of six errors at a long-run rate of 0.4% fail in at most 1 of 50', () => {
    expect(measureMany(service, 50, 8, bursts(0.004, 6)).fail).toBeLessThanOrEqual(1);
  });
});
