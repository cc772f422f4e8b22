import type { Counts, Incidents } from '../model/counts.ts';
import { logSumExp } from './numerics.ts';
import type { Question } from './question.ts';
import { THRESHOLD } from './split-test.ts';
import { requestsOf } from './tally.ts';

/** A new start every so many requests; a fault is then seen at most this late. */
const REQUESTS_A_START = 100;
/** Older starts are given up: dropping them only makes alarms rarer. */
const MOST_STARTS = 32;

interface Start {
  readonly counts: Counts;
  /** ln of the weight of this start; over all starts the weights add up to 1. */
  readonly logWeight: number;
}

/**
 * Watches a long measurement for a fault that begins in its middle, which hours of good answers would dilute. The evidence
 * is the weighted sum of that since each of many starts: one e-value, so that looking from every start spends no more
 * false alarms than looking from one.
 */
export class Watch {
  #starts: Start[] = [{ counts: { version: 1, servers: {} }, logWeight: Math.log(1 / 2) }];
  #opened = 1;

  /** Opens a new start when it is time; to be called before `alarm`. */
  follow(counts: Counts): void {
    if (requestsOf(counts) < this.#opened * REQUESTS_A_START) return;
    this.#opened += 1;
    const logWeight = -Math.log(this.#opened * (this.#opened + 1));
    this.#starts = [
      ...this.#starts.slice(0, 1),
      ...this.#starts.slice(1).slice(1 - MOST_STARTS),
      { counts: snapshot(counts), logWeight },
    ];
  }

  /** The counts at the start with the strongest evidence (ln), once all starts together prove a fault. */
  alarm(counts: Counts, evidence: (window: Counts) => number): Counts | undefined {
    const seen = this.#starts.map((start) => ({
      from: start.counts,
      log: evidence(since(counts, start.counts)) + start.logWeight,
    }));
    if (logSumExp(seen.map((s) => s.log)) < THRESHOLD) return undefined;
    return seen.reduce((best, s) => (s.log > best.log ? s : best)).from;
  }
}

/** ln of the evidence for "broken", or all and nothing where a question has no e-value. */
export function evidenceOf(question: Question, counts: Counts): number {
  return question.logBroken?.(counts) ?? (question.assess(counts).state === 'broken' ? Infinity : -Infinity);
}

/** The counts as they are now: whoever counts may go on in the same object. */
export function snapshot(counts: Counts): Counts {
  return since(counts, { version: 1, servers: {} });
}

/** What was counted after an earlier moment of the same measurement. Latency, statuses and halves are left out. */
export function since(counts: Counts, earlier: Counts): Counts {
  const { firstHalf: _half, latencyMs: _latency, statuses: _statuses, statusBlocks: _blocks, ...rest } = counts;
  const part = (a: Numbers | undefined, b: Numbers | undefined) => (a === undefined ? {} : less(a, b ?? {}));
  return {
    ...rest,
    servers: less(counts.servers, earlier.servers),
    errors: part(counts.errors, earlier.errors),
    failed: part(counts.failed, earlier.failed),
    unexpected: part(counts.unexpected, earlier.unexpected),
    retried: part(counts.retried, earlier.retried),
    ...(counts.repeats === undefined ? {} : { repeats: part(counts.repeats, earlier.repeats) }),
    ...(counts.incidents === undefined ? {} : { incidents: incidentsSince(counts.incidents, earlier.incidents) }),
    unidentified: (counts.unidentified ?? 0) - (earlier.unidentified ?? 0),
    cached: (counts.cached ?? 0) - (earlier.cached ?? 0),
  };
}

/** The longest incident may have begun before; it is then as long as it is. */
function incidentsSince(now: Incidents, earlier: Incidents | undefined): Incidents {
  return { count: now.count - (earlier?.count ?? 0), longest: now.longest };
}

type Numbers = Readonly<Record<string, number>>;

function less(a: Numbers, b: Numbers): Record<string, number> {
  const earlier = new Map(Object.entries(b));
  return Object.fromEntries(Object.entries(a).map(([key, n]) => [key, n - (earlier.get(key) ?? 0)]));
}
