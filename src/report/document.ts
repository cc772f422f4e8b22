import { flowDocument, keyText } from '../compare/diff-document.ts';
import { listenText } from '../compare/entries.ts';
import type { ReportEntry } from '../model/flow.ts';
import { nameOfTarget, type Target } from '../model/route.ts';
import { createHash } from 'node:crypto';
import type { DiffDocument } from '../model/diff.ts';
import type { Finding, Outcome } from '../model/finding.ts';
import type { Explanation, Measurement } from '../model/measurement.ts';
import type { Report, ReportPool, ReportRoute } from '../model/report.ts';
import { lineOf } from '../model/span.ts';
import { plain } from '../text/say.ts';
import { poolDocument } from '../settings/pool-document.ts';

/** The published JSON document, schemas/report.schema.json. Texts in it are raw: who shows them must escape them. */
export interface ReportDocument {
  readonly version: 1;
  readonly tool: Report['tool'];
  readonly outcome: Outcome;
  readonly summary: string;
  readonly base: Report['base'];
  readonly head: Report['head'];
  readonly inputs: readonly {
    readonly file: string;
    readonly format: string | null;
    readonly status: string;
    readonly line: number | null;
    readonly reason: string | null;
  }[];
  readonly pools: readonly (ReturnType<typeof poolDocument> & Pick<ReportPool, 'loss' | 'headroom' | 'keysMoved'>)[];
  readonly routes: readonly ReturnType<typeof routeDocument>[];
  readonly entries: readonly ReturnType<typeof entryDocument>[];
  readonly diff: DiffDocument;
  readonly findings: readonly ReturnType<typeof findingDocument>[];
  readonly unjudged: readonly {
    readonly file: string;
    readonly line: number;
    readonly statement: string;
    readonly kind: Report['unjudged'][number]['kind'];
  }[];
  readonly checklist: readonly {
    readonly id: string;
    readonly state: Report['checklist'][number]['state'];
    readonly by: string;
    readonly ask: string;
  }[];
  readonly measurements: readonly ReturnType<typeof measurementDocument>[];
  readonly notes: readonly string[];
}

/** The report as its published document. */
export function toDocument(report: Report): ReportDocument {
  const ids = findingIds(report.findings);
  return {
    version: 1,
    tool: { name: report.tool.name, version: report.tool.version },
    outcome: report.outcome,
    summary: plain(report.summary),
    base: report.base && { ref: report.base.ref, sha: report.base.sha },
    head: report.head && { ref: report.head.ref, sha: report.head.sha },
    inputs: report.inputs.map(({ file, format, status, line, reason }) => ({
      file,
      format,
      status,
      line,
      reason: reason && plain(reason),
    })),
    pools: report.pools.map(({ pool, prediction, basePrediction, loss, headroom, keysMoved }) => ({
      ...poolDocument(pool, prediction, basePrediction ?? undefined),
      loss,
      headroom,
      keysMoved,
    })),
    routes: report.routes.map(routeDocument),
    entries: report.entries.map(entryDocument),
    diff: report.diff,
    findings: report.findings.map((finding, i) => findingDocument(finding, ids[i] ?? '')),
    unjudged: report.unjudged.map(({ at, statement, kind }) => ({
      file: at.source.path,
      line: lineOf(at),
      statement,
      kind,
    })),
    checklist: report.checklist.map(({ id, state, by, ask }) => ({ id, state, by, ask: plain(ask) })),
    measurements: report.measurements.map(measurementDocument),
    notes: report.notes.map(plain),
  };
}

/** A valid document for a run that could not start, with the one sentence that says why. */
export function errorDocument(tool: Report['tool'], summary: string): ReportDocument {
  return {
    version: 1,
    tool: { name: tool.name, version: tool.version },
    outcome: 'error',
    summary,
    base: null,
    head: null,
    inputs: [],
    pools: [],
    routes: [],
    entries: [],
    diff: {
      version: 1,
      summary: {
        poolsAdded: 0,
        poolsRemoved: 0,
        poolsChanged: 0,
        serversAdded: 0,
        serversRemoved: 0,
        checksLost: 0,
        maxShareIncrease: 0,
        maxKeysMoved: null,
      },
      pools: [],
      entries: [],
    },
    findings: [],
    unjudged: [],
    checklist: [],
    measurements: [],
    notes: [],
  };
}

/**
 * An id for each finding that stays the same while the fact does, wherever its line moves: the rule and a hash of rule,
 * file, pool and server. Further findings of the same fact are numbered in their order.
 */
export function findingIds(findings: readonly Finding[]): string[] {
  const seen = new Map<string, number>();
  return findings.map(({ rule, at, pool, server }) => {
    const fact = JSON.stringify([rule, at.source.path, pool ?? null, server ?? null]);
    const id = `${rule}-${createHash('sha256').update(fact).digest('hex').slice(0, 12)}`;
    const nth = (seen.get(id) ?? 0) + 1;
    seen.set(id, nth);
    return nth === 1 ? id : `${id}-${nth}`;
  });
}

function findingDocument(finding: Finding, id: string) {
  const { rule, severity, at, pool, server, introduced, ignored } = finding;
  const start = at.source.position(at.start);
  const end = at.source.position(Math.max(at.start, at.end));
  return {
    id,
    rule,
    severity,
    file: at.source.path,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    pool: pool ?? null,
    server: server ?? null,
    entry: null,
    edit: null,
    what: plain(finding.what),
    why: plain(finding.why),
    fix: plain(finding.fix),
    introduced,
    ignored: ignored ? { reason: ignored.reason, until: ignored.until ?? null } : null,
    related: finding.related.map((place) => ({
      file: place.at.source.path,
      line: lineOf(place.at),
      note: plain(place.note),
    })),
  };
}

function routeDocument({ route, head, base }: ReportRoute) {
  return {
    name: route.name,
    key: keyText(route.key),
    file: route.at.source.path,
    line: lineOf(route.at),
    kind: route.kind,
    to: route.to.map((target, i) => ({
      pool: nameOfTarget(target.to),
      key: keyOf(target.to),
      kind: target.to.kind,
      role: target.role,
      part: target.part ?? null,
      weight: target.weight.value ?? null,
      share: { base: base?.get(nameOfTarget(target.to)) ?? null, head: head[i] ?? null },
    })),
  };
}

function keyOf(to: Target): string | null {
  return to.kind === 'pool' ? keyText(to.pool) : to.kind === 'route' ? keyText(to.route) : null;
}

function entryDocument({ entry, matches, lost }: ReportEntry) {
  return {
    name: entry.name,
    key: entry.key.replaceAll('\0', '/'),
    file: entry.at.source.path,
    line: lineOf(entry.at),
    listens: entry.listens.map(listenText),
    hosts: entry.hosts,
    matches: matches.map(({ when, at, to, base, head }) => ({
      when,
      file: at.source.path,
      line: lineOf(at),
      to,
      flow: { base: base && flowDocument(base), head: flowDocument(head) },
    })),
    lost,
  };
}

function measurementDocument(measurement: Measurement) {
  const { source, target, address, pool, outcome, requests, seconds, tolerance, errors, evidence } = measurement;
  return {
    source,
    target,
    address,
    pool,
    outcome,
    reason: plain(measurement.reason),
    requests,
    seconds,
    tolerance,
    errors: { share: errors.share, limit: errors.limit },
    evidence: evidence && { uneven: evidence.uneven, even: evidence.even, threshold: evidence.threshold },
    independent: measurement.independent,
    indistinguishable: measurement.indistinguishable,
    servers: measurement.servers.map(({ name, expected, count, share, low, high, errors: failed, latencyMs }) => ({
      name,
      expected,
      count,
      share,
      low,
      high,
      errors: failed,
      latencyMs: latencyMs && { p50: latencyMs.p50, p95: latencyMs.p95 },
    })),
    unexpected: measurement.unexpected.map(({ identity, count }) => ({ identity, count })),
    unidentified: measurement.unidentified,
    explanations: measurement.explanations.map(explanationDocument),
    notes: measurement.notes.map(plain),
  };
}

function explanationDocument({ cause, at, revision, score, predicts, fits, what, next }: Explanation) {
  return {
    cause,
    file: at?.source.path ?? null,
    line: at ? lineOf(at) : null,
    revision: revision ?? null,
    ...(score === undefined ? {} : { score }),
    predicts: { ...predicts },
    fits,
    what: plain(what),
    next: plain(next),
  };
}
