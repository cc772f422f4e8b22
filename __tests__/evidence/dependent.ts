import { makeJudge } from '../../src/evidence/judge.ts';
import { seededRandom } from '../../src/evidence/random.ts';
import { plain } from '../../src/text/say.ts';
import { Tally } from '../../src/probe/tally.ts';
import type { Terms } from '../../src/evidence/terms.ts';
import type { Balancer } from './balancers.ts';
import { equal, expectation, OBSERVED, TERMS } from './measure.ts';

/** Traffic whose answers are no independent draws, and what is true of it. */
export interface Situation {
  readonly name: string;
  readonly servers: number;
  readonly balancer: Balancer;
  /** even: "fail" is wrong. uneven: "pass" is wrong. either: both may be right, by when one looks. */
  readonly truth: 'even' | 'uneven' | 'either';
  /** Workers with a rotation of their own, as the config shows them. */
  readonly workers?: number;
}

/** How many measurements came out how, and their mean requests. */
export interface Outcomes {
  pass: number;
  fail: number;
  inconclusive: number;
  requests: number;
}

/** Chance of an error by request, 0..1. */
export type Errors = (random: () => number) => () => boolean;

const WARM_UP = 50;
const DEPENDENT_TERMS: Terms = { ...TERMS, tolerance: { kind: 'auto' }, rate: 1000 };

/** Measurements as the probe makes them, of `runs` fresh starts of the balancer. */
export function measureMany(
  { servers, balancer, workers }: Omit<Situation, 'name' | 'truth'>,
  runs: number,
  seed: number,
  errors: Errors = () => () => false,
  onReason: (outcome: string, reason: string) => void = () => {},
): Outcomes {
  const outcomes: Outcomes = { pass: 0, fail: 0, inconclusive: 0, requests: 0 };
  const expected = expectation(equal(servers), workers === undefined ? {} : { workers });
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(seed * 100_003 + run);
    const pick = balancer(random);
    const fails = errors(random);
    const judge = makeJudge(expected, DEPENDENT_TERMS);
    const tally = new Tally({});
    for (let n = Math.max(WARM_UP, 4 * servers); n > 0; n--) pick();
    do {
      const error = fails();
      const answer = { unexpected: false, error, broken: false, status: error ? 500 : 200, ms: 10, connectMs: 1 };
      tally.served(`web${pick() + 1}`, answer);
    } while (judge.wantsMore(tally.counts, tally.answers));
    const { outcome, reason } = judge.conclude(tally.finish(1, undefined), OBSERVED);
    if (outcome === 'error') throw new Error('no measurement ends in an error');
    outcomes[outcome] += 1;
    outcomes.requests += tally.answers / runs;
    onReason(outcome, plain(reason));
  }
  return outcomes;
}

/** Errors that come `length` at a time, at a long-run `rate` (0..1). */
export function bursts(rate: number, length: number): Errors {
  return (random) => {
    let left = 0;
    return () => {
      if (left === 0 && random() < rate / length) left = length;
      return left > 0 && left-- > 0;
    };
  };
}
