import type { Explanation } from '../model/measurement.ts';
import { count, list, say, words } from '../text/say.ts';
import { certain, lostOf } from './explain.ts';
import type { Expectation } from './expectation.ts';
import { missable, type Budget } from './plan.ts';
import type { Answer, Question } from './question.ts';
import type { Tally } from './tally.ts';

const LEAST_REQUESTS = 100;
const LEAST_ANSWERS_EACH = 3;
/** A server that is silent this long is down, not unlucky. */
const SILENT_REQUESTS = 200;
const SILENT_SHARES = 10;

/** Does every server answer? For pools whose shares follow load, and for pools of one. */
export function answersQuestion(expectation: Expectation, budget: Budget): Question {
  const servers = expectation.servers.filter((s) => s.expected !== 0);
  const shareOf = (expected: number | null) => expected ?? 1 / servers.length;
  const needed = servers.filter((s) => missable(budget.maxRequests)(shareOf(s.expected)));
  const smallest = Math.min(...needed.map((s) => shareOf(s.expected)));
  const patience = Math.max(SILENT_REQUESTS, SILENT_SHARES / smallest);
  const enough = Math.min(LEAST_REQUESTS, budget.maxRequests);
  const why = expectation.reason ?? words(servers.length > 1 ? 'shares follow load here' : 'one server takes all');

  return {
    tolerance: () => null,
    plan: say`Testing whether ${count(servers.length, 'server')} answer without errors: ${why}, so no share is tested. ${enough} to ${Math.ceil(patience)} requests.`,
    look(tally: Tally): Answer {
      const notes = [say`shares and latency are shown, not judged`];
      const answer = (state: Answer['state'], reason: Answer['reason'], explanations?: Explanation[]): Answer => ({
        state,
        reason,
        evidence: null,
        independent: null,
        notes: servers.length > 1 ? notes : [],
        ...(explanations === undefined ? {} : { explanations }),
      });
      const rare = needed.filter((s) => tally.of(s.name) < LEAST_ANSWERS_EACH).map((s) => s.name);
      const silent = rare.filter((name) => tally.of(name) === 0);
      if (silent.length > 0 && tally.requests >= patience) {
        const lost = lostOf(tally);
        return answer('broken', say`${list(silent)} answered none of ${tally.requests} requests.`, [
          certain('server-down', expectation, { about: silent, answers: tally.of, ...(lost && { lost }) }),
        ]);
      }
      if (rare.length > 0) {
        return answer(
          'open',
          say`${list(rare)} answered fewer than ${LEAST_ANSWERS_EACH} of ${tally.requests} requests: not settled`,
        );
      }
      if (tally.requests < enough) return answer('open', say`only ${tally.requests} requests, ${enough} are needed`);
      return answer(
        'holds',
        servers.length > 1 ? say`every server answers; ${why}` : say`the pool's only server answers`,
      );
    },
  };
}
