import { dialect } from '../../src/formats/haproxy/dialect.ts';
import type { Candidate, Expectation } from '../../src/evidence/expectation.ts';
import { makeJudge } from '../../src/evidence/judge.ts';
import { bucketOf } from '../../src/evidence/latency.ts';
import { sampler, seededRandom } from '../../src/evidence/random.ts';
import { entry } from '../../src/evidence/tally.ts';
import type { Observed, Terms } from '../../src/evidence/terms.ts';
import type { Counts } from '../../src/model/counts.ts';
import type { Cause, Measurement } from '../../src/model/measurement.ts';
import { plain } from '../../src/text/say.ts';
import { SourceFile } from '../../src/text/source.ts';

export const TERMS: Terms = {
  tolerance: { kind: 'relative', share: 0.25 },
  maxErrors: 0.01,
  maxRequests: 6000,
  timeoutMs: 120_000,
  rate: 50,
};

export const OBSERVED: Observed = {
  source: 'probe',
  target: 'https://app.example.com/',
  address: '192.0.2.10',
  seconds: 12,
  down: false,
  notes: [],
};

const config = new SourceFile(
  'haproxy.cfg',
  'backend be_app\n  server web1 10.0.0.1:80 weight 30\n  server web2 10.0.0.2:80 weight 10\n',
);

/** Servers web1, web2, … with these expected shares. */
export function expectation(shares: readonly (number | null)[], more: Partial<Expectation> = {}): Expectation {
  return {
    pool: 'be_app',
    dialect,
    file: 'haproxy.cfg',
    kind: 'split',
    servers: shares.map((expected, i) => ({ name: `web${i + 1}`, expected })),
    declared: false,
    candidates: [],
    guard: false,
    ...more,
  };
}

export function candidate(cause: Cause, shares: readonly number[], inTest = true): Candidate {
  const at = { source: config, start: 17, end: 30 };
  const named = new Map(shares.map((q, i) => [`web${i + 1}`, q]));
  return { cause, shares: named, at, inTest, ...(cause === 'configured-weights' ? {} : { revision: '3f2c1a9' }) };
}

export function equal(servers: number): number[] {
  return Array.from({ length: servers }, () => 1 / servers);
}

/** What really answers. */
export interface Truth {
  readonly shares: readonly number[];
  /** Names of the servers; web1, web2, … by default. */
  readonly names?: readonly string[];
  /** Names that no config has. */
  readonly strangers?: readonly string[];
  /** Chance of a 5xx by server. */
  readonly errors?: readonly number[];
  /** Median latency by server, ms. */
  readonly latencyMs?: readonly number[];
  /** Chance that nothing attributable comes back, and how it then fails. */
  readonly lost?: number;
  readonly anonymous?: number;
  /** Chance that an answer comes from the server before it. */
  readonly sticky?: number;
  /** Takes over after so many requests. */
  readonly later?: { readonly after: number; readonly shares: readonly number[] };
}

export interface Measured {
  readonly measurement: Measurement;
  readonly requests: number;
  readonly reason: string;
  readonly notes: string;
  /** Of the named cause: sentence and next step. */
  readonly story: string;
  readonly cause: Cause | undefined;
}

/** A measurement as the probe makes it, one answer after the other, 20 ms apart. */
export function measure(expected: Expectation, truth: Truth, terms: Terms = TERMS, seed = 1): Measured {
  const judge = makeJudge(expected, terms);
  const random = seededRandom(seed);
  const first = sampler(truth.shares, random);
  const later = truth.later === undefined ? first : sampler(truth.later.shares, random);
  const counts = emptyCounts();
  let [requests, last] = [0, -1];
  while (judge.wantsMore(counts, requests * 20)) {
    requests += 1;
    const u = random();
    if (u < (truth.lost ?? 0)) bump(counts.failed, 'anonymous5xx');
    else if (u < (truth.lost ?? 0) + (truth.anonymous ?? 0)) counts.unidentified += 1;
    else {
      const repeat = last >= 0 && random() < (truth.sticky ?? 0);
      const i = repeat ? last : requests <= (truth.later?.after ?? Infinity) ? first() : later();
      answer(counts, truth, i, i === last, random);
      last = i;
    }
  }
  return told(judge.conclude(counts, OBSERVED), requests);
}

/** Judges counts that were measured elsewhere. */
export function judgeCounts(expected: Expectation, counts: Partial<Counts>, terms: Terms = TERMS): Measured {
  const whole: Counts = { version: 1, servers: {}, ...counts };
  const measurement = makeJudge(expected, terms).conclude(whole, { ...OBSERVED, source: 'counts' });
  return told(measurement, measurement.requests);
}

function told(measurement: Measurement, requests: number): Measured {
  const [first] = measurement.explanations;
  return {
    measurement,
    requests,
    reason: plain(measurement.reason),
    notes: measurement.notes.map(plain).join('\n'),
    story: first === undefined ? '' : `${plain(first.what)} ${plain(first.next)}`,
    cause: first?.cause,
  };
}

type Mutable = Record<string, number>;

function emptyCounts() {
  const record = (): Mutable => ({});
  return {
    version: 1 as const,
    servers: record(),
    errors: record(),
    failed: record(),
    repeats: record(),
    unexpected: record(),
    latencyMs: {} as Record<string, { buckets: Mutable }>,
    unidentified: 0,
  };
}

function answer(
  counts: ReturnType<typeof emptyCounts>,
  truth: Truth,
  i: number,
  repeated: boolean,
  random: () => number,
): void {
  const name = truth.names?.[i] ?? `web${i + 1}`;
  bump(truth.strangers?.includes(name) === true ? counts.unexpected : counts.servers, name);
  if (repeated) bump(counts.repeats, name);
  if (random() < (truth.errors?.[i] ?? 0)) bump(counts.errors, name);
  const median = truth.latencyMs?.[i];
  if (median === undefined) return;
  const sketch = (counts.latencyMs[name] ??= { buckets: {} });
  bump(sketch.buckets, String(bucketOf(median * (0.7 + 0.6 * random()))));
}

function bump(record: Mutable, key: string): void {
  record[key] = entry(record, key) + 1;
}
