import type { Cause, Explanation } from '../model/measurement.ts';
import { fileAndLine, type Span } from '../model/span.ts';
import type { Text } from '../model/text.ts';
import { formatNumber, list, name, percent, say, words } from '../text/say.ts';
import { causeWords } from './cause-words.ts';
import type { Expectation } from './expectation.ts';
import type { Hypothesis } from './hypotheses.ts';
import { at, sum } from './numerics.ts';

/** What an explanation is told about. */
export interface Story {
  readonly expectation: Expectation;
  readonly servers: readonly string[];
  readonly counts: readonly number[];
  /** Failed tries of a server that the balancer hid. */
  readonly retried: (server: string) => number;
  /** Requests that failed without a server's name, of all. */
  readonly lost?: { readonly count: number; readonly share: number };
  readonly hypothesis: Hypothesis;
  readonly predicts: readonly number[];
}

const LONGEST_LINE = 120;
/** With more servers a list of shares is no help in a sentence. */
const MOST_SHARES = 6;

const OTHER_VIEW = say`Measure from several runners and judge their counts files together, or look at the balancer's own log or metrics.`;
const NOT_THE_APPLICATION = say`Do not roll back the application: the split is made in the load balancer.`;

/** One sentence naming the cause, with the line that says it. */
export function whatHappened(cause: Cause, story: Story): Text {
  return WHAT[cause](story);
}

/** What to do about a cause, in the words of the product. */
export function nextStep(cause: Cause, story: Story): Text {
  return NEXT[cause](story);
}

const WHAT: Readonly<Record<Cause, (story: Story) => Text>> = {
  'configured-weights': (story) =>
    say`The current file itself splits this way${fileLine(story)}: it gives ${sharesOf(story.predicts)}${seenShares(story)}${because(story)}.`,
  'old-file-loaded': (story) =>
    say`The file before this deploy is still loaded${fileLine(story)}: it gives ${sharesOf(story.predicts)}${seenShares(story)}${because(story)}.`,
  'older-file-loaded': (story) =>
    say`An older file is loaded${fileLine(story)}: it gives ${sharesOf(story.predicts)}${seenShares(story)}${because(story)}.`,
  'equal-split': (story) => say`Every server gets the same, as if no weights were set: ${sharesOf(story.predicts)}.`,
  'server-down': (story) =>
    story.lost === undefined
      ? say`${subjects(story)} ${are(story)} down or out of rotation; the others share the traffic.`
      : say`${subjects(story)} ${are(story)} down or ${words(isOne(story) ? 'drops' : 'drop')} what ${words(isOne(story) ? 'it gets' : 'they get')}, but still in rotation: ${words(formatNumber(story.lost.count))} requests failed, ${percent(story.lost.share)}.`,
  'all-on-one': (story) =>
    say`Every answer comes from ${subjects(story)}: it is the only server in rotation, or stickiness in front of this balancer pins the client.`,
  'mixed-generations': (story) =>
    say`Part of the traffic still follows the file before this deploy${fileLine(story)}, part the current one: several balancers, or old worker processes, answer.`,
  'hidden-retries': (story) =>
    say`${subjects(story)} ${are(story)} failing: the balancer tried ${triesOf(story)} times and hid it by asking another server.`,
  'runtime-weight': (story) =>
    say`${subjects(story)} gets ${factorOf(story)} times its part and no known file says so: its weight${otherOfTwo(story)} was probably changed at run time.`,
  'duplicate-server': (story) => say`${subjects(story)} is listed twice.`,
  'backup-in-use': () => say`A backup answers, so no primary server is up.`,
  'slow-start': (story) => say`${subjects(story)} came up a short time ago and starts slowly.`,
  ejected: (story) => say`${subjects(story)} ${are(story)} out at times, after requests that failed.`,
  'connection-limit': (story) => say`${subjects(story)} ${are(story)} held back by a connection limit.`,
  diverted: () => say`The config sends some requests past the algorithm.`,
  'balancer-answers': ({ expectation }) =>
    say`The load balancer answers itself, not a server: no server of ${expectation.pool ?? 'the pool'} is up, or no route takes these requests.`,
  'black-hole': (story) =>
    say`${subjects(story)} attracts traffic because it fails fast: a high share, more errors and quicker answers than the others.`,
  'server-differs': (story) =>
    say`${subjects(story)} ${words(isOne(story) ? 'does' : 'do')} not serve what the other servers serve.`,
  'sticky-in-front': () =>
    say`Answers come in runs of the same server: something sticky is between this client and the servers.`,
  'l4-pinned': () => say`Connections are pinned to servers, so all requests of one connection go to the same server.`,
  'address-differs': () => say`One address of the target splits its traffic differently from the others.`,
  'target-down': () => say`Nothing answered at all.`,
  'none-fits': () => say`None of the known causes fits this split.`,
};

const NEXT: Readonly<Record<Cause, (story: Story) => Text>> = {
  'configured-weights': ({ expectation }) =>
    say`${NOT_THE_APPLICATION} Give the servers the weights they should have, or declare the split with ${'expect: config'}; then ${reload(expectation)}`,
  'old-file-loaded': ({ expectation }) => loadCurrent(expectation),
  'older-file-loaded': ({ expectation }) => loadCurrent(expectation),
  'equal-split': ({ expectation }) =>
    say`${NOT_THE_APPLICATION} See that the file with the weights is the one that is loaded and that its algorithm uses weights; then ${reload(expectation)}`,
  'server-down': (story) =>
    story.lost !== undefined
      ? say`Take ${subjects(story)} out of rotation, see why it does not answer, and give the pool a health check that asks for what real requests need. ${statusOf(story.expectation)}`
      : say`Look at ${subjects(story)} first: does it run, does its health check pass? ${statusOf(story.expectation)}`,
  'all-on-one': ({ expectation }) =>
    say`See why the others are out of rotation. ${statusOf(expectation)} If they are in, measure from a second client: a sticky balancer in front sends each client to one server.`,
  'mixed-generations': ({ expectation }) =>
    say`${NOT_THE_APPLICATION} Find the instance that was not reloaded (each address of the target, worker processes older than the deploy); there, ${reload(expectation)}`,
  'hidden-retries': (story) =>
    say`Repair ${subjects(story)} or take it out of the pool: each hidden try costs a client time. ${statusOf(story.expectation)}`,
  'runtime-weight': (story) => say`${NOT_THE_APPLICATION} ${runtimeWeight(story)}`,
  'duplicate-server': (story) =>
    say`${NOT_THE_APPLICATION} Look for a second line or a host name with two addresses that leads to ${subjects(story)}, or a weight changed at run time. Remove it, then ${reload(story.expectation)}`,
  'backup-in-use': ({ expectation }) =>
    say`See why no primary server is up: do they run, do their health checks pass? ${statusOf(expectation)}`,
  'slow-start': () => say`Wait until slow start is over and measure again; ${'settle'} waits before the first request.`,
  ejected: (story) => say`See why requests to ${subjects(story)} fail. ${statusOf(story.expectation)}`,
  'connection-limit': ({ expectation }) =>
    say`Set the connection limit to what the server can handle, then ${reload(expectation)}`,
  diverted: ({ expectation }) =>
    say`Set ${'expect'} if the split is intended; otherwise remove the line, then ${reload(expectation)}`,
  'balancer-answers': ({ expectation }) =>
    say`Ask a server directly for what its health check asks, and repair the check or the server. If servers are up, see that a route leads to ${expectation.pool ?? 'the pool'}. ${statusOf(expectation)}`,
  'black-hole': (story) =>
    say`Take ${subjects(story)} out of rotation, and give the pool a health check that asks for what real requests need.`,
  'server-differs': (story) =>
    say`Ask ${subjects(story)} directly for the target's path, and compare its release and its settings with those of the others. If they are meant to answer differently, name the status in ${'expect-status'} (under ${'probe'} in the checklist file).`,
  'sticky-in-front': () => OTHER_VIEW,
  'l4-pinned': () => OTHER_VIEW,
  'address-differs': ({ expectation }) =>
    say`${NOT_THE_APPLICATION} On the instance behind that address, ${reload(expectation)}`,
  'target-down': () =>
    say`See that the target is the right one, that the balancer runs and that its port is open from here.`,
  'none-fits': ({ expectation }) =>
    say`Compare the loaded config with the file. Look for a second balancer in front, a server listed under two names, or a cache. ${statusOf(expectation)}`,
};

/** What is said of servers that answer and that no file explains. */
export function unlisted(identities: readonly string[], { elsewhere }: Expectation): Text {
  const pools = new Set(identities.flatMap((identity) => elsewhere?.poolOf(identity) ?? []));
  if (pools.size === 0) return say`No known file lists ${list(identities)}.`;
  return say`Part of the traffic goes to servers of ${list([...pools])}, another pool.`;
}

/** When several causes are still possible: which, and what settles it. */
export function unsettled(possible: readonly Explanation[]): { readonly what: Text; readonly next: Text } {
  const [likeliest, ...more] = possible;
  if (likeliest?.score !== undefined && more.length === 0) {
    return { what: say`Not sure yet, ${percent(likeliest.score)} probable: ${likeliest.what}`, next: likeliest.next };
  }
  const each = possible.map(({ cause, score }) =>
    score === undefined ? causeName(cause) : say`${causeName(cause)} (${percent(score)})`,
  );
  return {
    what: say`No cause is certain yet: ${list(each)}.`,
    next: say`Start with the most likely cause. ${likeliest?.next ?? words('')} A header with the deployed generation, named in ${'version'}, shows with one answer which file is loaded.`,
  };
}

/** The command that loads the file, with a full stop. */
export function reload({ dialect, file = 'FILE' }: Expectation): Text {
  const commands = [dialect?.test(file), dialect?.reload(file)].filter((command) => command !== undefined);
  if (commands.length > 0) return say`check and reload it: ${commands.join(' && ')}.`;
  return say`reload the load balancer and measure again.`;
}

/** Where the product tells which servers are in rotation. */
function statusOf({ dialect }: Expectation): Text {
  return dialect?.serversOut ?? say`The status page or log of the load balancer reports which servers are in rotation.`;
}

function loadCurrent(expectation: Expectation): Text {
  return say`${NOT_THE_APPLICATION} See that the current file is where the balancer reads it, then ${reload(expectation)}`;
}

/** A reload is no help where run-time state is kept over it. */
function runtimeWeight({ hypothesis, expectation, servers }: Story): Text {
  const { keepsRuntimeState } = expectation;
  const server = name(servers[hypothesis.about[0] ?? 0] ?? '');
  if (keepsRuntimeState !== undefined) {
    return say`Compare the loaded weights with the file, and set the file's weight of ${server} at run time. A reload keeps the changed weight (${fileAndLine(keepsRuntimeState)}). ${statusOf(expectation)}`;
  }
  return say`Compare the loaded weights with the file. To bring back the file's weight, set it at run time, or ${reload(expectation)} ${statusOf(expectation)}`;
}

/** The servers that the hypothesis is about; the one with most answers when it is about none. */
function subjects({ hypothesis, servers, counts }: Story): Text {
  const about = hypothesis.about.map((i) => servers[i] ?? '');
  if (about.length > 0) return list(about);
  return name(servers[counts.indexOf(Math.max(...counts))] ?? '');
}

function are(story: Story): Text {
  return words(isOne(story) ? 'is' : 'are');
}

function isOne({ hypothesis }: Story): boolean {
  return hypothesis.about.length <= 1;
}

function triesOf({ hypothesis, servers, retried }: Story): Text {
  return words(formatNumber(sum(hypothesis.about.map((i) => retried(servers[i] ?? '')))));
}

/** How many times its part of the traffic a server gets, from its odds against the others. */
function factorOf({ hypothesis, predicts, expectation, servers }: Story): Text {
  const i = hypothesis.about[0] ?? 0;
  const server = servers[i] ?? '';
  const current = expectation.candidates.find((c) => c.cause === 'configured-weights')?.shares;
  const expected = current?.get(server) ?? expectation.servers.find((s) => s.name === server)?.expected ?? 0;
  const q = at(predicts, i);
  const factor = expected > 0 && expected < 1 && q < 1 ? q / (1 - q) / (expected / (1 - expected)) : 1;
  return words(String(Number(factor.toPrecision(2))));
}

/** ` (haproxy.cfg:41 "server web1 … weight 30", at 3f2c1a9)`, or nothing when no file says it. */
function fileLine({ hypothesis }: Story): Text {
  const candidate = hypothesis.candidate;
  if (candidate?.at === undefined) return words('');
  const at = candidate.revision === undefined ? words('') : say` at ${candidate.revision}`;
  return say` (${fileAndLine(candidate.at)}${at}: ${lineText(candidate.at)})`;
}

/** `, 74/26% is seen`, beside what a file predicts. */
function seenShares({ counts }: Story): Text {
  const total = sum(counts);
  return total === 0 ? words('') : say`, ${sharesOf(counts.map((n) => n / total))} is seen`;
}

/** Of two servers one's weight times 3 looks like the other's divided by 3. */
function otherOfTwo({ hypothesis, expectation }: Story): Text {
  const active = expectation.servers.flatMap(({ name: server, expected }, i) =>
    expected === 0 ? [] : [{ server, i }],
  );
  const other = active.find(({ i }) => i !== hypothesis.about[0]);
  return active.length === 2 && other !== undefined ? say`, or that of ${other.server},` : words('');
}

/** `, since …`, where the line alone does not tell. */
function because({ hypothesis }: Story): Text {
  const why = hypothesis.candidate?.because;
  return why === undefined ? words('') : say`, since ${why}`;
}

function lineText({ source, start }: Span): string {
  const from = source.text.lastIndexOf('\n', start - 1) + 1;
  const end = source.text.indexOf('\n', start);
  const line = source.text.slice(from, end < 0 ? undefined : end).trim();
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 1)}…` : line;
}

/** `61/20/19%`. */
export function sharesOf(shares: readonly number[]): Text {
  const shown = shares.slice(0, MOST_SHARES).map((q) => String(Math.round(q * 100)));
  return words(`${shown.join('/')}${shares.length > MOST_SHARES ? '/…' : ''}%`);
}

/** `old file still loaded`. */
function causeName(cause: Cause): Text {
  return words(causeWords(cause).toLowerCase());
}
