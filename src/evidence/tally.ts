import type { Counts } from '../model/counts.ts';
import { sum } from './numerics.ts';
import type { Expectation } from './expectation.ts';

/** Counts seen from an expectation. Every number is a number of answers or requests. */
export interface Tally {
  /** Every request, with those that nothing answered. */
  readonly requests: number;
  /** Requests that failed, and answers that were a 5xx. */
  readonly errors: number;
  /** Answers that a server of the pool gave. */
  readonly attributed: number;
  /** Answers without a server's name that were no errors, those of a cache included. */
  readonly anonymous: number;
  /** Answers of servers that must not answer, or that no config names. */
  readonly unexpected: readonly { readonly identity: string; readonly count: number }[];
  /** Answers by server name, as a server of the pool or not. */
  readonly of: (server: string) => number;
}

/** Own keys only: a server may be called `constructor`. */
export function entry(record: Readonly<Record<string, number>> | undefined, key: string): number {
  return record !== undefined && Object.hasOwn(record, key) ? (record[key] ?? 0) : 0;
}

/** Answers of a server, as one of the pool or not. */
export function answersOf({ servers, unexpected }: Counts, server: string): number {
  return entry(servers, server) + entry(unexpected, server);
}

/** Every request of the counts, answered or not. Cheap: asked after every answer. */
export function requestsOf({ servers, unexpected = {}, failed = {}, unidentified = 0, cached = 0 }: Counts): number {
  let total = unidentified + cached;
  for (const record of [servers, unexpected, failed]) for (const key in record) total += entry(record, key);
  return total;
}

export function tally(counts: Counts, expectation: Expectation): Tally {
  const failed = sum(Object.values(counts.failed ?? {}));
  const anonymous = (counts.unidentified ?? 0) + (counts.cached ?? 0);
  return {
    requests: requestsOf(counts),
    errors: sum(Object.values(counts.errors ?? {})) + failed,
    attributed:
      sum(Object.values(counts.servers)) + sum(Object.values(counts.unexpected ?? {})) - besideOf(counts, expectation),
    anonymous,
    unexpected: unexpectedOf(counts, expectation),
    of: (server) => answersOf(counts, server),
  };
}

/** One stray answer may be a leftover connection; two are a server that should not be there. */
const STRANGE_ANSWERS = 2;

/** Whether servers answered that must not. */
export function hasStrangers(tally: Tally): boolean {
  return sum(tally.unexpected.map((u) => u.count)) >= STRANGE_ANSWERS;
}

/** Answers of other pools that the config sends a part of these requests to. */
function besideOf({ unexpected = {} }: Counts, { elsewhere }: Expectation): number {
  const { beside } = elsewhere ?? {};
  if (beside === undefined) return 0;
  return sum(Object.entries(unexpected).map(([identity, n]) => (beside(identity) === undefined ? 0 : n)));
}

function unexpectedOf(counts: Counts, expectation: Expectation): Tally['unexpected'] {
  if (expectation.kind === 'unlisted') return [];
  const allowed = new Set(expectation.servers.filter((s) => s.expected !== 0).map((s) => s.name));
  const surprising = Object.keys(counts.servers).filter((s) => !allowed.has(s));
  const identities = new Set([...surprising, ...Object.keys(counts.unexpected ?? {})]);
  return [...identities]
    .map((identity) => ({ identity, count: answersOf(counts, identity) }))
    .filter(({ identity, count }) => count > 0 && expectation.elsewhere?.beside?.(identity) === undefined)
    .toSorted((a, b) => b.count - a.count || (a.identity < b.identity ? -1 : 1));
}
