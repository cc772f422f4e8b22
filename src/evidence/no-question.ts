import { fileAndLine } from '../model/span.ts';
import type { Text } from '../model/text.ts';
import { say, words } from '../text/say.ts';
import type { Expectation } from './expectation.ts';
import type { Question } from './question.ts';
import { requestsOf } from './tally.ts';

/** Enough to see whether somebody answers all the same, and to prove that everything fails. */
const NOBODY_REQUESTS = 120;
/** Enough for a counts file to tell of errors, since others judge it together with theirs. */
const ONE_CLIENT_REQUESTS = 30;

/** One client always meets one server (source hash, kept connection): no number of requests shows the split. */
export function oneClientQuestion(expectation: Expectation): Question {
  return unanswerable(
    expectation.reason ??
      say`one client always goes to the same server here: vary the hashed key, judge counts of several runners together, or observe the balancer's own counts`,
    ONE_CLIENT_REQUESTS,
  );
}

/** No server of the pool is in rotation. */
export function nobodyQuestion(): Question {
  const reason = say`The config has no active server in this pool, so no answer is expected from any.`;
  return unanswerable(reason, NOBODY_REQUESTS);
}

/**
 * A weight or a line that the config does not let one read: a skew may be what is written there. Only an even split, where one
 * is expected, needs no such line.
 */
export function unknownSharesQuestion(
  { reason, at }: NonNullable<Expectation['unknownShares']>,
  even: Question | undefined,
): Question {
  const place = at === undefined ? words('') : say` (${fileAndLine(at)})`;
  const unknown = say`the shares cannot be known: ${reason}${place}`;
  const fix = say`Set the value in the file, check the rendered file, or declare the shares with ${'expect'}`;
  if (even === undefined) return unanswerable(say`${unknown}. ${fix}`, ONE_CLIENT_REQUESTS);
  return {
    ...even,
    assess(counts) {
      const seen = even.assess(counts);
      if (seen.state !== 'broken') return seen;
      return { ...seen, state: 'unanswerable', reason: say`${unknown}. ${seen.reason} ${fix}` };
    },
  };
}

/** @param least requests before it is said that more tell no more */
function unanswerable(reason: Text, least: number): Question {
  const answer = (state: 'open' | 'unanswerable') =>
    ({ state, reason, evidence: null, independent: null, notes: [] }) as const;
  return {
    tolerance: () => null,
    plan: reason,
    assess: (counts) => answer(requestsOf(counts) < least ? 'open' : 'unanswerable'),
  };
}
