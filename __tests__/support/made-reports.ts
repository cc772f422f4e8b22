import { compare } from '../../src/compare/compare.ts';
import { routeParts } from '../../src/compare/flow.ts';
import { worstLoss } from '../../src/compare/loss.ts';
import { diffDocument } from '../../src/compare/diff-document.ts';
import type { Pool } from '../../src/model/pool.ts';
import type { MeasuredServer, Measurement } from '../../src/model/measurement.ts';
import type { Report } from '../../src/model/report.ts';
import { percent, say, words } from '../../src/text/say.ts';
import { configOf, LINKS } from './reports.ts';

/** Reports with stated findings and measurements, for what no small config gives: sizes, hostile texts, odd states. */

const TOOL = { name: 'evenkeel', version: '1.2.3' };

/** A backend of three servers; each line is what follows the address. */
export function backend(lines: readonly string[], more = ''): string {
  const servers = lines.map((line, i) => `    server web${i + 1} 192.0.2.1${i + 1}:8080 ${line}`.trimEnd());
  return `frontend www\n    bind :8080\n    default_backend be_app\n\nbackend be_app\n    balance roundrobin\n${more}${servers.join('\n')}\n`;
}

/** The report of a change between two texts, with nothing found. */
export function changeReport(base: string | undefined, head: string, more: Partial<Report> = {}): Report {
  const heads = [configOf(head)];
  const change = compare(base === undefined ? undefined : [configOf(base)], heads);
  return {
    tool: TOOL,
    outcome: 'pass',
    summary: words('Nothing to report'),
    unjudged: [],
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
