import { compare } from '../../src/compare/compare.ts';
import { bucketOf } from '../../src/evidence/latency.ts';
import { makeJudge } from '../../src/evidence/judge.ts';
import { reader as haproxy } from '../../src/formats/haproxy/reader.ts';
import { explainAddresses } from '../../src/measure/addresses.ts';
import { expectationFor } from '../../src/measure/expectation.ts';
import { chooseSubject } from '../../src/measure/subject.ts';
import type { Config } from '../../src/model/config.ts';
import type { Counts, LatencySketch } from '../../src/model/counts.ts';
import type { Report } from '../../src/model/report.ts';
import type { Links } from '../../src/report/links.ts';
import { readInputs } from '../../src/settings/inputs.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import type { Revisioned } from '../../src/verify/check.ts';
import type { Tick } from '../../src/verify/checklist-items.ts';
import { outcomeOf } from '../../src/verify/outcome.ts';
import { summaryOf } from '../../src/verify/summary.ts';
import { reportOf } from './jobs.ts';

/** Reports of real runs: the readers, the rules and the judge say all that is in them. Only what a probe counts is fixed. */

export const LINKS: Links = {
  serverUrl: 'https://github.example',
  repository: 'acme/edge',
  headSha: '9d41c07000000000000000000000000000000001',
  baseSha: '3f2c1a9000000000000000000000000000000002',
  runUrl: 'https://github.example/acme/edge/actions/runs/1',
  docsUrl: 'https://github.example/acme/evenkeel/blob/v1/docs',
};

const FILE = 'haproxy.cfg';
const CHECKLIST = '.github/evenkeel.yml';
const TARGET = 'https://app.example.com/whoami';

/** A site of three servers; each line is what follows the address. */
function site(lines: readonly string[], redispatch = 'option redispatch 1'): string {
  return `global
    stats socket /run/haproxy.sock mode 600 level admin

defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
    timeout http-request 10s
    ${redispatch}

frontend www
    bind :8080
    default_backend be_app

backend be_app
    balance roundrobin
    option httpchk GET /healthz
    http-check expect status 200
    http-response set-header X-Served-By %s
${lines.map((line, i) => `    server web${i + 1} 192.0.2.1${i + 1}:8080 ${line}`.trimEnd()).join('\n')}
`;
}

interface Change {
  readonly base?: string;
  readonly head: string;
  /** A checklist file that only the head has. */
  readonly checklist?: string;
  readonly ticks?: Readonly<Record<string, Tick>>;
  /** The base is what was reviewed last, and the head is in force. */
  readonly review?: boolean;
}

function revision(ref: string, sha: string | undefined, text: string, checklist?: string): Revisioned {
  const files = { [FILE]: text, ...(checklist === undefined ? {} : { [CHECKLIST]: checklist }) };
  return { tree: new MemoryTree(files), files: [FILE], revision: { ref, sha: sha ?? null } };
}

/** What `check` reports of a change. */
async function checked({ base, head, checklist, ticks, review = false }: Change): Promise<Report> {
  const before = base === undefined ? undefined : revision('main', LINKS.baseSha, base);
  const report = await reportOf(revision('topic', LINKS.headSha, head, checklist), {
    base: before,
    trusted: review ? undefined : before?.tree,
    proposed: before !== undefined && !review,
    all: review,
    checklist: CHECKLIST,
    ticks: ticks === undefined ? undefined : new Map(Object.entries(ticks)),
  });
  return { ...report, tool: { name: 'evenkeel', version: '1.2.3' } };
}

/** What a probe counted at one address. */
interface Look {
  readonly address: string;
  readonly seconds: number;
  readonly counts: Omit<Counts, 'version'>;
}

/** The report of a probe after a change was deployed. */
async function probed(change: Change, looks: readonly Look[]): Promise<Report> {
  const report = await checked(change);
  const head = [configOf(change.head)];
  const base = change.base === undefined ? undefined : [configOf(change.base)];
  const expectation = expectationFor({
    subject: chooseSubject(head, undefined),
    head,
    base: base && { configs: base, revision: '3f2c1a9' },
    older: [],
    expect: undefined,
    facts: new Map(),
    findings: report.findings,
    vary: undefined,
  });
  const { maxErrors, maxRequests, rate, timeoutMs, tolerance } = readInputs((input) =>
    input === 'target' ? TARGET : '',
  );
  const judge = makeJudge(expectation, { maxErrors, maxRequests, rate: rate ?? 50, timeoutMs, tolerance });
  const counts = looks.map((look): Counts => ({ version: 1, ...look.counts }));
  const judged = counts.map((counted, i) => {
    const { address = null, seconds = 0 } = looks[i] ?? {};
    return judge.conclude(counted, { source: 'probe', target: TARGET, address, seconds, down: false, notes: [] });
  });
  const measurements = explainAddresses(judged, counts);
  const outcome = outcomeOf({ unusable: false, gating: [], itemsOpen: false, measurements });
  const summary = summaryOf(outcome, compare(base, head), report.findings, measurements, report.inputs, false);
  return { ...report, outcome, summary, measurements };
}

/** A HAProxy config as the reader gives it. */
export function configOf(text: string): Config {
  return haproxy.read(FILE, new MemoryTree({ [FILE]: text }), { rootMap: {} });
}

/** The latencies of one server: `n` answers around a median, a tenth of them slower. */
function latency(n: number, medianMs: number, slowMs: number): LatencySketch {
  const slow = Math.ceil(n / 10);
  return { buckets: { [bucketOf(medianMs)]: n - slow, [bucketOf(slowMs)]: slow } };
}

const EVEN = site(['check', 'check', 'check']);

const OUTAGE = {
  base: site(['weight 10 check', 'weight 10 check', 'weight 10 check'], '# no redispatch'),
  head: site(['weight 100 check', 'weight 20 check', 'weight 20'], '# no redispatch'),
};
const TWO_PROBLEMS = await checked({
  ...OUTAGE,
  checklist: 'version: 1\n',
  ticks: { 'way-back': 'ticked', capacity: 'open', 'health-endpoint': { notApplicable: 'web3 has no endpoint' } },
});
const REVIEW = await checked({ ...OUTAGE, review: true });
const ALL_GOOD = await checked({ base: EVEN, head: EVEN });
const OLD_FILE_LOADED = await probed(
  {
    base: site(['weight 30 check', 'weight 10 check', 'weight 10 check']),
    head: site(['weight 10 check', 'weight 10 check', 'weight 10 check']),
  },
  [
    {
      address: '192.0.2.80',
      seconds: 5,
      counts: {
        servers: { web1: 141, web2: 47, web3: 44 },
        errors: { web1: 3 },
        latencyMs: { web1: latency(141, 180, 412), web2: latency(47, 61, 99), web3: latency(44, 62, 101) },
      },
    },
  ],
);
const NO_IDENTITY = await probed({ base: EVEN, head: EVEN }, [
  { address: '192.0.2.80', seconds: 0.4, counts: { servers: {}, unidentified: 10 } },
]);
const even = (address: string): Look => ({
  address,
  seconds: 12.4,
  counts: {
    servers: { web1: 208, web2: 202, web3: 202 },
    latencyMs: { web1: latency(208, 60, 100), web2: latency(202, 60, 100), web3: latency(202, 60, 100) },
  },
});
const THREE_ADDRESSES = await probed({ base: EVEN, head: EVEN }, [
  even('192.0.2.81'),
  {
    address: '192.0.2.82',
    seconds: 6,
    counts: {
      servers: { web1: 151, web2: 149 },
      latencyMs: { web1: latency(151, 60, 100), web2: latency(149, 60, 100) },
    },
  },
  even('2001:db8::83'),
]);

/** The change that caused the outage: weights raised on one server, and the check of another lost. */
export function twoProblems(): Report {
  return TWO_PROBLEMS;
}

/** The same change, found by a scheduled review after it was deployed. */
export function reviewed(): Report {
  return REVIEW;
}

export function allGood(): Report {
  return ALL_GOOD;
}

/** After a deploy that took the weights back but was never loaded. */
export function oldFileLoaded(): Report {
  return OLD_FILE_LOADED;
}

/** Nothing identifies the server that answered. */
export function noIdentity(): Report {
  return NO_IDENTITY;
}

/** One target with three addresses, of which one splits in another way. */
export function threeAddresses(): Report {
  return THREE_ADDRESSES;
}
