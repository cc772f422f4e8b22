import type { Counts } from '../../model/counts.ts';
import type { Text } from '../../model/text.ts';
import { formatNumber, say, words } from '../../text/say.ts';

/** A number of a counts file that no measurement can have. */
export interface Impossible {
  /** Keys from the root of the file. */
  readonly path: readonly string[];
  readonly what: Text;
}

type Numbers = Readonly<Record<string, number>>;
type Found = Impossible | undefined;

/** Parts of a count that are more than the count they are taken from: the first one found. Undefined for possible counts. */
export function impossibleCount(counts: Counts): Found {
  const { servers, unexpected = {}, errors, broken, repeats, firstHalf } = counts;
  // Errors and statuses are kept of servers that are not in the config, too.
  const answers = (server: string): number => at(servers, server) + at(unexpected, server);
  return (
    exceeding('errors', errors, answers, 'answers') ??
    exceeding('broken', broken, (server) => at(errors ?? {}, server), 'errors') ??
    exceeding('statuses', sums(counts.statuses), answers, 'answers') ??
    exceeding('repeats', repeats, (server) => at(servers, server), 'answers') ??
    exceeding('firstHalf', firstHalf, (server) => at(servers, server), 'answers') ??
    exceeding('latencyMs', sketchSums(counts.latencyMs), (server) => at(servers, server), 'answers') ??
    blocksBeyondStatuses(counts) ??
    longestRun(counts)
  );
}

/** The first server with more in `part` than `whole` has for it. */
function exceeding(key: string, part: Numbers | undefined, whole: (server: string) => number, of: string): Found {
  for (const [server, n] of Object.entries(part ?? {})) {
    const all = whole(server);
    if (n > all) return { path: [key, server], what: more(`${key}.${server}`, n, all, of, server) };
  }
  return undefined;
}

function blocksBeyondStatuses({ statuses = {}, statusBlocks = {} }: Counts): Found {
  for (const [server, blocks] of Object.entries(statusBlocks)) {
    const seen = Object.hasOwn(statuses, server) ? (statuses[server] ?? {}) : {};
    for (const [status, n] of Object.entries(blocks)) {
      const all = at(seen, status);
      const where = `statusBlocks.${server}.${status}`;
      if (n > all) return { path: ['statusBlocks', server, status], what: more(where, n, all, 'such answers', server) };
    }
  }
  return undefined;
}

function longestRun({ servers, longestRun: run }: Counts): Found {
  const most = Object.values(servers).reduce((a, b) => Math.max(a, b), 0);
  if (run === undefined || run <= most) return undefined;
  return {
    path: ['longestRun'],
    what: say`${'longestRun'} is ${shown(run)}, but no server has more than ${shown(most)} answers`,
  };
}

function more(where: string, n: number, all: number, of: string, server: string): Text {
  return say`${where} is ${shown(n)}, but ${server} has only ${shown(all)} ${words(of)}`;
}

function sums(records: Readonly<Record<string, Numbers>> | undefined): Numbers {
  return Object.fromEntries(Object.entries(records ?? {}).map(([server, numbers]) => [server, sum(numbers)]));
}

function sketchSums(sketches: Counts['latencyMs']): Numbers {
  return Object.fromEntries(Object.entries(sketches ?? {}).map(([server, { buckets }]) => [server, sum(buckets)]));
}

function sum(numbers: Numbers): number {
  return Object.values(numbers).reduce((a, b) => a + b, 0);
}

/** A server may be called `constructor`. */
function at(numbers: Numbers, key: string): number {
  return Object.hasOwn(numbers, key) ? (numbers[key] ?? 0) : 0;
}

function shown(n: number): Text {
  return words(formatNumber(n));
}
