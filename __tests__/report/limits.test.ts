import type { Report } from '../../src/model/report.ts';
import { annotationsOf } from '../../src/report/annotations.ts';
import { toDocument } from '../../src/report/document.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderComment, renderReviewIssue, renderSummaries, statusDescription } from '../../src/report/markdown.ts';
import { toSarif } from '../../src/report/sarif.ts';
import { renderTerminal } from '../../src/report/terminal.ts';
import { name, say, sentences } from '../../src/text/say.ts';
import { changeReport, measuredServer, measurement, poolOf } from '../support/made-reports.ts';
import { LINKS, twoProblems } from '../support/reports.ts';

const SERVERS = 3000;
const FINDINGS = 500;
const SUMMARY_BYTES = 1_048_576;
const COMMENT_CHARACTERS = 65_536;
const PAGE_BYTES = 300_000;

/** A pool of 3,000 servers, one of which takes more, and 500 findings; `text` is in every foreign place. */
function huge(text: string): Report {
  const lines = (first: number): string =>
    Array.from(
      { length: SERVERS },
      (_, i) => `    server web${i} 10.${i >> 8}.${i & 255}.1:8080 weight ${i === 7 ? first : 10} check`,
    ).join('\n');
  const config = (first: number): string => `backend be_app\n    balance roundrobin\n${lines(first)}\n`;
  const report = changeReport(config(10), config(100));
  const { servers } = poolOf(report);
  const measured = measurement({
    outcome: 'fail',
    reason: say`${text} answers more than its part`,
    servers: servers.map((server, i) =>
      measuredServer(`${server.name}${text}`, i === 7 ? 90 : 2, 2 * SERVERS + 88, { expected: 1 / SERVERS }),
    ),
    unexpected: Array.from({ length: 200 }, (_, i) => ({ identity: `${text}${i}`, count: 1 })),
    notes: Array.from({ length: 200 }, () => say`${text} is slow`),
  });
  return {
    ...report,
    outcome: 'fail',
    summary: say`${text} would take more`,
    findings: servers.slice(0, FINDINGS).map((server) => ({
      rule: 'weight-imbalance',
      severity: 'error',
      at: server.at,
      pool: 'be_app',
      server: server.name,
      what: say`${text} of ${server.name} is wrong`,
      why: say`${text} leads to ${text} and then to ${text}`,
      fix: say`change ${text}`,
      introduced: true,
      related: Array.from({ length: 50 }, () => ({ at: server.at, note: say`see ${text}` })),
    })),
    checklist: Array.from({ length: 300 }, (_, i) => ({
      id: `item-${i}`,
      state: 'open',
      by: 'person',
      ask: name(`${text} ${i}`),
    })),
    measurements: [measured],
    notes: Array.from({ length: 300 }, () => say`${text} is noted`),
  };
}

describe.each([
  ['short names', 'x'],
  ['names of 10,000 characters', 'y'.repeat(10_000)],
  ['names that grow when they are escaped', '|`\u202e'.repeat(40)],
])('3,000 servers and 500 findings with %s', (_, text) => {
  const report = huge(text);

  test('the comment fits and says what is left out', () => {
    const comment = renderComment(report, LINKS);
    expect(comment.length).toBeLessThanOrEqual(60_000);
    expect(comment.length).toBeLessThan(COMMENT_CHARACTERS);
    expect(comment).toContain('and 2,988 more servers in the [full report]');
    expect(comment).toContain('and 495 more findings in the [full report]');
    expect(comment).toContain('Commit 9d41c07');
  });

  test('the review issue fits', () => {
    const issue = renderReviewIssue(report, LINKS);
    expect(issue.length).toBeLessThanOrEqual(60_000);
    expect(issue).toMatch(/(?:Shortened; see|and 400 more findings in) the \[full report\]/);
  });

  test('one of the summaries fits and says what is left out', () => {
    const fitting = [...renderSummaries(report, LINKS)].find((one) => Buffer.byteLength(one, 'utf8') < SUMMARY_BYTES);
    expect(fitting).toBeDefined();
    expect(fitting).toContain('weight-imbalance');
  });

  test('the shortest summary is far from the limit', () => {
    const shortest = [...renderSummaries(report, LINKS)].at(-1) ?? '';
    expect(Buffer.byteLength(shortest, 'utf8')).toBeLessThan(SUMMARY_BYTES / 4);
    expect(shortest).toContain('and 495 more findings');
  });

  test('the page fits and says what is left out', () => {
    const page = renderHtml(report, LINKS);
    expect(Buffer.byteLength(page, 'utf8')).toBeLessThanOrEqual(PAGE_BYTES);
    expect(page).toMatch(/and [\d,]+ more servers in the /);
    expect(page).toMatch(/and [\d,]+ more findings in the /);
    expect(page).toContain('more places in the JSON report');
  });

  test('the terminal, the status, annotations and SARIF are bounded', () => {
    const shown = renderTerminal(report, { color: false, width: 100 });
    expect(shown.length).toBeLessThan(500_000);
    expect(shown).toContain('and 2,960 more servers in the report that --json prints');
    expect(statusDescription(report).length).toBeLessThanOrEqual(140);
    const annotations = annotationsOf(report);
    expect(annotations).toHaveLength(FINDINGS + 1);
    expect(annotations.every(({ message }) => message.length <= 4096)).toBe(true);
    const sarif = JSON.stringify(toSarif(report, LINKS));
    expect(sarif.length).toBeLessThan(10_000_000);
  });

  test('only the document has everything', () => {
    const document = toDocument(report);
    expect(document.pools[0]?.servers).toHaveLength(SERVERS);
    expect(document.findings).toHaveLength(FINDINGS);
  });
});

test('SARIF beyond what GitHub shows is cut, worst first, and says so', () => {
  const report = huge('x');
  const [first] = report.findings;
  if (first === undefined) throw new Error('no finding');
  const many = Array.from({ length: 5003 }, (_, i) => ({
    ...first,
    severity: i === 5002 ? ('error' as const) : ('warning' as const),
    related: [],
  }));
  const [run] = toSarif({ ...report, findings: many }).runs;
  expect(run?.results).toHaveLength(5000);
  expect(run?.results[0]?.level).toBe('error');
  expect(run?.invocations[0]?.toolExecutionNotifications).toEqual([
    { level: 'note', message: { text: '3 more findings are left out; the JSON report has all.' } },
  ]);
});

test('a comment drops the sections of least worth first, says so, and keeps what decides', () => {
  const report = twoProblems();
  const long = Array.from({ length: 80 }, (_, i) => say`${'y'.repeat(70)} is item ${i}.`);
  const rendered = (findings: number): string =>
    renderComment(
      {
        ...report,
        findings: report.findings
          .slice(0, 1)
          .flatMap((one) => Array.from({ length: findings }, () => ({ ...one, why: sentences(...long) }))),
      },
      LINKS,
    );
  expect(rendered(1)).not.toContain('Shortened');
  expect(rendered(1)).toContain('<details><summary>Checklist');
  expect(rendered(5)).not.toContain('Shortened');
  const wide = renderComment({ ...report, notes: Array.from({ length: 20 }, () => sentences(...long)) }, LINKS);
  expect(wide).toMatch(/^### ❌ Load balancers: 2 problems in `haproxy\.cfg`\n/);
  expect(wide).toContain('Shortened; see the [full report](https://github.example/acme/edge/actions/runs/1).');
  expect(wide).toContain('**`web3` of `be_app` loses its health check.**');
  expect(wide).not.toContain('Good to know');
  expect(wide).toContain('<details><summary>Checklist');
});
