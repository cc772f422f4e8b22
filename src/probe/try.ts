import type { IdentifyBy } from '../model/request.ts';
import type { Text } from '../model/text.ts';
import { count, duration, list, name, say, sentences, words } from '../text/say.ts';
import { marksOf } from './cache.ts';
import type { Answer } from './exchange.ts';
import { knock, look, type Asking } from './look.ts';
import { failureText } from './notes.ts';
import { recognise } from './recognise.ts';
import type { ProbePorts, ProbeRequest } from './request.ts';
import { LET_IT_SAY, type Snippet } from './snippets.ts';
import { openTarget } from './target.ts';

/** What ten requests to one address found. */
export interface TryResult {
  readonly address: string;
  /** What to give as identify-by; undefined when nothing tells servers apart. */
  readonly identity: IdentifyBy | undefined;
  /** Who answered, and how often. */
  readonly seen: Readonly<Record<string, number>>;
  /** What was found, one sentence after another; the last one says what to do. */
  readonly lines: readonly Text[];
  /** Config lines to paste, one of which makes the next probe work; likeliest first. */
  readonly snippets: readonly Snippet[];
}

/** Ten requests per address: what answers, what tells servers apart, and what to change when nothing does. */
export async function tryTarget(request: ProbeRequest, ports: ProbePorts): Promise<readonly TryResult[]> {
  const opened = await openTarget(request, ports);
  if ('obstacle' in opened) {
    return [nothing(request.target.hostname, opened.obstacle)];
  }
  const results: TryResult[] = [];
  for (const asking of opened.askings) results.push(await tryAddress(asking));
  return results;
}

async function tryAddress(asking: Asking): Promise<TryResult> {
  const { address } = asking;
  const refusal = await knock(asking);
  if (refusal !== undefined) return nothing(address, refusal.reason);
  const answers = await look(asking);
  const { detected, obstacle, snippets } = recognise(answers, asking);
  const { place, seen } = detected;
  const identity = seen.size === 0 ? undefined : place;
  const lines = [overview(address, answers)];
  const cdn = answers.map((answer) => marksOf(answer).cdn).find((found) => found !== undefined);
  if (cdn !== undefined)
    lines.push(say`${words(cdn)} is in front of the balancer: answers from its cache reach no server.`);
  if (identity !== undefined) lines.push(whoAnswered(identity, seen));
  if (obstacle !== undefined) lines.push(snippets.length === 0 ? obstacle : sentences(obstacle, LET_IT_SAY));
  else if (identity === undefined) lines.push(words('The target fails: fix that first, then identify the servers.'));
  else lines.push(say`Set identify-by: ${name(`${identity.by}:${identity.name}`)}.`);
  return { address, identity, seen: Object.fromEntries(seen), lines, snippets };
}

function nothing(address: string, why: Text): TryResult {
  return { address, identity: undefined, seen: {}, lines: [why], snippets: [] };
}

function overview(address: string, answers: readonly Answer[]): Text {
  const statuses = new Map<number, number>();
  const failures = answers.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
  for (const { status } of answers) if (status !== undefined) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const each = [...statuses].map(([status, n]) => say`${n} with status ${words(String(status))}`);
  const middle = answers.map((answer) => answer.totalMs).toSorted((a, b) => a - b)[Math.floor(answers.length / 2)] ?? 0;
  const got = say`${count(answers.length, 'request')} to ${name(address)}: ${each.length === 0 ? words('no answer') : list(each)}, median ${duration(middle)}.`;
  const [first] = failures;
  return first === undefined
    ? got
    : sentences(got, say`${count(failures.length, 'request')} failed, first: ${failureText(first)}.`);
}

function whoAnswered(place: { readonly by: string; readonly name: string }, seen: ReadonlyMap<string, number>): Text {
  const each = [...seen].toSorted(([, a], [, b]) => b - a).map(([server, n]) => say`${name(server)} ${n} times`);
  return say`The ${words(place.by)} ${name(place.name)} tells servers apart: ${list(each)}.`;
}
