import type { Text } from '../model/text.ts';
import { count, list, percent, say, words } from '../text/say.ts';
import { sharesOf } from './causes.ts';
import type { Candidate, Expectation } from './expectation.ts';
import { correlation, unevenThoughSticky } from './guard.ts';
import { splitOf } from './hypotheses.ts';
import { shareInterval } from './intervals.ts';
import { at, sum } from './numerics.ts';
import { makePlan, missable, planSentence, type Budget } from './plan.ts';
import type { Answer, Question } from './question.ts';
import { SplitTest, THRESHOLD } from './split-test.ts';
import { entry } from './tally.ts';
import { formatTolerance, limitsOf, within } from './tolerance.ts';
import type { Tolerance } from '../model/request.ts';

/** Servers whose shares are tested, with what each should get (0..1, sum 1). */
export interface Expected {
  readonly servers: readonly string[];
  readonly shares: readonly number[];
}

/** When servers too small to be missed hold more of the traffic than this, the rest says nothing about the split. */
const MOST_UNSEEN = 0.5;
/** Servers that get a note of their own. */
const MOST_NOTES = 5;

/** Does every server get its expected share? */
export function splitQuestion(
  expectation: Expectation,
  { servers, shares }: Expected,
  wanted: Tolerance,
  budget: Budget,
): Question {
  const plan = makePlan(shares, wanted, budget);
  const limits = limitsOf(shares, plan.tolerance, missable(budget.maxRequests));
  const others = differing(expectation.candidates, servers, shares);
  const test = new SplitTest(
    shares,
    limits,
    others.filter((c) => c.candidate.inTest).map((c) => c.split),
  );
  const alike = others.filter((c) => within(limits, c.split));
  const tolerance = formatTolerance(plan.tolerance);
  const draws = words(expectation.byClient === true ? 'clients' : 'requests');
  const unseen = sum(shares.filter((_, i) => at(limits.low, i) <= 0));

  return {
    tolerance: () => tolerance,
    plan: planSentence(plan, servers.length, expectation.declared, budget),
    look: (tally, counts) => {
      const seen = servers.map((server) => tally.of(server));
      const repeats = counts.repeats && servers.map((server) => entry(counts.repeats, server));
      const related = repeats && correlation(seen, repeats);
      const evidence = { uneven: test.logUneven(seen), even: test.logEven(seen), threshold: THRESHOLD };
      const notes = [...tooSmall(seen), ...silent(seen)];
      const asked = sum(seen) > 0;
      const answer = (state: Answer['state'], reason: Text, independent = related && !related.dependent): Answer => ({
        state,
        reason,
        evidence: asked ? evidence : null,
        independent: asked ? (independent ?? null) : null,
        notes,
      });
      if (evidence.uneven >= THRESHOLD) {
        if (!expectation.guard || repeats === undefined || unevenThoughSticky(test, seen, repeats)) {
          return answer('broken', worst(seen));
        }
        return answer('dependent', dependent(related?.rho ?? 0, sum(seen)), false);
      }
      if (unseen > MOST_UNSEEN) return answer('open', tooManySmall());
      if (evidence.even < THRESHOLD) return answer('open', notSettled(seen));
      if (expectation.guard && related?.dependent === true) {
        return answer('dependent', dependent(related.rho, sum(seen)));
      }
      return { ...answer('holds', held()), alike: alike.map((c) => c.candidate.cause) };
    },
  };

  function held(): Text {
    const verdict = expectation.declared
      ? say`as declared, within ${spelled(tolerance)} of each share`
      : say`even within ${spelled(tolerance)} of each share`;
    const same = alike.map(({ candidate, split }) => say`${whichFile(candidate)} (${sharesOf(split)})`);
    return same.length === 0 ? verdict : say`${verdict}; ${list(same)} would look the same`;
  }

  function worst(seen: readonly number[]): Text {
    const i = mostOff(seen);
    const total = sum(seen);
    const [server, expected] = [servers[i] ?? '', percent(at(shares, i))];
    return at(seen, i) === 0
      ? say`${server} answers none of ${total} ${draws}; ${expected} expected.`
      : say`${server} answers ${percent(at(seen, i) / total)} of the ${draws}; ${expected} expected.`;
  }

  function notSettled(seen: readonly number[]): Text {
    const total = sum(seen);
    if (total === 0) return say`no answer came from a server of the pool`;
    const i = mostOff(seen);
    const share = at(seen, i) / total;
    const { low, high } = shareInterval(at(seen, i), total);
    const limit = share >= at(shares, i) ? at(limits.high, i) : at(limits.low, i);
    if (expectation.byClient === true) {
      const needed = plan.needed.median === undefined ? say`more` : say`about ${plan.needed.median}`;
      return say`not settled by ${count(total, 'client')}, each of which always meets one server: ${needed} would settle it, within ${spelled(tolerance)} of each share. Judge counts of more runners together, or those of the balancer itself; where it takes the client's address from a header, one runner is enough with ${'--vary header:X-Forwarded-For'}`;
    }
    return say`not settled in ${total} requests: ${servers[i] ?? ''} answers ${percent(share)} (${percent(low)} to ${percent(high)}), the limit is ${percent(limit)}. Allow more with ${words('max-requests and timeout')}, or a wider tolerance`;
  }

  /** The server that is off by most of its tolerance. */
  function mostOff(seen: readonly number[]): number {
    const total = sum(seen);
    let [most, which] = [-Infinity, 0];
    shares.forEach((p, i) => {
      const off = at(seen, i) / total - p;
      const room = off > 0 ? at(limits.high, i) - p : p - at(limits.low, i);
      const part = Math.abs(off) / Math.max(room, 1e-9);
      if (part > most) [most, which] = [part, i];
    });
    return which;
  }

  function tooManySmall(): Text {
    const needed = Math.ceil(10 / Math.min(...shares) - 1e-6);
    return say`${count(servers.length, 'server')} with so small shares cannot be missed in ${budget.maxRequests} requests: allow ${needed} (max-requests), or observe the balancer's own counts`;
  }

  function tooSmall(seen: readonly number[]): Text[] {
    const small = servers.flatMap((server, i) => (at(limits.low, i) > 0 ? [] : [{ server, i }]));
    const each = small.slice(0, MOST_NOTES).map(({ server, i }) => {
      const times = count(at(seen, i), 'time');
      return say`${server} (${percent(at(shares, i))}): too small to be missed in ${budget.maxRequests} requests, seen ${times}`;
    });
    const more = small.length - each.length;
    return more > 0 ? [...each, say`${count(more, 'more server')} too small to be missed`] : each;
  }

  function silent(seen: readonly number[]): Text[] {
    const total = sum(seen);
    const who = servers.filter((_, i) => at(seen, i) === 0 && at(limits.low, i) > 0);
    if (total === 0 || who.length === 0) return [];
    const most = percent(shareInterval(0, total).high);
    return [
      say`${list(who)} ${words(who.length === 1 ? 'has' : 'have')} not answered: at most ${most} of the answers${words(who.length === 1 ? '' : ' each')}`,
    ];
  }
}

interface Differing {
  readonly candidate: Candidate;
  /** Over the tested servers, sum 1. */
  readonly split: readonly number[];
}

/** Candidates whose split of the tested servers is not the expected one. */
function differing(
  candidates: readonly Candidate[],
  servers: readonly string[],
  shares: readonly number[],
): Differing[] {
  return candidates.flatMap((candidate) => {
    const split = splitOf(servers, candidate);
    if (split === undefined || split.every((q, i) => Math.abs(q - at(shares, i)) < 1e-6)) return [];
    return [{ candidate, split }];
  });
}

function dependent(rho: number, total: number): Text {
  const worth = Math.max(1, Math.round((total * (1 - rho)) / (1 + rho)));
  return say`the answers are not independent: ${percent(Math.max(0, rho))} of them repeat the server before them beyond chance, so that ${total} are worth about ${worth}. Measure from several runners, or vary what the balancer may hash`;
}

/** `25%`, or `5 points` for `5pp`. */
function spelled(tolerance: string): Text {
  return words(tolerance.replace('pp', ' points'));
}

function whichFile({ cause, revision }: Candidate): Text {
  if (cause === 'configured-weights') return say`the weights of the current file`;
  if (cause === 'old-file-loaded') return say`the file before this deploy`;
  if (cause === 'equal-split') return say`an equal split`;
  return revision === undefined ? say`an older file` : say`the file at ${revision}`;
}
