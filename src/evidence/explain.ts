import type { Cause, Explanation } from '../model/measurement.ts';
import { nextStep, unlisted, unsettled, whatHappened, type Story } from './causes.ts';
import type { Candidate, Expectation } from './expectation.ts';
import { bestSplit, hypothesesOf, posterior, type Hypothesis } from './hypotheses.ts';
import { at, sum } from './numerics.ts';
import { SplitTest } from './split-test.ts';
import { hasStrangers, type Tally } from './tally.ts';
import { limitsOf } from './tolerance.ts';

/** Under this many answers a probability is not printed, and the probe goes on for it. */
export const LEAST_ANSWERS = 200;
const PROBABLE = 0.95;
/** Splits closer than this on every server (0..1) are one hypothesis: no budget tells them apart. */
const IDENTICAL = 0.002;
/** An explanation is held to the default tolerance, whatever the user's. */
const FIT_TOLERANCE = { kind: 'relative', share: 0.25 } as const;
const STRAY_ANSWERS = 0.005;
/** Causes less probable than this are shown only when a file stands behind them. */
const LEAST_SHOWN = 0.001;
const MOST_SHOWN = 6;
/** Fewer lost requests than this tell nothing about who lost them. */
const LEAST_LOST = 5;

/** Which of several causes with the same shares gives its name. */
const NAMED_FIRST: readonly (Cause | 'as-expected' | 'anything')[] = [
  'as-expected',
  'configured-weights',
  'old-file-loaded',
  'server-down',
  'equal-split',
  'all-on-one',
  'older-file-loaded',
  'duplicate-server',
  'mixed-generations',
  'runtime-weight',
];

export interface Explained {
  /** Best first; the first is the answer, `none-fits` when there is none. */
  readonly explanations: readonly Explanation[];
  /** Other causes that would look the same as the answer. */
  readonly indistinguishable: readonly Cause[];
  /** A cause is at least 95 % probable and fits. */
  readonly settled: boolean;
}

/** Hypotheses with the same split, and their probability together. */
interface Group {
  readonly members: readonly Hypothesis[];
  readonly named: Hypothesis;
  readonly predicts: readonly number[];
  readonly probability: number;
}

/** Servers of the expectation, of its candidates, and those that nobody lists: what a split is explained over. */
function dimensions(expectation: Expectation, seen: Tally): string[] {
  const names = new Set([...expectation.servers.map((s) => s.name), ...seen.unexpected.map((u) => u.identity)]);
  for (const candidate of expectation.candidates) for (const server of candidate.shares.keys()) names.add(server);
  return [...names];
}

/** What made this split? `retried` are hidden failures by server. */
export function explain(expectation: Expectation, seen: Tally, retried: (server: string) => number): Explained {
  const servers = dimensions(expectation, seen);
  const counts = servers.map(seen.of);
  const total = sum(expectation.servers.map((s) => s.expected ?? 0));
  const byName = new Map(expectation.servers.map((s) => [s.name, total > 0 ? (s.expected ?? 0) / total : 0]));
  const expected = servers.map((s) => byName.get(s) ?? 0);
  const hypotheses = hypothesesOf(servers, expected, expectation.candidates, counts);
  const groups = grouped(hypotheses, posterior(hypotheses, counts), counts);
  const causes = groups.filter((g) => g.named.cause !== 'as-expected' && g.named.cause !== 'anything');
  const shown = worthShowing(causes).map((group) => {
    const story: Story = {
      expectation,
      servers,
      counts,
      retried,
      hypothesis: group.named,
      predicts: group.predicts,
      ...lostAt(group.named, expected, counts, seen),
    };
    return { group, explanation: explanationOf(group, story) };
  });
  const [first] = shown;
  const settled =
    first !== undefined && first.group === groups[0] && first.group.probability >= PROBABLE && first.explanation.fits;
  if (settled) {
    const others = new Set(first.group.members.map((m) => m.cause));
    others.delete(first.group.named.cause);
    return {
      explanations: shown.map((s) => s.explanation),
      indistinguishable: [...others].filter((c): c is Cause => c !== 'as-expected' && c !== 'anything'),
      settled,
    };
  }
  const tried = shown.map((s) => s.explanation);
  return { explanations: [noneFits(expectation, tried, seen), ...tried], indistinguishable: [], settled };
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

/** The best of each cause that is possible, and every file. */
function worthShowing(groups: readonly Group[]): Group[] {
  const shown = new Set<string>();
  const worth = groups.filter(({ named, probability }) => {
    if (named.candidate === undefined && (probability < LEAST_SHOWN || shown.has(named.cause))) return false;
    shown.add(named.cause);
    return true;
  });
  return worth.slice(0, MOST_SHOWN);
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
    ...placeOf(candidate),
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
    ...placeOf(candidate),
    ...(enough ? { score: group.probability } : {}),
    predicts: Object.fromEntries(story.servers.map((server, i) => [server, at(group.predicts, i)])),
    fits: fits(group.predicts, story.counts),
    what: whatHappened(cause, story),
    next: nextStep(cause, story),
  };
}

/** A silent server whose failed tries were seen is not just down: the balancer still tries it and hides that. */
function nameOf(hypothesis: Hypothesis, story: Story): Cause {
  const { cause } = hypothesis;
  if (cause === 'as-expected' || cause === 'anything') return 'none-fits';
  const hidden = hypothesis.about.some((i) => story.retried(story.servers[i] ?? '') >= 3);
  return cause === 'server-down' && hidden ? 'hidden-retries' : cause;
}

/** Its own sequential test does not reject it, and servers that it gives nothing answered hardly ever. */
export function fits(predicts: readonly number[], counts: readonly number[]): boolean {
  const active = predicts.flatMap((q, i) => (q > 0 ? [i] : []));
  const seen = active.map((i) => at(counts, i));
  const strays = sum(counts) - sum(seen);
  if (strays > Math.max(1, STRAY_ANSWERS * sum(counts))) return false;
  if (active.length < 2) return true;
  const shares = active.map((i) => at(predicts, i));
  return !new SplitTest(shares, limitsOf(shares, FIT_TOLERANCE)).provesUneven(seen);
}

function grouped(hypotheses: readonly Hypothesis[], chances: readonly number[], counts: readonly number[]): Group[] {
  const groups: { members: Hypothesis[]; predicts: readonly number[]; probability: number }[] = [];
  hypotheses.forEach((hypothesis, i) => {
    const predicts = bestSplit(hypothesis, counts);
    const single = hypothesis.splits.length === 1;
    const same = single
      ? groups.find((g) => g.members[0]?.splits.length === 1 && alike(g.predicts, predicts))
      : undefined;
    if (same === undefined) groups.push({ members: [hypothesis], predicts, probability: at(chances, i) });
    else {
      same.members.push(hypothesis);
      same.probability += at(chances, i);
    }
  });
  return groups
    .map((g) => ({ ...g, named: g.members.toSorted((a, b) => rank(a) - rank(b))[0] ?? NOTHING }))
    .toSorted((a, b) => b.probability - a.probability);
}

const NOTHING: Hypothesis = { cause: 'anything', prior: 0, splits: [], about: [] };

function alike(a: readonly number[], b: readonly number[]): boolean {
  return a.every((x, i) => Math.abs(x - at(b, i)) <= IDENTICAL);
}

function rank(hypothesis: Hypothesis): number {
  const i = NAMED_FIRST.indexOf(hypothesis.cause);
  return i < 0 ? NAMED_FIRST.length : i;
}
