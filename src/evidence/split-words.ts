import type { Text } from '../model/text.ts';
import { count, list, percent, say, words } from '../text/say.ts';
import { sharesOf } from './causes.ts';
import type { Dependence } from './dependence.ts';
import type { Candidate, Expectation } from './expectation.ts';
import { shareInterval } from './intervals.ts';
import { at, sum } from './numerics.ts';
import { autoText, type Budget, type Plan } from './plan.ts';
import { limitsText, type Limits } from './tolerance.ts';

/** Servers that get a note of their own. */
const MOST_NOTES = 5;

/** A split that is tested: what is expected of whom, and how far off it may be. */
export interface TestedSplit {
  readonly expectation: Expectation;
  readonly servers: readonly string[];
  /** Expected, 0..1 by server, sum 1. */
  readonly shares: readonly number[];
  readonly limits: Limits;
  readonly plan: Plan;
  readonly budget: Budget;
}

/** `even within 25% of each share`. */
export function heldText({ expectation, shares, limits, plan }: TestedSplit): Text {
  const how = limitsText(shares, plan.tolerance, limits);
  return expectation.declared ? say`as declared,${how}` : say`even${how}`;
}

/** `web1 answers 60% of the requests; 33% expected.` The server that is furthest off for its tolerance. */
export function unevenText(split: TestedSplit, seen: readonly number[]): Text {
  const i = mostOff(split, seen);
  const total = sum(seen);
  const draws = words(split.expectation.byClient === true ? 'clients' : 'requests');
  const [server, expected] = [split.servers[i] ?? '', percent(at(split.shares, i))];
  return at(seen, i) === 0
    ? say`${server} answers none of ${total} ${draws}; ${expected} expected.`
    : say`${server} answers ${percent(at(seen, i) / total)} of the ${draws}; ${expected} expected.`;
}

/** Even on average, and not in each half. */
export function changedText(first: readonly number[], seen: readonly number[]): Text {
  const parts = (half: readonly number[]) => sharesOf(half.map((n) => n / sum(half)));
  const second = seen.map((n, i) => Math.max(0, n - at(first, i)));
  return say`it changed while it was measured: ${parts(first)} in the first half, ${parts(second)} in the second. Measure again, later with ${'settle'} if a change was under way`;
}

/** What is open, and what would settle it. */
export function notSettledText(split: TestedSplit, seen: readonly number[], dependence: Dependence): Text {
  const { servers, shares, limits, plan, expectation } = split;
  const total = sum(seen);
  if (total === 0) return say`no answer came from a server of the pool`;
  if (expectation.byClient === true) return tooFewClients(total, plan, limitsText(shares, plan.tolerance, limits));
  const i = mostOff(split, seen);
  const share = at(seen, i) / total;
  const { low, high } = shareInterval(at(seen, i), total);
  const limit = share >= at(shares, i) ? at(limits.high, i) : at(limits.low, i);
  const open = say`not settled in ${total} requests: ${servers[i] ?? ''} answers ${percent(share)} (${percent(low)} to ${percent(high)}), the limit is ${percent(limit)}`;
  return say`${open}. ${wayOut(dependence)}`;
}

/** What keeps a skew that would prove an uneven split of independent answers from proving one. */
export function unprovedText(split: TestedSplit, seen: readonly number[], dependence: Dependence): Text {
  const { servers, shares } = split;
  const i = mostOff(split, seen);
  const total = sum(seen);
  const skew = say`${servers[i] ?? ''} answers ${percent(at(seen, i) / total)} of ${total} requests, ${percent(at(shares, i))} expected, which proves nothing`;
  const why =
    dependence.by === 'workers'
      ? say`each of up to ${count(dependence.known, 'worker process', 'worker processes')} keeps a rotation of its own`
      : say`one server answers up to ${Math.max(dependence.known, Math.ceil(dependence.runs / 2))} requests in a row`;
  return say`not settled: ${skew}, as ${why}. ${wayOut(dependence)}`;
}

function wayOut({ by }: Dependence): Text {
  if (by === 'workers') {
    return say`Add a ${'zone'} to the upstream, so that its workers share one rotation, or raise ${'max-requests'} and ${'timeout'}`;
  }
  if (by === 'runs') {
    return say`Set ${'max-requests'} and ${'timeout'} higher: answers come in blocks, so more of them are needed`;
  }
  return say`Allow more with ${words('max-requests and timeout')}, or a wider tolerance`;
}

function tooFewClients(total: number, plan: Plan, within: Text): Text {
  const needed = plan.needed.median === undefined ? say`more` : say`about ${plan.needed.median}`;
  return say`not settled by ${count(total, 'client')}, each of which always goes to one server: ${needed} would settle it,${within}. Judge counts of more runners together, or those of the balancer itself. If it takes the client's address from a header, one runner is enough with ${'--vary header:X-Forwarded-For'}`;
}

/** The server that is off by most of its tolerance. */
function mostOff({ shares, limits }: TestedSplit, seen: readonly number[]): number {
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

export function tooManySmall({ servers, shares, budget }: TestedSplit): Text {
  const needed = Math.ceil(10 / Math.min(...shares) - 1e-6);
  return say`${count(servers.length, 'server')} with so small shares cannot be missed in ${budget.maxRequests} requests: allow ${needed} (max-requests), or observe the balancer's own counts`;
}

/** What belongs to every verdict on the split: a tolerance that the budget made wider, servers too small, silent ones. */
export function splitNotes(split: TestedSplit, seen: readonly number[]): Text[] {
  const wider = autoText(split.plan);
  return [...(wider === undefined ? [] : [wider]), ...tooSmall(split, seen), ...silent(split, seen)];
}

function tooSmall({ servers, shares, limits, budget }: TestedSplit, seen: readonly number[]): Text[] {
  const small = servers.flatMap((server, i) => (at(limits.low, i) > 0 ? [] : [{ server, i }]));
  const each = small.slice(0, MOST_NOTES).map(({ server, i }) => {
    const times = count(at(seen, i), 'time');
    return say`${server} (${percent(at(shares, i))}): too small to be missed in ${budget.maxRequests} requests, seen ${times}`;
  });
  const more = small.length - each.length;
  return more > 0 ? [...each, say`${count(more, 'more server')} too small to be missed`] : each;
}

function silent({ servers, limits }: TestedSplit, seen: readonly number[]): Text[] {
  const total = sum(seen);
  const who = servers.filter((_, i) => at(seen, i) === 0 && at(limits.low, i) > 0);
  if (total === 0 || who.length === 0) return [];
  const most = percent(shareInterval(0, total).high);
  const one = who.length === 1;
  return [
    say`${list(who)} ${words(one ? 'has' : 'have')} not answered: at most ${most} of the answers${words(one ? '' : ' each')}`,
  ];
}

/** Answers that repeat servers so often that a skew among them proves nothing. */
export function dependentText(rho: number, total: number): Text {
  const worth = Math.max(1, Math.round((total * (1 - rho)) / (1 + rho)));
  return say`the answers are not independent: ${percent(Math.max(0, rho))} of them repeat the server before them beyond chance, so that ${total} are worth about ${worth}. Measure from several runners, or vary what the balancer may hash`;
}

/** Which file a candidate split comes from. */
export function fileText({ cause, revision }: Candidate): Text {
  if (cause === 'configured-weights') return say`the weights of the current file`;
  if (cause === 'old-file-loaded') return say`the file before this deploy`;
  if (cause === 'equal-split') return say`an equal split`;
  return revision === undefined ? say`an older file` : say`the file at ${revision}`;
}
