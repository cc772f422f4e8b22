import type { Cause, Explanation } from '../model/measurement.ts';
import { nextStep, unlisted, unsettled, whatHappened, type Story } from './causes.ts';
import type { Candidate, Expectation } from './expectation.ts';
import { grouped, hasStrays, worthShowing, type Group } from './groups.ts';
import { bestSplit, fitsWell, hypothesesOf, isCause, posterior, restIsProved, type Hypothesis } from './hypotheses.ts';
import { at, sum } from './numerics.ts';
import { hasStrangers, type Tally } from './tally.ts';
import { likelihoodOf, matching } from './written.ts';

/** Under this many answers a probability is not printed, and the probe goes on for it. */
export const LEAST_ANSWERS = 200;
const PROBABLE = 0.95;
/** ln: another reading that explains the answers so much better is worth some more of them. */
const CLEARLY = 2;
/** Fewer lost requests than this tell nothing about who lost them. */
const LEAST_LOST = 5;

export interface Explained {
  /** Best first; the first is the answer, `none-fits` when there is none. */
  readonly explanations: readonly Explanation[];
  /** Other causes that would look the same as the answer. */
  readonly indistinguishable: readonly Cause[];
  /** A cause is at least 95 % probable and fits. */
  readonly settled: boolean;
}

/** Servers of the expectation, of what could explain more, and those that nobody lists: what a split is explained over. */
function dimensions(expectation: Expectation, seen: Tally): string[] {
  const names = new Set([...expectation.servers.map((s) => s.name), ...seen.unexpected.map((u) => u.identity)]);
  for (const candidate of expectation.candidates) for (const server of candidate.shares.keys()) names.add(server);
  return [...names];
}

/**
 * What made this split? Files and settings of the current file come first: what lies in the any-time region of the answers is
 * the cause, without a probability. Only when none does are causes weighed that no file says. `retried` are hidden failures by
 * server, `seconds` how long was measured.
 */
export function explain(
  expectation: Expectation,
  seen: Tally,
  retried: (server: string) => number,
  seconds = Infinity,
): Explained {
  const servers = dimensions(expectation, seen);
  const counts = servers.map(seen.of);
  const total = sum(expectation.servers.map((s) => s.expected ?? 0));
  const byName = new Map(expectation.servers.map((s) => [s.name, total > 0 ? (s.expected ?? 0) / total : 0]));
  const expected = servers.map((s) => byName.get(s) ?? 0);
  const hypotheses = hypothesesOf(servers, expected, expectation.candidates, counts);
  const groups = grouped(hypotheses, posterior(hypotheses, counts), counts);
  const story = (hypothesis: Hypothesis, predicts: readonly number[]): Story => ({
    expectation,
    servers,
    counts,
    retried,
    hypothesis,
    predicts,
    ...lostAt(hypothesis, expected, counts, seen),
  });
  const shown = worthShowing(groups.filter((g) => isCause(g.named.cause)));
  const others = shown.map((group) => {
    const told = story(group.named, group.predicts);
    return { group, isSeen: told.lost !== undefined, explanation: explanationOf(group, told) };
  });
  const written = sum(counts) < LEAST_ANSWERS ? [] : matching(expectation, servers, hypotheses, counts, seconds);
  const [first, ...same] = written;
  if (first !== undefined) {
    const named = writtenExplanation(first, story(first, bestSplit(first, counts)));
    const made = groups.filter((g) => g.named.cause === 'runtime-weight' && fitsWell(g.predicts, counts));
    const twins = groups.find((g) => g.members.includes(first))?.members ?? [];
    const clearlyBetter = likelihoodOf(first, counts) + CLEARLY;
    const causes = [...same, ...twins, ...made.map((g) => g.named)]
      .map((h) => h.cause)
      .filter((c) => c !== first.cause);
    return {
      explanations: [named, ...others.filter(({ group }) => !group.members.includes(first)).map((o) => o.explanation)],
      indistinguishable: [...new Set(causes)].filter(isCause),
      // More answers may still tell it from another reading that fits better.
      settled: groups.every((g) => g.members.includes(first) || likelihoodOf(g.named, counts) < clearlyBetter),
    };
  }
  const [best] = others;
  const settled =
    best !== undefined &&
    best.group === groups[0] &&
    best.group.probability >= PROBABLE &&
    best.explanation.fits &&
    // Requests that were lost show by themselves who lost them.
    (best.isSeen || restIsProved(best.group.predicts, counts, best.group.named.about));
  if (settled) {
    const alike = new Set(best.group.members.map((m) => m.cause));
    alike.delete(best.group.named.cause);
    return {
      explanations: others.map((o) => o.explanation),
      indistinguishable: [...alike].filter(isCause),
      settled,
    };
  }
  const tried = others.map((o) => o.explanation);
  return { explanations: [noneFits(expectation, tried, seen), ...tried], indistinguishable: [], settled };
}

/** What a file says needs no probability. */
function writtenExplanation(hypothesis: Hypothesis, story: Story): Explanation {
  const { setting, candidate, cause } = hypothesis;
  const named = isCause(cause) ? cause : 'none-fits';
  return {
    cause: named,
    ...(setting === undefined ? placeOf(candidate) : { at: setting.at }),
    predicts: predictsOf(story),
    fits: true,
    what: setting?.what ?? whatHappened(named, story),
    next: setting?.next ?? nextStep(named, story),
  };
}

function predictsOf({ servers, predicts }: Story): Explanation['predicts'] {
  return Object.fromEntries(servers.map((server, i) => [server, at(predicts, i)]));
}

/** Requests that failed without a server's name, where they are enough to tell something. */
export function lostOf({ requests, attributed, anonymous }: Tally): Story['lost'] {
  const lost = requests - attributed - anonymous;
  return lost < LEAST_LOST ? undefined : { count: lost, share: lost / requests };
}

/** When about as many requests were lost as the silent servers should get, these still get them and lose them. */
function lostAt(
  { cause, about }: Hypothesis,
  expected: readonly number[],
  counts: readonly number[],
  seen: Tally,
): Pick<Story, 'lost'> {
  const lost = lostOf(seen);
  const part = sum(about.map((i) => at(expected, i)));
  if (cause !== 'server-down' || lost === undefined || part <= 0 || part >= 1) return {};
  return fits([part, 1 - part], [lost.count, sum(counts)]) ? { lost } : {};
}

/** What is known of a cause that was seen directly: its servers, how often each answered, its file, the lost requests. */
interface Known {
  readonly about?: readonly string[];
  readonly answers?: (server: string) => number;
  readonly candidate?: Candidate;
  readonly lost?: Story['lost'];
}

/** An explanation that was seen directly, not weighed against others. */
export function certain(
  cause: Cause,
  expectation: Expectation,
  { about = [], answers = () => 0, candidate, lost }: Known = {},
): Explanation {
  const servers = expectation.servers.map((s) => s.name);
  const named = about.map((server) => servers.indexOf(server));
  const hypothesis: Hypothesis = { cause, prior: 1, splits: [], about: named, ...(candidate && { candidate }) };
  const story: Story = {
    expectation,
    servers,
    counts: servers.map(answers),
    retried: () => 0,
    hypothesis,
    predicts: [...(candidate?.shares.values() ?? [])],
    ...(lost && { lost }),
  };
  const [what, next] = [whatHappened(cause, story), nextStep(cause, story)];
  return {
    cause,
    ...(candidate === undefined ? lineOfServer(story) : placeOf(candidate)),
    predicts: Object.fromEntries(candidate?.shares ?? []),
    fits: true,
    what,
    next,
  };
}

function placeOf(candidate: Candidate | undefined): Pick<Explanation, 'at' | 'revision'> {
  return {
    ...(candidate?.at === undefined ? {} : { at: candidate.at }),
    ...(candidate?.revision === undefined ? {} : { revision: candidate.revision }),
  };
}

/** The line of the server that it is about. */
function lineOfServer({ expectation, hypothesis, servers }: Story): Pick<Explanation, 'at'> {
  const [first] = hypothesis.about;
  const line = expectation.servers.find((server) => server.name === servers[first ?? -1])?.at;
  return line === undefined ? {} : { at: line };
}

/** `none-fits`: what to look at when no cause is settled. */
function noneFits(expectation: Expectation, tried: readonly Explanation[], seen: Tally): Explanation {
  const possible = tried.filter((e) => e.fits && (e.score ?? 1) >= 1 - PROBABLE);
  const nothing = certain('none-fits', expectation);
  const strangers = hasStrangers(seen)
    ? {
        what: unlisted(
          seen.unexpected.map((u) => u.identity),
          expectation,
        ),
      }
    : {};
  return { ...nothing, ...(possible.length > 0 ? unsettled(possible) : strangers), fits: false };
}

function explanationOf(group: Group, story: Story): Explanation {
  const { candidate } = group.named;
  const cause = nameOf(group.named, story);
  const enough = sum(story.counts) >= LEAST_ANSWERS;
  return {
    cause,
    ...(candidate === undefined ? lineOfServer(story) : placeOf(candidate)),
    ...(enough ? { score: group.probability } : {}),
    predicts: predictsOf(story),
    fits: fits(group.predicts, story.counts),
    what: whatHappened(cause, story),
    next: nextStep(cause, story),
  };
}

/** A silent server whose failed tries were seen is not just down: the balancer still tries it and hides that. */
function nameOf(hypothesis: Hypothesis, story: Story): Cause {
  const { cause } = hypothesis;
  if (!isCause(cause)) return 'none-fits';
  const hidden = hypothesis.about.some((i) => story.retried(story.servers[i] ?? '') >= 3);
  return cause === 'server-down' && hidden ? 'hidden-retries' : cause;
}

/** The whole split fits, and servers that it gives nothing answered hardly ever. */
export function fits(predicts: readonly number[], counts: readonly number[]): boolean {
  return !hasStrays(predicts, counts) && fitsWell(predicts, counts);
}
