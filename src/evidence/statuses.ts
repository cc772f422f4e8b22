import type { Counts } from '../model/counts.ts';
import type { Text } from '../model/text.ts';
import { count, list, name, percent, say, words } from '../text/say.ts';
import { sum } from './numerics.ts';
import { errorOutliers, type ServerErrors } from './server-errors.ts';
import { entry } from './tally.ts';

/** When more of the answers than this (0..1) are redirects or refusals, nothing shows that the service works. */
const MOST_ODD = 0.5;
/** False alarms of "one server answers differently", over all servers, both classes and both directions. */
const FALSE_ALARMS = 0.01;
const CLASSES = ['3xx', '4xx'] as const;
const TOO_MANY_REQUESTS = '429';
const SHOWN = 4;

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
 * directions; it may be looked at once, when the measurement is over for another reason.
 */
export function differing({ statuses = {} }: Counts, servers: readonly string[], expected: readonly string[] = []) {
  const alarms = FALSE_ALARMS / (2 * CLASSES.length);
  const of = (server: string) => (Object.hasOwn(statuses, server) ? (statuses[server] ?? {}) : {});
  return CLASSES.flatMap((kind): Differing[] => {
    const isOf = (status: string) =>
      status.startsWith(kind.charAt(0)) &&
      isNotable(status) &&
      status !== TOO_MANY_REQUESTS &&
      !isExpected(status, expected);
    const rates = servers.flatMap((server): ServerErrors[] => {
      const found = Object.entries(of(server));
      const answers = sum(found.map(([, n]) => n));
      return answers === 0 ? [] : [{ server, answers, errors: sum(found.filter(([s]) => isOf(s)).map(([, n]) => n)) }];
    });
    const seen = new Set(
      servers.flatMap((server) => Object.keys(of(server)).filter((s) => isOf(s) && entry(of(server), s) > 0)),
    );
    const status = seen.size === 1 ? ([...seen][0] ?? kind) : kind;
    const more = errorOutliers(rates, alarms);
    if (more.length > 0) return more.map(({ server, rate, others }) => ({ server, status, share: rate, others }));
    const rest = rates.map((r) => ({ ...r, errors: r.answers - r.errors }));
    return errorOutliers(rest, alarms).map(({ server, rate, others }) => ({
      server,
      status,
      share: 1 - rate,
      others: 1 - others,
    }));
  });
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
