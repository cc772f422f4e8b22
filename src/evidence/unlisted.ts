import { formatNumber, say } from '../text/say.ts';
import type { Expectation } from './expectation.ts';
import type { Budget } from './plan.ts';
import type { Assessment, Question } from './question.ts';
import { splitQuestion } from './split-question.ts';
import type { Tolerance } from '../model/request.ts';
import type { Counts } from '../model/counts.ts';
import { tally as tallyOf } from './tally.ts';

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
    logBroken: (counts) => {
      const members = memberNames(expectation, counts);
      return isEnough(tallyOf(counts, expectation).attributed, members)
        ? (of(members).logBroken?.(counts) ?? 0)
        : -Infinity;
    },
    provedBy: (earlier, now) => asked?.question.provedBy?.(earlier, now) ?? true,
    assess(counts: Counts): Assessment {
      const tally = tallyOf(counts, expectation);
      const seen = identities(counts);
      if (declared !== undefined && seen.length > declared) {
        return open(
          say`${seen.length} servers answered, ${declared} are declared: a rolling change is under way, or the declaration (${'servers'}) is stale`,
        );
      }
      const servers = memberNames(expectation, counts);
      if (servers.length < 2) {
        return { ...open(alone(seen[0])), state: tally.attributed < MOST_ALONE ? 'open' : 'unanswerable' };
      }
      if (!isEnough(tally.attributed, servers)) {
        return open(say`only ${tally.attributed} answers from ${seen.length} servers`);
      }
      const answer = of(servers).assess(counts);
      const among = say`${answer.reason}, among the ${seen.length} servers seen`;
      return answer.state === 'holds' && declared === undefined ? { ...answer, reason: among } : answer;
    },
  };

  /** The question about these servers; kept while they stay the same. */
  function of(servers: readonly string[]): Question {
    const members = JSON.stringify(servers);
    if (asked?.members !== members) {
      const shares = servers.map(() => 1 / servers.length);
      asked = { members, question: splitQuestion(expectation, { servers, shares }, wanted, budget) };
    }
    return asked.question;
  }
}

/** Whether another server would have been seen by now. */
function isEnough(answers: number, servers: readonly string[]): boolean {
  return servers.length > 1 && answers >= Math.max(LEAST_ANSWERS, LEAST_PER_SERVER * servers.length);
}

function alone(server: string | undefined): Assessment['reason'] {
  const give = say`give the config, or the number of servers (${'servers'} in the checklist file)`;
  return server === undefined
    ? say`no server was seen, so there is nothing to compare: ${give}`
    : say`only ${server} was seen: it is the only one, or a hash of the client or stickiness keeps this client there. To distinguish them, ${give}; to see the others, vary the hashed key (${'--vary'}) or measure from several runners`;
}

/** The expectation with those who answered as its servers when no file lists them, and those declared but unseen. */
export function membersOf(expectation: Expectation, counts: Counts): Expectation {
  if (expectation.kind !== 'unlisted') return expectation;
  const seen = identities(counts);
  const unseen = Math.max(0, (expectation.serversExpected ?? 0) - seen.length);
  const names = [...seen, ...Array.from({ length: unseen }, (_, i) => `unseen server ${formatNumber(i + 1)}`)];
  return { ...expectation, servers: names.map((name) => ({ name, expected: 1 / names.length })) };
}

/** The names of those servers. */
export function memberNames(expectation: Expectation, counts: Counts): string[] {
  return membersOf(expectation, counts).servers.map((server) => server.name);
}

function identities({ servers, unexpected = {} }: Counts): string[] {
  const answered = [...Object.entries(servers), ...Object.entries(unexpected)].filter(([, n]) => n > 0);
  return [...new Set(answered.map(([name]) => name))].toSorted();
}

function open(reason: Assessment['reason']): Assessment {
  return { state: 'open', reason, evidence: null, independent: null, notes: [] };
}
