import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import type { Span } from '../model/span.ts';
import { ended, say, sentence, sentences } from '../text/say.ts';
import { findingIds } from './document.ts';
import { plainText, urlPath } from './escape.ts';
import { NO_LINKS, ruleUrl, type Links } from './links.ts';
import { compareSeverity } from '../rules/sort.ts';

/** GitHub shows the first 5,000 results of a run and refuses a file with more than 25,000. */
const MOST_RESULTS = 5000;
/** GitHub keeps so many places of one result. */
const MOST_RELATED = 100;

const LEVELS = { error: 'error', warning: 'warning', notice: 'note' } as const;

/** The findings as a SARIF 2.1.0 log, worst first. What somebody has set aside is in it as suppressed. */
export function toSarif(report: Report, links: Links = NO_LINKS) {
  const ids = findingIds(report.findings);
  const all = report.findings
    .map((finding, i) => ({ finding, id: ids[i] ?? '' }))
    .toSorted((a, b) => compareSeverity(a.finding.severity, b.finding.severity));
  const shown = all.slice(0, MOST_RESULTS);
  const rules = [...new Set(shown.map(({ finding }) => finding.rule))].toSorted();
  const left = all.length - shown.length;
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: report.tool.name,
            semanticVersion: report.tool.version,
            rules: rules.map((rule) => ruleDescriptor(rule, report, links)),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: report.outcome !== 'error',
            toolExecutionNotifications:
              left === 0
                ? []
                : [
                    {
                      level: 'note',
                      message: { text: `${left} more findings are left out; the JSON report has all.` },
                    },
                  ],
          },
        ],
        results: shown.map(({ finding, id }) => resultOf(finding, id, rules)),
      },
    ],
  };
}

function ruleDescriptor(rule: string, report: Report, links: Links) {
  const item = report.checklist.find(({ id, by }) => id === rule && by === 'rule');
  const title = item === undefined ? rule : safe(plainText(sentence(item.ask)));
  const url = ruleUrl(links, rule);
  return {
    id: rule,
    shortDescription: { text: title },
    fullDescription: { text: title },
    help: { text: `evenkeel why ${rule} explains it, with examples and the fix.` },
    ...(url === undefined ? {} : { helpUri: url }),
  };
}

function resultOf(finding: Finding, id: string, rules: readonly string[]) {
  const { rule, severity, what, why, fix, ignored, related } = finding;
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level: LEVELS[severity],
    message: { text: safe(plainText(sentences(sentence(what), sentence(why), say`Fix: ${ended(fix)}`))) },
    locations: [locationOf(finding.at)],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.slice(0, MOST_RELATED).map(({ at, note }, i) => ({
            id: i + 1,
            ...locationOf(at),
            message: { text: safe(plainText(sentence(note))) },
          })),
        }),
    partialFingerprints: { 'finding/v1': id },
    ...(ignored === undefined
      ? {}
      : { suppressions: [{ kind: 'external', justification: safe(plainText(say`${ignored.reason}`)) }] }),
  };
}

function locationOf({ source, start, end }: Span) {
  const from = source.position(start);
  const to = source.position(Math.max(start, end));
  return {
    physicalLocation: {
      artifactLocation: { uri: urlPath(source.path), uriBaseId: '%SRCROOT%' },
      region: { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column },
    },
  };
}

/** Viewers make a link of `[text](target)` even in plain messages. */
function safe(text: string): string {
  return text.replaceAll('](', '] (');
}
