import { SEVERITIES, type Finding, type Severity } from '../model/finding.ts';
import type { Measurement } from '../model/measurement.ts';
import type { Report } from '../model/report.ts';
import type { Span } from '../model/span.ts';
import { ended, say, sentence, sentences, words } from '../text/say.ts';
import { worstFirst } from '../verify/outcome.ts';
import { plainText } from './escape.ts';
import { isOld, likely, measuredVerdict, standing } from './words.ts';

/** A remark at a place of a file; texts are already safe to be shown in a log. Lines and columns are 1-based. */
export interface Annotation {
  readonly severity: Severity;
  readonly title: string;
  readonly message: string;
  /** Undefined when no file is to blame; the lines then mean nothing. */
  readonly file: string | undefined;
  readonly line: number;
  readonly endLine: number;
  readonly column: number;
  readonly endColumn: number;
}

/** Every remark that belongs to a line, worst first: what was measured, what could not be read, what the checklist found. */
export function annotationsOf(report: Report): readonly Annotation[] {
  const findings = standing(report).map((finding) => findingAnnotation(finding, isOld(finding, report)));
  const measured = worstFirst(report.measurements).flatMap((measurement) => measuredAnnotation(measurement, report));
  const told = new Set(report.findings.map((finding) => finding.at.source.path));
  const unread = report.inputs
    .filter((input) => input.status === 'refused' && !told.has(input.file))
    .map(({ file, line, reason }): Annotation => {
      const message = plainText(sentence(reason ?? words('It could not be read')));
      const at = { line: line ?? 1, endLine: line ?? 1, column: 1, endColumn: 1 };
      return { severity: 'error', title: 'This file could not be read', message, file, ...at };
    });
  const all = [...measured, ...unread, ...findings];
  return SEVERITIES.flatMap((severity) => all.filter((one) => one.severity === severity));
}

/** What was there before the change is told one step lower: it does not fail the run. */
const LOWERED: Readonly<Record<Severity, Severity>> = { error: 'warning', warning: 'notice', notice: 'notice' };

function findingAnnotation(finding: Finding, old: boolean): Annotation {
  const { what, why, fix } = finding;
  const before = old ? [words('This was there before the change.')] : [];
  const message = plainText(sentences(sentence(what), ...before, sentence(why), say`Fix: ${ended(fix)}`));
  const severity = old ? LOWERED[finding.severity] : finding.severity;
  return { severity, title: finding.rule, message, ...lines(finding.at) };
}

/** A measurement that did not pass, at the line that explains it, else at its pool. */
function measuredAnnotation(measurement: Measurement, report: Report): Annotation[] {
  if (measurement.outcome === 'pass') return [];
  const cause = likely(measurement);
  const advice = cause === undefined ? [] : [sentence(cause.what), sentence(cause.next)];
  const pool = report.pools.find((one) => one.pool.name === measurement.pool)?.pool;
  // A line of an older revision may be another line in this one.
  const at = (cause?.revision === undefined ? cause?.at : undefined) ?? pool?.at;
  return [
    {
      severity: measurement.outcome === 'inconclusive' ? 'warning' : 'error',
      title: `After deploy: ${measuredVerdict(measurement)}`,
      message: plainText(sentences(sentence(measurement.reason), ...advice)),
      ...(at === undefined ? { file: undefined, line: 1, endLine: 1, column: 1, endColumn: 1 } : lines(at)),
    },
  ];
}

function lines(span: Span): Pick<Annotation, 'file' | 'line' | 'endLine' | 'column' | 'endColumn'> {
  const start = span.source.position(span.start);
  const end = span.source.position(Math.max(span.start, span.end));
  return { file: span.source.path, line: start.line, endLine: end.line, column: start.column, endColumn: end.column };
}
