import type { Expectation } from '../evidence/expectation.ts';
import { makeJudge, type Judge } from '../evidence/judge.ts';
import { mergeCounts } from '../evidence/merge.ts';
import type { Terms } from '../evidence/terms.ts';
import type { Config } from '../model/config.ts';
import type { Pool } from '../model/pool.ts';
import type { Counts } from '../model/counts.ts';
import type { Finding } from '../model/finding.ts';
import { factsAt } from '../model/facts.ts';
import type { LoadedState } from '../model/loaded.ts';
import type { Measurement } from '../model/measurement.ts';
import type { Tolerance } from '../model/request.ts';
import type { Text } from '../model/text.ts';
import { InputError } from '../model/tree.ts';
import { probe } from '../probe/probe.ts';
import type { Look, ProbePorts } from '../probe/request.ts';
import { readLoaded, type AdminPorts } from '../sources/admin/admin.ts';
import { count, duration, plain, say } from '../text/say.ts';
import { explainAddresses } from './addresses.ts';
import { adminObserved, adminOf } from './admin-counts.ts';
import { revisionsOf, type NamedRevision } from './candidates.ts';
import { readCountsFiles, type CountsFile } from './counts-files.ts';
import { expectationFor } from './expectation.ts';
import { readCauses } from './read-causes.ts';
import { readTolerance } from '../settings/inputs.ts';
import { knownServers, subjectPools } from './known-servers.ts';
import type { MeasureRequest } from './measure-request.ts';
import { otherPools } from './other-pools.ts';
import { probeRequest, rateOf } from './probe-request.ts';
import { alikeNote } from './alike.ts';
import { resolveServers } from './resolve.ts';
import type { Settings } from '../settings/settings.ts';
import { withSlots } from './slots.ts';
import { chooseSubject, type Subject } from './subject.ts';
import { askedOf } from './target-entries.ts';

/** The outside that a measurement needs. */
export interface MeasurePorts {
  readonly probe: ProbePorts;
  /** The files of a glob, for `observe counts:GLOB`. Throws InputError. */
  countsFiles(glob: string): readonly CountsFile[];
  /** How admin interfaces are read, for `observe haproxy:…`; without it they cannot be given. */
  readonly admin?: AdminPorts;
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
  const asked = askedOf(request, request.target);
  const subject = chooseSubject(head, request.pool, asked);
  const elsewhere = otherPools(subject, head, settings.pools, asked);
  const listed = expectationFor({
    subject,
    head,
    base: ground.base,
    older: ground.older,
    expect: request.expect,
    facts: settings.pools,
    findings: ground.findings,
    vary: request.vary,
  });
  const known = withSlots(listed, revisionPools(subject, ground));
  const expectation = elsewhere === undefined ? known : { ...known, elsewhere };
  const results: { measurement: Measurement; counts: Counts }[] = [];
  if (request.observe.length > 0) results.push(observed(request, expectation, settings, ports));
  if (request.admin !== undefined && request.target === undefined) {
    const terms = termsOf(request, settings, toleranceFor(request, expectation, settings), request.timeoutMs);
    const read = (loaded: LoadedState) => readStateOf(loaded, subject, ground);
    results.push(await adminObserved(request, request.admin, expectation, terms, ports, read));
  }
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
  const pools = revisionPools(subject, ground);
  const tolerance = toleranceFor(request, expectation, settings);
  const judges = new Map<string, Judge>();
  const addressed = new Set<string>();
  const judgeFor = (address: string, timeoutMs: number): Judge => {
    const known = judges.get(address);
    if (known !== undefined) return known;
    const judge = makeJudge(expectation, termsOf(request, settings, tolerance, timeoutMs));
    judges.set(address, judge);
    return judge;
  };
  const begin = (look: Look): ((counts: Counts, elapsedMs: number) => boolean) => {
    const judge = judgeFor(look.address, look.timeoutMs);
    if (look.addressed) addressed.add(look.address);
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
  const resolved = await resolveServers(pools, ports.probe);
  const servers = knownServers(subject, head, revisionsOf(ground.base, ground.older), settings.pools, resolved);
  const results = await probe(
    {
      ...probeRequest(request, target, servers, settings),
      ...(expectation.dialect === null ? {} : { format: expectation.dialect.format }),
      ...(expectation.elsewhere === undefined ? {} : { wrongPool: expectation.elsewhere.wrongPool }),
      begin,
      onProgress: (counts) => ports.onProgress?.(counts, expectation),
    },
    ports.probe,
  );
  const { loaded, notes: unread } = await loadedOf(request, ports);
  const read = loaded && readStateOf(loaded, subject, ground);
  const measured = results.map((result) => ({
    counts: { ...result.counts, target: target.href, ...(expectation.pool === null ? {} : { pool: expectation.pool }) },
    measurement: judgeFor(result.address, request.timeoutMs).conclude(result.counts, {
      source: 'probe',
      target: target.href,
      address: result.address,
      seconds: result.seconds,
      down: result.down,
      ...(result.interrupted === true ? { interrupted: true } : {}),
      ...(result.obstacle === undefined ? {} : { obstacle: result.obstacle }),
      notes: [...result.notes, ...unread],
      ...(read === undefined ? {} : { read }),
    }),
  }));
  const { base, older } = ground;
  const alike = alikeNote(subject, head, base === undefined ? older : [base]);
  const same = base === undefined ? 'older-file-loaded' : 'old-file-loaded';
  const explained = explainAddresses(
    measured.map((item) => item.measurement),
    measured.map((item) => item.counts),
  );
  return measured.map((item, i) => {
    const measurement = explained[i] ?? item.measurement;
    const unseen = alike !== undefined && !(alike.moved && addressed.has(measurement.address ?? ''));
    if (measurement.outcome !== 'pass' || !unseen || request.version?.value !== undefined)
      return { ...item, measurement };
    const indistinguishable = [...new Set([...measurement.indistinguishable, same] as const)];
    return { ...item, measurement: { ...measurement, indistinguishable, notes: [...measurement.notes, alike.note] } };
  });
}

/** What is loaded otherwise than written; undefined where no config is known. */
function readStateOf(loaded: LoadedState, subject: Subject | undefined, { head, base, older }: Ground) {
  return subject && readCauses(loaded, subject, head, base, older);
}

/** What is loaded, where an admin interface is given beside the target: read when the answers are in. */
async function loadedOf(
  { admin }: MeasureRequest,
  outside: MeasurePorts,
): Promise<{ readonly loaded?: LoadedState; readonly notes: readonly Text[] }> {
  if (admin === undefined) return { notes: [] };
  const { place, ports } = adminOf(admin, outside);
  // Headers are for the target: they are sent nowhere else.
  const read = await readLoaded(place, ports, []);
  return 'unreachable' in read ? { notes: [read.unreachable] } : { loaded: read.state, notes: [] };
}

function watchPlan(watchMs: number, rate: number): Text {
  return say`Watching for ${duration(watchMs)} at ${Number(rate.toPrecision(2))} requests/s. A fault ends it at once.`;
}

/** The subject's pools in every known revision, the current one first. */
function revisionPools(subject: Subject | undefined, ground: Ground): readonly Pool[] {
  const earlier = revisionsOf(ground.base, ground.older);
  const revisions = [ground.head, ...earlier.map(({ configs }) => configs)];
  return revisions.flatMap((configs) => subjectPools(subject, configs));
}

/** Nothing momentary enters, such as the round trip: the same pool is always held to the same tolerance. */
function termsOf(request: MeasureRequest, settings: Settings, tolerance: Tolerance, timeoutMs: number): Terms {
  const expectStatus = request.expectStatus ?? settings.probe.expectStatus;
  return {
    tolerance,
    maxErrors: request.maxErrors,
    maxRequests: request.maxRequests,
    timeoutMs: request.watchMs ?? timeoutMs,
    rate: rateOf(request),
    ...(expectStatus === undefined ? {} : { expectStatus }),
    ...(request.watchMs === undefined ? {} : { watchMs: request.watchMs }),
  };
}

/** The input beats the checklist file, which beats `auto`. */
function toleranceFor(request: MeasureRequest, expectation: Expectation, settings: Settings): Tolerance {
  if (request.tolerance.kind !== 'auto') return request.tolerance;
  const { pool, dialect, file } = expectation;
  const declared = pool === null ? undefined : factsAt(settings.pools, pool, dialect?.format ?? null, file)?.tolerance;
  return (declared === undefined ? undefined : readTolerance(declared)) ?? request.tolerance;
}

function observed(
  request: MeasureRequest,
  expectation: Expectation,
  settings: Settings,
  ports: MeasurePorts,
): { measurement: Measurement; counts: Counts } {
  const all = readCountsFiles(request.observe, (glob) => ports.countsFiles(glob));
  const merged = mergedCounts(all);
  const tolerance = toleranceFor(request, expectation, settings);
  const own = typeof merged.tolerance === 'number' ? { kind: 'relative' as const, share: merged.tolerance } : undefined;
  const terms = termsOf(
    request,
    settings,
    tolerance.kind === 'auto' ? (own ?? tolerance) : tolerance,
    request.timeoutMs,
  );
  // Several clients make up for what one cannot see; a hash of the client then gives each of them one draw.
  const byClient = expectation.byClient === true && all.length > 1;
  const judged: Expectation = byClient ? { ...expectation, kind: 'split', guard: false } : expectation;
  const seen = {
    source: 'counts' as const,
    target: merged.target ?? null,
    address: merged.address ?? null,
    seconds: merged.seconds ?? 0,
    down: false,
    notes: [say`judged from ${count(all.length, 'counts file')}, whose order of answers is not known`],
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
            ? say`A server outside the config takes traffic: an old file is loaded, or another balancer is in front.`
            : say`${other} lists it: part of the traffic goes to another pool.`,
        fix: say`Reload the balancer, or add the server to ${pool} if it belongs there.`,
        introduced: true,
        related: [],
      };
    });
}
