import { formatNumber, say } from '../text/say.ts';
import type { Expectation } from './expectation.ts';
import type { Budget } from './plan.ts';
import type { Answer, Question } from './question.ts';
import { splitQuestion } from './split-question.ts';
import type { Tolerance } from '../model/request.ts';
import type { Counts } from '../model/counts.ts';
import type { Tally } from './tally.ts';

/** Before this many answers, and this many per server seen, a new server may still turn up by chance alone. */
const LEAST_ANSWERS = 50;
const LEAST_PER_SERVER = 8;
/** After so many answers of one server nobody waits for a second: nothing is claimed then, only that there is nothing to compare. */
const MOST_ALONE = 30;

/**
 * Is the traffic even among the servers that are seen? For pools whose members no file lists. With a declared number of
 * servers the unseen ones count as silent.
 */
export function unlistedQuestion(expectation: Expectation, wanted: Tolerance, budget: Budget): Question {
  const declared = expectation.serversExpected;
  let asked: { readonly members: string; readonly question: Question } | undefined;

  return {
    tolerance: () => asked?.question.tolerance() ?? null,
    plan:
      declared === undefined
        ? say`No config lists the servers: testing whether the traffic is even among those that are seen.`
        : say`No config lists the servers: testing whether the traffic is even among the ${declared} that are declared.`,
    look(tally: Tally, counts: Counts): Answer {
      const seen = identities(counts);
      if (declared !== undefined && seen.length > declared) {
        return open(
          say`${seen.length} servers answered, ${declared} are declared: a rolling change is under way, or the declaration (${'servers'}) is stale`,
        );
      }
      const servers = membersOf(expectation, counts).servers.map((s) => s.name);
      if (servers.length < 2) {
        return { ...open(alone(seen[0])), state: tally.attributed < MOST_ALONE ? 'open' : 'unanswerable' };
      }
      if (tally.attributed < Math.max(LEAST_ANSWERS, LEAST_PER_SERVER * servers.length)) {
        return open(say`only ${tally.attributed} answers from ${seen.length} servers`);
      }
      const members = JSON.stringify(servers);
      if (asked?.members !== members) {
        const shares = servers.map(() => 1 / servers.length);
        asked = { members, question: splitQuestion(expectation, { servers, shares }, wanted, budget) };
      }
      const answer = asked.question.look(tally, counts);
      const among = say`${answer.reason}, among the ${seen.length} servers seen`;
      return answer.state === 'holds' && declared === undefined ? { ...answer, reason: among } : answer;
    },
  };
}

function alone(server: string | undefined): Answer['reason'] {
  const give = say`give the config, or the number of servers (${'servers'} in the checklist file)`;
  return server === undefined
    ? say`no server was seen, so there is nothing to compare: ${give}`
    : say`only ${server} was seen: it is the only one, or a hash of the client or something sticky keeps this client there. To tell, ${give}; to see the others, vary what is hashed (${'--vary'}) or measure from several runners`;
}

/** The expectation with those who answered as its servers when no file lists them, and those declared but unseen. */
export function membersOf(expectation: Expectation, counts: Counts): Expectation {
  if (expectation.kind !== 'unlisted') return expectation;
  const seen = identities(counts);
  const unseen = Math.max(0, (expectation.serversExpected ?? 0) - seen.length);
  const names = [...seen, ...Array.from({ length: unseen }, (_, i) => `unseen server ${formatNumber(i + 1)}`)];
  return { ...expectation, servers: names.map((name) => ({ name, expected: 1 / names.length })) };
}

function identities({ servers, unexpected = {} }: Counts): string[] {
  const answered = [...Object.entries(servers), ...Object.entries(unexpected)].filter(([, n]) => n > 0);
  return [...new Set(answered.map(([name]) => name))].toSorted();
}

function open(reason: Answer['reason']): Answer {
  return { state: 'open', reason, evidence: null, independent: null, notes: [] };
}
