import type { Text } from '../model/text.ts';
import { say } from '../text/say.ts';
import type { Expectation } from './expectation.ts';
import type { Question } from './question.ts';

/** Enough to see whether somebody answers all the same, or everything fails. */
const NOBODY_REQUESTS = 20;
/** Enough for a counts file to tell of errors, since others judge it together with theirs. */
const ONE_CLIENT_REQUESTS = 30;

/** One client always meets one server (source hash, kept connection): no number of requests shows the split. */
export function oneClientQuestion(expectation: Expectation): Question {
  return unanswerable(
    expectation.reason ??
      say`one client always meets the same server here: vary the key that is hashed, measure from several runners and judge their counts files together, or observe the balancer's own counts`,
    ONE_CLIENT_REQUESTS,
  );
}

/** No server of the pool is in rotation. */
export function nobodyQuestion(): Question {
  const reason = say`The config has no active server in this pool, so no answer is expected from any.`;
  return unanswerable(reason, NOBODY_REQUESTS);
}

/** @param least requests before it is said that more tell no more */
function unanswerable(reason: Text, least: number): Question {
  const answer = (state: 'open' | 'unanswerable') =>
    ({ state, reason, evidence: null, independent: null, notes: [] }) as const;
  return {
    tolerance: () => null,
    plan: reason,
    look: ({ requests }) => answer(requests < least ? 'open' : 'unanswerable'),
  };
}
