import { say } from '../text/say.ts';
import type { Expectation } from './expectation.ts';
import type { Budget } from './plan.ts';
import type { Assessment, Question } from './question.ts';
import { entry, tally } from './tally.ts';

const LEAST_REQUESTS = 100;
const LEAST_ANSWERS = 3;

/** Does the pool's only server answer? */
export function answersQuestion(expectation: Expectation, budget: Budget): Question {
  const server = expectation.servers.find((s) => s.expected !== 0)?.name ?? '';
  const enough = Math.min(LEAST_REQUESTS, budget.maxRequests);
  const assessment = (state: Assessment['state'], reason: Assessment['reason']): Assessment => ({
    state,
    reason,
    evidence: null,
    independent: null,
    notes: [],
  });
  return {
    tolerance: () => null,
    plan: say`Testing whether the pool's only server answers without errors: no share is tested. About ${enough} requests.`,
    assess(counts) {
      const { requests } = tally(counts, expectation);
      if (entry(counts.servers, server) < LEAST_ANSWERS) {
        return assessment(
          'open',
          say`${server} answered fewer than ${LEAST_ANSWERS} of ${requests} requests: not settled`,
        );
      }
      if (requests < enough) return assessment('open', say`only ${requests} requests, ${enough} are needed`);
      return assessment('holds', say`the pool's only server answers`);
    },
  };
}
