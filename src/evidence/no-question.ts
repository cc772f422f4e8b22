import type { Text } from '../model/text.ts';
import { say } from '../text/say.ts';
import type { Expectation } from './expectation.ts';
import type { Question } from './question.ts';

/** One client always meets one server (source hash, kept connection): no number of requests shows the split. */
export function oneClientQuestion(expectation: Expectation): Question {
  return unanswerable(
    expectation.reason ??
      say`one client always meets the same server here: vary the key that is hashed, measure from several runners and judge their counts files together, or observe the balancer's own counts`,
  );
}

/** Enough to see whether somebody answers all the same, or everything fails. */
const NOBODY_REQUESTS = 20;

/** No server of the pool is in rotation. */
export function nobodyQuestion(): Question {
  const reason = say`The config has no active server in this pool, so no answer is expected from any.`;
  const settled = unanswerable(reason);
  const open = { state: 'open', reason, evidence: null, independent: null, notes: [] } as const;
  return {
    ...settled,
    look: (tally, counts) => (tally.requests < NOBODY_REQUESTS ? open : settled.look(tally, counts)),
  };
}

function unanswerable(reason: Text): Question {
  const answer = { state: 'unanswerable', reason, evidence: null, independent: null, notes: [] } as const;
  return { tolerance: () => null, plan: reason, look: () => answer };
}
