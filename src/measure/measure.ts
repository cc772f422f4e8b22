import type { Expectation } from '../evidence/expectation.ts';
import { makeJudge, type Judge } from '../evidence/judge.ts';
import { mergeCounts } from '../evidence/merge.ts';
import type { Terms } from '../evidence/terms.ts';
import type { Config } from '../model/config.ts';
import type { Counts } from '../model/counts.ts';
import type { Finding } from '../model/finding.ts';
import type { Measurement } from '../model/measurement.ts';
import type { Tolerance } from '../model/request.ts';
import type { Text } from '../model/text.ts';
import { InputError } from '../model/tree.ts';
import { probe } from '../probe/probe.ts';
import type { Look, ProbePorts } from '../probe/request.ts';
import { readCounts } from '../sources/counts/counts.ts';
import { count, duration, plain, say } from '../text/say.ts';
import { explainAddresses } from './addresses.ts';
import type { NamedRevision } from './candidates.ts';
import { expectationFor } from './expectation.ts';
import { readTolerance } from '../settings/inputs.ts';
import { knownServers } from './known-servers.ts';
import type { MeasureRequest } from './measure-request.ts';
import { otherPools } from './other-pools.ts';
import { probeRequest, rateOf } from './probe-request.ts';
import type { Settings } from '../settings/settings.ts';
import { chooseSubject, type Subject } from './subject.ts';

/** The outside that a measurement needs. */
export interface MeasurePorts {
  readonly probe: ProbePorts;
  /** The files of a glob, for `observe counts:GLOB`. Throws InputError. */
  countsFiles(glob: string): readonly { readonly path: string; readonly text: string }[];
  /** Told before the first request of each address: what is tested and what it needs. */
  onPlan?(plan: Text): void;
  /** Told once for each address where a fault is proved and its cause still sought. */
  onAlarm?(alarm: Text): void;
  /** Told at most every second. */
  onProgress?(counts: Counts, expectation: Expectation): void;
}

/** What is known of the configs when the measurement starts. */
export interface Ground {
  readonly head: readonly Config[];
  /** What the checklist says of the head: an ignored finding can declare that a split is meant. */
  readonly findings: readonly Finding[];
  readonly base: NamedRevision | undefined;
  readonly older: readonly NamedRevision[];
  readonly settings: Settings;
}

export interface Measured {
  /** One per address of the target; one for counts that were observed. */
  readonly measurements: readonly Measurement[];
  readonly counts: readonly Counts[];
  readonly findings: readonly Finding[];
}

/** Measures and judges. Throws InputError when what was asked for does not fit the config. */
export async function measure(request: MeasureRequest, ground: Ground, ports: MeasurePorts): Promise<Measured> {
  const { head, settings } = ground;
  const subject = chooseSubject(head, request.pool);
  const elsewhere = otherPools(subject, head, settings.pools);
  const known = expectationFor({
    subject,
    head,
    base: ground.base,
    older: ground.older,
    expect: request.expect,
    facts: settings.pools,
    findings: ground.findings,
    vary: request.vary,
  });
  const expectation = elsewhere === undefined ? known : { ...known, elsewhere };
  const results: { measurement: Measurement; counts: Counts }[] = [];
  if (request.observe.length > 0) results.push(observed(request, expectation, settings, ports));
  if (request.target !== undefined) {
    results.push(...(await probed(request, request.target, subject, expectation, ground, ports)));
  }
  const measurements = results.map((result) => result.measurement);
  return {
    measurements,
    counts: results.map((result) => result.counts),
    findings: unlisted(measurements, subject, expectation),
  };
}

async function probed(
  request: MeasureRequest,
  target: URL,
  subject: Subject | undefined,
  expectation: Expectation,
  ground: Ground,
  ports: MeasurePorts,
): Promise<{ measurement: Measurement; counts: Counts }[]> {
  const { head, settings } = ground;
  const tolerance = toleranceFor(request, expectation, settings);
  const judges = new Map<string, Judge>();
  const judgeFor = (address: string): Judge => {
    const known = judges.get(address);
    if (known !== undefined) return known;
    const judge = makeJudge(expectation, termsOf(request, settings, tolerance));
    judges.set(address, judge);
    return judge;
  };
  const begin = (look: Look): ((counts: Counts, elapsedMs: number) => boolean) => {
    const judge = judgeFor(look.address);
    ports.onPlan?.(judge.plan);
    if (request.watchMs !== undefined) ports.onPlan?.(watchPlan(request.watchMs, rateOf(request)));
    let told = false;
    return (counts, elapsedMs) => {
      const more = judge.wantsMore(counts, elapsedMs);
      if (more && judge.failing && !told) {
        told = true;
        ports.onAlarm?.(say`Alarm at ${look.address}: a fault is proved. Looking for its cause.`);
      }
      return more;
    };
  };
  const results = await probe(
    {
      ...probeRequest(request, target, knownServers(subject, head, earlier(ground), settings.pools), settings),
      ...(expectation.format === null ? {} : { format: expectation.format }),
      ...(expectation.elsewhere === undefined ? {} : { wrongPool: expectation.elsewhere.wrongPool }),
      begin,
      onProgress: (counts) => ports.onProgress?.(counts, expectation),
    },
    ports.probe,
  );
  const measured = results.map((result) => ({
    counts: { ...result.counts, target: target.href, ...(expectation.pool === null ? {} : { pool: expectation.pool }) },
    measurement: judgeFor(result.address).conclude(result.counts, {
      source: 'probe',
      target: target.href,
      address: result.address,
      seconds: result.seconds,
      down: result.down,
      ...(result.interrupted === true ? { interrupted: true } : {}),
      ...(result.obstacle === undefined ? {} : { obstacle: result.obstacle }),
      notes: result.notes,
    }),
  }));
  const explained = explainAddresses(
    measured.map((item) => item.measurement),
    measured.map((item) => item.counts),
  );
  return measured.map((item, i) => ({ ...item, measurement: explained[i] ?? item.measurement }));
}

function watchPlan(watchMs: number, rate: number): Text {
  return say`Watching for ${duration(watchMs)} at ${Number(rate.toPrecision(2))} requests/s. A fault ends it at once.`;
}

function earlier({ base, older }: Ground): readonly NamedRevision[] {
  return base === undefined ? older : [base, ...older];
}

/** By the rate that is asked for, not the one that this machine reaches: the same pool is held to the same tolerance. */
function termsOf(request: MeasureRequest, settings: Settings, tolerance: Tolerance): Terms {
  const expectStatus = request.expectStatus ?? settings.probe.expectStatus;
  return {
    tolerance,
    maxErrors: request.maxErrors,
    maxRequests: request.maxRequests,
    timeoutMs: request.watchMs ?? request.timeoutMs,
    rate: rateOf(request),
    ...(expectStatus === undefined ? {} : { expectStatus }),
    ...(request.watchMs === undefined ? {} : { watchMs: request.watchMs }),
  };
}

/** The input beats the checklist file, which beats `auto`. */
function toleranceFor(request: MeasureRequest, expectation: Expectation, settings: Settings): Tolerance {
  if (request.tolerance.kind !== 'auto') return request.tolerance;
  const declared = settings.pools.get(expectation.pool ?? '')?.tolerance;
  return (declared === undefined ? undefined : readTolerance(declared)) ?? request.tolerance;
}

function observed(
  request: MeasureRequest,
  expectation: Expectation,
  settings: Settings,
  ports: MeasurePorts,
): { measurement: Measurement; counts: Counts } {
  const files = request.observe.flatMap((glob) => {
    const found = ports.countsFiles(glob);
    if (found.length === 0)
      throw new InputError(`observe counts:${glob} matches no file; give the path of counts files.`);
    return found;
  });
  const all = files.map((file) => readCounts(file.path, file.text));
  const merged = mergedCounts(all);
  const tolerance = toleranceFor(request, expectation, settings);
  const own = typeof merged.tolerance === 'number' ? { kind: 'relative' as const, share: merged.tolerance } : undefined;
  const terms = termsOf(request, settings, tolerance.kind === 'auto' ? (own ?? tolerance) : tolerance);
  // Several clients make up for what one cannot see; a hash of the client then gives each of them one draw.
  const byClient = expectation.byClient === true && all.length > 1;
  const judged: Expectation = byClient ? { ...expectation, kind: 'split', guard: false } : expectation;
  const seen = {
    source: 'counts' as const,
    target: merged.target ?? null,
    address: merged.address ?? null,
    seconds: merged.seconds ?? 0,
    down: false,
    notes: [say`judged from ${count(files.length, 'counts file')}, whose order of answers is not known`],
  };
  const draws = byClient ? mergedCounts(all.map(asOneDraw)) : merged;
  const measurement = makeJudge(judged, terms).conclude(merged, seen, draws);
  return { measurement: { ...measurement, independent: null }, counts: merged };
}

function mergedCounts(all: readonly Counts[]): Counts {
  const together = mergeCounts(all);
  if ('refused' in together) throw new InputError(plain(together.refused));
  return together.counts;
}

/** A client that always meets the same server is one draw, however often it asked. */
function asOneDraw({ servers }: Counts): Counts {
  const [most] = Object.entries(servers).toSorted((a, b) => b[1] - a[1]);
  return { version: 1, servers: most === undefined ? {} : { [most[0]]: 1 } };
}

/** A server that answered although the pool does not list it is a finding of its own. */
function unlisted(
  measurements: readonly Measurement[],
  subject: Subject | undefined,
  expectation: Expectation,
): Finding[] {
  if (subject === undefined) return [];
  const { at, name: pool } = subject.route ?? subject.pool;
  const listed = new Set(expectation.servers.filter((server) => server.at !== undefined).map(({ name }) => name));
  return measurements
    .filter(({ outcome }) => outcome === 'fail')
    .flatMap(({ unexpected }) => unexpected.filter((item) => item.count >= 2 && !listed.has(item.identity)))
    .map(({ identity, count: answers }): Finding => {
      const other = expectation.elsewhere?.poolOf(identity);
      return {
        rule: 'unlisted-server',
        severity: 'error',
        at,
        pool,
        what: say`${identity} answered ${count(answers, 'request')}, but ${pool} does not list it.`,
        why:
          other === undefined
            ? say`A server outside the config takes traffic: an old file is loaded, or something else stands in front.`
            : say`${other} lists it: part of the traffic goes to another pool.`,
        fix: say`Reload the balancer, or add the server to ${pool} if it belongs there.`,
        introduced: true,
        related: [],
      };
    });
}
