import { compare } from '../../src/compare/compare.ts';
import { routeParts } from '../../src/compare/flow.ts';
import { worstLoss } from '../../src/compare/loss.ts';
import { diffDocument } from '../../src/compare/diff-document.ts';
import { reader as haproxy } from '../../src/formats/haproxy/reader.ts';
import type { Config } from '../../src/model/config.ts';
import type { Pool, Server } from '../../src/model/pool.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Explanation, MeasuredServer, Measurement } from '../../src/model/measurement.ts';
import type { ChecklistItem, Report } from '../../src/model/report.ts';
import type { Links } from '../../src/report/links.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { name, percent, say, words } from '../../src/text/say.ts';

/** Reports as a run would give them: configs are read and compared for real, findings and measurements are stated. */

export const LINKS: Links = {
  serverUrl: 'https://github.example',
  repository: 'acme/edge',
  headSha: '9d41c07000000000000000000000000000000001',
  baseSha: '3f2c1a9000000000000000000000000000000002',
  runUrl: 'https://github.example/acme/edge/actions/runs/1',
  docsUrl: 'https://github.example/acme/evenkeel/blob/v1/docs',
};

const TOOL = { name: 'evenkeel', version: '1.2.3' };

/** A backend of three servers; each line is what follows the address. */
export function backend(lines: readonly string[], more = ''): string {
  const servers = lines.map((line, i) => `    server web${i + 1} 192.0.2.1${i + 1}:8080 ${line}`.trimEnd());
  return `frontend www\n    bind :8080\n    default_backend be_app\n\nbackend be_app\n    balance roundrobin\n${more}${servers.join('\n')}\n`;
}

export function readConfig(text: string, path = 'haproxy.cfg'): Config {
  return haproxy.read(path, new MemoryTree({ [path]: text }), { rootMap: {} });
}

/** The report of a change between two texts, with nothing found. */
export function changeReport(base: string | undefined, head: string, more: Partial<Report> = {}): Report {
  const heads = [readConfig(head)];
  const change = compare(base === undefined ? undefined : [readConfig(base)], heads);
  return {
    tool: TOOL,
    outcome: 'pass',
    summary: words('Nothing to tell'),
    base: base === undefined ? null : { ref: 'main', sha: LINKS.baseSha ?? null },
    head: { ref: 'topic', sha: LINKS.headSha ?? null },
    entries: [],
    inputs: heads.map(({ path, dialect: { format }, status }) => ({
      file: path,
      format,
      status,
      line: null,
      reason: null,
    })),
    pools: change.pools.flatMap(({ head: side, base: before, servers, keysMoved }) =>
      side === undefined
        ? []
        : [
            {
              pool: side.pool,
              prediction: side.prediction,
              basePrediction:
                before === undefined
                  ? null
                  : new Map(
                      servers.flatMap((pair) => {
                        const at = pair.base === undefined ? -1 : before.pool.servers.indexOf(pair.base);
                        const share = before.prediction.shares[at];
                        return pair.head && share ? [[pair.head.name, share] as const] : [];
                      }),
                    ),
              loss: worstLoss(side.losses) ?? null,
              headroom: null,
              keysMoved,
            },
          ],
    ),
    routes: change.routes.flatMap(({ head: route }) =>
      route === undefined ? [] : [{ route, head: routeParts(route, heads), base: null }],
    ),
    diff: diffDocument(change),
    findings: [],
    checklist: [],
    measurements: [],
    notes: [],
    ...more,
  };
}

export function poolOf(report: Report): Pool {
  const [first] = report.pools;
  if (first === undefined) throw new Error('the report has no pool');
  return first.pool;
}

export function serverOf(report: Report, server: string): Server {
  const found = poolOf(report).servers.find((one) => one.name === server);
  if (found === undefined) throw new Error(`no server ${server}`);
  return found;
}

function rules(states: Readonly<Record<string, ChecklistItem['state']>>): ChecklistItem[] {
  return Object.entries(states).map(([id, state]) => ({ id, state, by: 'rule', ask: words(TITLES[id] ?? id) }));
}

const TITLES: Readonly<Record<string, string>> = {
  'weight-imbalance': 'No server gets more than its part',
  'health-check-removed-or-weakened': 'No server loses its health check',
  'duplicate-server': 'No server is listed twice in a pool',
  'invalid-weight': 'Weights are in the range that the product accepts',
  'nginx-no-zone': 'Workers share the state of a pool',
};

/** The change that caused the outage: weights raised on one server, and the check of another lost. */
export function twoProblems(): Report {
  const report = changeReport(
    backend(['weight 10 check', 'weight 10 check', 'weight 10 check']),
    backend(['weight 100 check', 'weight 20 check', 'weight 20']),
  );
  const [web1, web3] = [serverOf(report, 'web1'), serverOf(report, 'web3')];
  const finding = (more: Partial<Finding> & Pick<Finding, 'rule' | 'at' | 'what' | 'why' | 'fix'>): Finding => ({
    severity: 'error',
    pool: 'be_app',
    introduced: true,
    related: [],
    ...more,
  });
  return {
    ...report,
    outcome: 'fail',
    summary: say`In ${'be_app'}, ${'web1'} would take ${percent(0.714)} of the traffic (${percent(1 / 3)} now) and ${'web3'} would get traffic with no health check`,
    findings: [
      finding({
        rule: 'health-check-removed-or-weakened',
        at: web3.at,
        server: 'web3',
        what: say`${'web3'} lost ${'check'}`,
        why: say`HAProxy keeps sending to a server that it does not check, even when it is down`,
        fix: say`put ${'check'} back`,
        related: [{ at: web1.at, note: say`the others are checked` }],
      }),
      finding({
        rule: 'weight-imbalance',
        at: web1.weight.at,
        server: 'web1',
        what: say`${'web1'} gets ${percent(0.714)}; the limit for 3 servers is ${percent(0.5)}`,
        why: say`If ${'web1'} fails, the other two go from ${percent(0.143)} to ${percent(0.5)} each`,
        fix: say`${'weight 40'} or less, or allow it with ${'max-share: 75%'}`,
      }),
      finding({
        rule: 'no-redispatch',
        severity: 'notice',
        at: poolOf(report).at,
        introduced: false,
        what: say`${'be_app'} does not send a failed request to another server`,
        why: say`One dead server then shows as errors until its check notices`,
        fix: say`add ${'option redispatch'}`,
      }),
    ],
    checklist: [
      ...rules({
        'weight-imbalance': 'fail',
        'health-check-removed-or-weakened': 'fail',
        'duplicate-server': 'pass',
        'invalid-weight': 'pass',
        'nginx-no-zone': 'not-applicable',
      }),
      {
        id: 'capacity',
        state: 'open',
        by: 'person',
        ask: name('The other servers can carry the load if one fails'),
      },
      { id: 'way-back', state: 'pass', by: 'person', ask: name('Somebody knows how to take this change back') },
      { id: 'sessions', state: 'not-applicable', by: 'person', ask: name('Users keep their sessions') },
    ],
    notes: [say`${'.github/evenkeel.yml'} is not at the base, so the one of this change is used`],
  };
}

export function allGood(): Report {
  const text = backend(['check', 'check', 'check']);
  return changeReport(text, text, {
    summary: say`Nothing changes for 1 pool with 3 servers`,
    checklist: rules({
      'weight-imbalance': 'pass',
      'health-check-removed-or-weakened': 'pass',
      'duplicate-server': 'pass',
      'invalid-weight': 'pass',
      'nginx-no-zone': 'not-applicable',
    }),
  });
}

export function measuredServer(
  server: string,
  count: number,
  total: number,
  more: Partial<MeasuredServer> = {},
): MeasuredServer {
  const share = total === 0 ? 0 : count / total;
  const half = total === 0 ? 1 : 1.96 * Math.sqrt((share * (1 - share)) / total);
  return {
    name: server,
    expected: 1 / 3,
    count,
    share,
    low: Math.max(0, share - half),
    high: Math.min(1, share + half),
    errors: 0,
    latencyMs: { p50: 60, p95: 100 },
    ...more,
  };
}

export function measurement(more: Partial<Measurement> = {}): Measurement {
  return {
    source: 'probe',
    target: 'https://app.example.com/whoami',
    address: '192.0.2.80',
    pool: 'be_app',
    outcome: 'pass',
    reason: say`even within ${percent(0.25)} of each share`,
    requests: 612,
    seconds: 12.4,
    tolerance: '25%',
    errors: { share: 0, limit: 0.01 },
    evidence: { uneven: -3.2, even: 4.9, threshold: Math.log(100) },
    independent: null,
    indistinguishable: [],
    servers: [measuredServer('web1', 208, 612), measuredServer('web2', 202, 612), measuredServer('web3', 202, 612)],
    unexpected: [],
    unidentified: 0,
    explanations: [],
    notes: [],
    ...more,
  };
}

/** After a deploy that took the weights back but was never loaded. */
export function oldFileLoaded(): Report {
  const base = backend(['weight 30 check', 'weight 10 check', 'weight 10 check']);
  const head = backend(['weight 10 check', 'weight 10 check', 'weight 10 check']);
  const report = changeReport(base, head);
  const before = serverOf(changeReport(undefined, base), 'web1').weight.at;
  const explanation = (more: Partial<Explanation> & Pick<Explanation, 'cause'>): Explanation => ({
    score: 0.0001,
    predicts: {},
    fits: false,
    what: say`${more.cause}`,
    next: say`look elsewhere`,
    ...more,
  });
  const measured = measurement({
    outcome: 'fail',
    reason: say`${'web1'} answers ${percent(0.61)} of the requests; ${percent(1 / 3)} expected.`,
    requests: 232,
    seconds: 5,
    errors: { share: 0.0129, limit: 0.01 },
    evidence: { uneven: 31.7, even: -40, threshold: Math.log(100) },
    servers: [
      measuredServer('web1', 141, 232, { errors: 3, latencyMs: { p50: 180, p95: 412 } }),
      measuredServer('web2', 47, 232, { latencyMs: { p50: 61, p95: 99.4 } }),
      measuredServer('web3', 44, 232, { latencyMs: { p50: 62, p95: 101 } }),
    ],
    explanations: [
      explanation({
        cause: 'old-file-loaded',
        at: before,
        revision: '3f2c1a9',
        score: 0.9996,
        predicts: { web1: 0.6, web2: 0.2, web3: 0.2 },
        fits: true,
        what: say`The file before this deploy is still loaded (${'haproxy.cfg:7'} at ${'3f2c1a9'}: ${'weight 30'}): it gives 60 / 20 / 20%.`,
        next: say`Do not roll back the application: the split is made in the load balancer. Check and reload it: ${'haproxy -c -f haproxy.cfg && systemctl reload haproxy'}.`,
      }),
      explanation({
        cause: 'configured-weights',
        at: poolOf(report).at,
        predicts: { web1: 1 / 3, web2: 1 / 3, web3: 1 / 3 },
      }),
      explanation({ cause: 'server-down', predicts: { web1: 0.5, web2: 0.5, web3: 0 } }),
    ],
    notes: [say`${'web1'} is slow: its median is 180 ms, that of the others 61 ms`],
  });
  return { ...report, outcome: 'fail', summary: measured.reason, measurements: [measured] };
}

/** Nothing tells which server answered. */
export function noIdentity(): Report {
  const measured = measurement({
    outcome: 'inconclusive',
    reason: say`10 answers, none with the header ${'x-served-by'}, so no server could be counted. Name the header or cookie in ${'identify-by'}, or send it from the servers`,
    requests: 10,
    seconds: 0.4,
    tolerance: null,
    evidence: null,
    servers: [],
    unidentified: 10,
    pool: null,
  });
  return changeReport(undefined, backend(['check', 'check', 'check']), {
    outcome: 'inconclusive',
    summary: measured.reason,
    measurements: [measured],
    pools: [],
    inputs: [],
    diff: { ...changeReport(undefined, '').diff, pools: [] },
  });
}

/** One target with three addresses, of which one splits in another way. */
export function threeAddresses(): Report {
  const text = backend(['check', 'check', 'check']);
  const report = changeReport(text, text);
  const uneven = measurement({
    address: '192.0.2.82',
    outcome: 'fail',
    reason: say`${'web3'} answers none of 300 requests; ${percent(1 / 3)} expected.`,
    requests: 300,
    evidence: { uneven: 55, even: -60, threshold: Math.log(100) },
    servers: [
      measuredServer('web1', 151, 300),
      measuredServer('web2', 149, 300),
      measuredServer('web3', 0, 300, { latencyMs: null }),
    ],
    indistinguishable: ['server-down', 'address-differs'],
    explanations: [
      {
        cause: 'server-down',
        at: serverOf(report, 'web3').at,
        score: 0.98,
        predicts: { web1: 0.5, web2: 0.5, web3: 0 },
        fits: true,
        what: say`${'web3'} is down or out of rotation; the others share its traffic.`,
        next: say`Look at ${'web3'} first: does it run, does its health check pass?`,
      },
    ],
  });
  const measurements = [measurement({ address: '192.0.2.81' }), uneven, measurement({ address: '2001:db8::83' })];
  return { ...report, outcome: 'fail', summary: uneven.reason, measurements };
}
