import type { Counts } from '../model/counts.ts';
import type { Text } from '../model/text.ts';
import { count, list, name, percent, say, words } from '../text/say.ts';
import { sum } from './numerics.ts';
import { errorOutliers, type ServerErrors } from './server-errors.ts';

/** When more of the answers than this (0..1) are redirects or refusals, nothing shows that the service works. */
const MOST_ODD = 0.5;
/** False alarms of "one server answers differently", over all servers, both classes and both directions. */
const FALSE_ALARMS = 0.01;
const CLASSES = ['3xx', '4xx'] as const;
const TOO_MANY_REQUESTS = '429';
const SHOWN = 4;
/** Consecutive answers of one server in which a status is counted once (`statusBlocks` of the counts). */
export const STATUS_BLOCK = 20;

type ByStatus = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What the answers of servers say beside that they are there. Failures and 5xx are not among them: they are errors. */
export interface Statuses {
  /** Answers whose status is known. */
  readonly answers: number;
  /** 3xx and 4xx that nobody expects, the commonest first. */
  readonly odd: readonly (readonly [status: string, count: number])[];
  /** 3xx and 4xx that are expected, the commonest first. */
  readonly wanted: readonly (readonly [status: string, count: number])[];
}

/** The server that answers otherwise than its siblings. */
export interface Differing {
  readonly server: string;
  /** The status, or the class `4xx` where it gives several. */
  readonly status: string;
  /** Shares of answers with that status or class, 0..1. */
  readonly share: number;
  readonly others: number;
}

/** What statuses were seen. `expected`: statuses or classes that are as they should be, as `401` or `3xx`. */
export function statusesOf({ statuses = {} }: Counts, expected: readonly string[] = []): Statuses {
  const all = new Map<string, number>();
  for (const seen of Object.values(statuses)) for (const [status, n] of Object.entries(seen)) add(all, status, n);
  const known = [...all].filter(([status, n]) => n > 0 && !status.startsWith('5')).toSorted((a, b) => b[1] - a[1]);
  const notable = known.filter(([status]) => isNotable(status));
  return {
    answers: sum(known.map(([, n]) => n)),
    odd: notable.filter(([status]) => !isExpected(status, expected)),
    wanted: notable.filter(([status]) => isExpected(status, expected)),
  };
}

/** Whether the answers leave open if the service works at all. */
export function showsNothing({ answers, odd }: Statuses): boolean {
  return sum(odd.map(([, n]) => n)) > MOST_ODD * answers;
}

/** `300 of 302 answers have status 404`; undefined when there is nothing to tell. */
export function statusMix({ answers, odd, wanted }: Statuses): Text | undefined {
  const part = ([status, n]: readonly [string, number]) => say`${n} of ${words(status)}`;
  const told = (found: readonly (readonly [string, number])[]) => {
    const [first, ...more] = found;
    if (first === undefined) return [];
    const total = sum(found.map(([, n]) => n));
    if (more.length === 0) return [say`${total} of ${count(answers, 'answer')} have status ${words(first[0])}`];
    const shown = found.slice(0, SHOWN).map(part);
    return [say`${total} of ${count(answers, 'answer')} have status 3xx or 4xx (${list(shown)})`];
  };
  const [unexpected] = told(odd);
  const [meant] = told(wanted).map((text) => say`${text}, as is expected`);
  return unexpected === undefined || meant === undefined ? (unexpected ?? meant) : say`${unexpected}; ${meant}`;
}

/** What to do about answers that show nothing. */
export function wayOut({ odd }: Statuses): Text {
  const [commonest = ''] = odd.map(([status]) => status);
  const expect = say`If it should answer so, name the status in ${'expect-status'} (under ${'probe'} in the checklist file)`;
  if (commonest === TOO_MANY_REQUESTS) return say`Lower the rate, or let the probe pass the target's limit`;
  if (commonest.startsWith('3')) return say`Give the URL that it redirects to as the target. ${expect}`;
  if (commonest === '401' || commonest === '403')
    return say`Give what it asks for with ${'headers'}, or a path that is open. ${expect}`;
  return say`Give a path that the service answers with 2xx. ${expect}`;
}

/**
 * Servers that redirect or refuse clearly more, or clearly less, than the others do: one pool serves one thing, so that the
 * same request should get the same answer everywhere. Fisher's test, at most 1 % false alarms over servers, classes and
 * directions; it may be looked at once, when the measurement is over for another reason. Where the order of answers is known
 * it has to hold for blocks of consecutive answers too, since one burst of odd answers may all fall on one server.
 */
export function differing(counts: Counts, servers: readonly string[], expected: readonly string[] = []): Differing[] {
  return apart(counts, servers, expected).filter(({ proved }) => proved);
}

/** A server that seems to answer most requests otherwise than the others, on too few answers to exclude one burst. */
export function mayDiffer(
  counts: Counts,
  servers: readonly string[],
  expected: readonly string[] = [],
): Differing | undefined {
  return apart(counts, servers, expected).find(({ proved, most }) => !proved && most);
}

function apart(
  { statuses = {}, statusBlocks }: Counts,
  servers: readonly string[],
  expected: readonly string[],
): (Differing & { readonly proved: boolean; readonly most: boolean })[] {
  return CLASSES.flatMap((kind) => {
    const isOdd = (status: string) =>
      status.startsWith(kind.charAt(0)) &&
      isNotable(status) &&
      status !== TOO_MANY_REQUESTS &&
      !isExpected(status, expected);
    const answers = servers.map((server) => answersOf(server, statuses, isOdd)).filter((s) => s.all > 0);
    const blocks = statusBlocks && answers.map((s) => blocksOf(s, statusBlocks, isOdd));
    const seen = new Set(servers.flatMap((server) => Object.keys(of(statuses, server)).filter(isOdd)));
    const status = seen.size === 1 ? ([...seen][0] ?? kind) : kind;
    for (const side of ['odd', 'plain'] as const) {
      const found = outliers(answers, side);
      if (found.length === 0) continue;
      const certain = blocks === undefined ? found : outliers(blocks, side);
      return found.map(({ server, rate, others }) => ({
        server,
        status,
        share: side === 'odd' ? rate : 1 - rate,
        others: side === 'odd' ? others : 1 - others,
        proved: certain.some((one) => one.server === server),
        most: rate > MOST_ODD,
      }));
    }
    return [];
  });
}

/** Answers of a server, or blocks of them, with odd and with plain statuses. */
interface Tested {
  readonly server: string;
  readonly all: number;
  readonly odd: number;
  readonly plain: number;
}

function outliers(tested: readonly Tested[], side: 'odd' | 'plain') {
  const rates = tested.map((t): ServerErrors => ({ server: t.server, answers: t.all, errors: t[side] }));
  return errorOutliers(rates, FALSE_ALARMS / (2 * CLASSES.length));
}

function answersOf(server: string, statuses: ByStatus, isOdd: (status: string) => boolean): Tested {
  const found = Object.entries(of(statuses, server));
  const all = sum(found.map(([, n]) => n));
  const odd = sum(found.filter(([status]) => isOdd(status)).map(([, n]) => n));
  return { server, all, odd, plain: all - odd };
}

/** Blocks with several odd statuses are counted by the commonest, which makes alarms rarer. */
function blocksOf({ server, all }: Tested, blocks: ByStatus, isOdd: (status: string) => boolean): Tested {
  const most = (wanted: boolean) =>
    Object.entries(of(blocks, server)).reduce((n, [status, m]) => (isOdd(status) === wanted ? Math.max(n, m) : n), 0);
  return { server, all: Math.ceil(all / STATUS_BLOCK), odd: most(true), plain: most(false) };
}

function of(statuses: ByStatus, server: string): Readonly<Record<string, number>> {
  return Object.hasOwn(statuses, server) ? (statuses[server] ?? {}) : {};
}

/** `web2 answers 404 to 100% of its requests, the others to 0%`. */
export function differenceText({ server, status, share, others }: Differing): Text {
  return say`${name(server)} answers ${words(status)} to ${percent(share)} of its requests, the others to ${percent(others)}`;
}

/** Not modified is what a client with a validator asks for. */
function isNotable(status: string): boolean {
  return (status.startsWith('3') || status.startsWith('4')) && status !== '304';
}

function isExpected(status: string, expected: readonly string[]): boolean {
  return expected.includes(status) || expected.includes(`${status.charAt(0)}xx`);
}

function add(to: Map<string, number>, key: string, n: number): void {
  to.set(key, (to.get(key) ?? 0) + n);
}
