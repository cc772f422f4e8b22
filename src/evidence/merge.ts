import type { Counts, Incidents, LatencySketch } from '../model/counts.ts';
import type { Text } from '../model/text.ts';
import { say } from '../text/say.ts';

/** Counts of one pool together, or why they must not be added. */
export type Merged = { readonly counts: Counts } | { readonly refused: Text };

const SAME = ['target', 'address', 'pool', 'versionSeen'] as const;

/**
 * Adds measurements of one pool (several runners, several shifts). Refused when a target, address, pool or version that
 * two of them give differs: they did not measure the same thing.
 */
export function mergeCounts(measurements: readonly Counts[]): Merged {
  for (const key of SAME) {
    const given = [...new Set(measurements.flatMap((c) => c[key] ?? []))];
    const [first, second] = given;
    if (first === undefined || second === undefined) continue;
    return {
      refused: say`these counts are of different things: ${`${key} ${first}`} and ${`${key} ${second}`}. Judge them one by one`,
    };
  }
  const [first, ...rest] = measurements;
  return { counts: rest.reduce(add, first ?? { version: 1, servers: {} }) };
}

type Numbers = Readonly<Record<string, number>>;

function add(a: Counts, b: Counts): Counts {
  const records = (key: 'errors' | 'broken' | 'failed' | 'repeats' | 'firstHalf' | 'unexpected' | 'retried') =>
    addIfAny(a[key], b[key]);
  const both = {
    target: a.target ?? b.target,
    address: a.address ?? b.address,
    pool: a.pool ?? b.pool,
    versionSeen: a.versionSeen ?? b.versionSeen,
    started: earliest(a.started, b.started),
    seconds: a.seconds === undefined ? b.seconds : Math.max(a.seconds, b.seconds ?? 0),
    tolerance: a.tolerance ?? b.tolerance,
    errors: records('errors'),
    broken: records('broken'),
    failed: records('failed'),
    unexpected: records('unexpected'),
    retried: records('retried'),
    // Only where both know the order of their answers is the order of all known.
    repeats: a.repeats && b.repeats && records('repeats'),
    longestRun: a.longestRun === undefined ? b.longestRun : Math.max(a.longestRun, b.longestRun ?? 0),
    incidents: a.incidents && b.incidents && addIncidents(a.incidents, b.incidents),
    statusBlocks: a.statusBlocks && b.statusBlocks && addStatuses(a.statusBlocks, b.statusBlocks),
    connectMs: addConnects(a.connectMs, b.connectMs),
    firstHalf: a.firstHalf && b.firstHalf && records('firstHalf'),
    unidentified: addNumbers(a.unidentified, b.unidentified),
    cached: addNumbers(a.cached, b.cached),
    limited: addNumbers(a.limited, b.limited),
    statuses: addStatuses(a.statuses, b.statuses),
    latencyMs: addSketches(a.latencyMs, b.latencyMs),
  };
  const known = Object.fromEntries(Object.entries(both).filter(([, value]) => value !== undefined));
  return { ...known, version: 1, servers: addRecords(a.servers, b.servers) };
}

function addNumbers(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0);
}

function addIfAny(a: Numbers | undefined, b: Numbers | undefined): Numbers | undefined {
  return a === undefined ? b : addRecords(a, b ?? {});
}

/** Through entries, not assignments: a server may be called `__proto__`. */
function addRecords(a: Numbers, b: Numbers): Numbers {
  const total = new Map(Object.entries(a));
  for (const [key, n] of Object.entries(b)) total.set(key, (total.get(key) ?? 0) + n);
  return Object.fromEntries(total);
}

function addSketches(a: Counts['latencyMs'], b: Counts['latencyMs']): Counts['latencyMs'] {
  if (a === undefined || b === undefined) return a ?? b;
  const total = new Map<string, LatencySketch>(Object.entries(a));
  for (const [server, sketch] of Object.entries(b)) {
    total.set(server, { buckets: addRecords(total.get(server)?.buckets ?? {}, sketch.buckets) });
  }
  return Object.fromEntries(total);
}

/** What failed in one measurement is not known to have failed with what failed in another. */
function addIncidents(a: Incidents, b: Incidents): Incidents {
  return { count: a.count + b.count, longest: Math.max(a.longest, b.longest) };
}

function addConnects(a: LatencySketch | undefined, b: LatencySketch | undefined): LatencySketch | undefined {
  return a === undefined || b === undefined ? (a ?? b) : { buckets: addRecords(a.buckets, b.buckets) };
}

function addStatuses(a: Counts['statuses'], b: Counts['statuses']): Counts['statuses'] {
  if (a === undefined || b === undefined) return a ?? b;
  const total = new Map(Object.entries(a));
  for (const [server, statuses] of Object.entries(b)) total.set(server, addRecords(total.get(server) ?? {}, statuses));
  return Object.fromEntries(total);
}

function earliest(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
