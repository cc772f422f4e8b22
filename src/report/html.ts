import { createHash } from 'node:crypto';
import type { Report } from '../model/report.ts';
import { formatNumber } from '../text/say.ts';
import type { Section } from './blocks.ts';
import { htmlEscape, plainText } from './escape.ts';
import { htmlBlocks } from './html-blocks.ts';
import { excerpts, measurementCharts } from './html-charts.ts';
import { STYLE } from './html-style.ts';
import { layout } from './layout.ts';
import { NO_LINKS, type Links } from './links.ts';
import { WHOLE, type Size } from './size.ts';
import { headline } from './words.ts';

/** A page that can be attached to a mail, in bytes. */
const PAGE_BYTES = 300_000;

const EXCERPTS = 20;

/** From everything to little; the first that fits is taken. */
const SIZES: readonly Size[] = [
  WHOLE,
  { ...WHOLE, pools: 200, rows: 300, findings: 150, changes: 400, items: 200 },
  { ...WHOLE, pools: 50, rows: 150, findings: 80, changes: 200, items: 100 },
  { ...WHOLE, pools: 20, rows: 50, findings: 40, changes: 80, items: 50 },
  { ...WHOLE, pools: 5, rows: 20, findings: 10, changes: 20, items: 20, changedOnly: true },
];

const LABELS: Readonly<Record<string, string>> = {
  verdict: 'Verdict',
  unread: 'What could not be read',
  measured: 'What was measured',
  split: 'Measured shares',
  cause: 'Cause',
  remarks: 'Remarks',
  explanations: 'Explanations tried',
  how: 'How it was measured',
  pools: 'Predicted shares',
  routes: 'Routes',
  findings: 'Findings',
  ignored: 'Set aside',
  asked: 'Questions for a person',
  settings: 'Changed settings',
  checklist: 'Checklist',
  notes: 'Notes',
};

/**
 * The report as one page under 300 kB that needs nothing else: no network, no script, and a policy that allows only its
 * own style. What is left out to fit is counted aloud.
 */
export function renderHtml(report: Report, links: Links = NO_LINKS): string {
  let page = '';
  for (const size of SIZES) {
    page = htmlPage(report, links, size);
    if (Buffer.byteLength(page, 'utf8') <= PAGE_BYTES) break;
  }
  return page;
}

function htmlPage(report: Report, links: Links, size: Size): string {
  const { text, mark } = headline(report);
  const open = mark === 'fail';
  const sections = layout(report, size).map((section) => sectionHtml(section, links, size, open));
  const at = sections.findLastIndex(({ name }) => name === 'cause' || name === 'findings' || name === 'verdict');
  const body = sections.map((section, i) => section.html + (i === at ? excerptSection(report) : ''));
  const style = createHash('sha256').update(STYLE).digest('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${htmlEscape(plainText(text))}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body.join('\n')}
</main>
<footer>${footer(report, links)}</footer>
</body>
</html>
`;
}

function sectionHtml(section: Section, links: Links, size: Size, open: boolean): { name: string; html: string } {
  const rows = Math.min(size.rows, 200);
  const charts = section.about === undefined ? '' : measurementCharts(section.about, rows);
  const label = LABELS[section.name] ?? section.name;
  const html = `<section aria-label="${label}">\n${htmlBlocks(section.blocks, links, open)}${charts}\n</section>`;
  return { name: section.name, html };
}

function excerptSection(report: Report): string {
  const { html, left } = excerpts(report, EXCERPTS);
  if (html === '') return '';
  const more = left > 0 ? `<p>and ${formatNumber(left)} more places in the JSON report</p>` : '';
  return `\n<section aria-label="Lines"><h2>The lines to look at</h2>${html}${more}</section>`;
}

function footer(report: Report, links: Links): string {
  const sha = links.headSha ?? report.head?.sha ?? '';
  const commit = /^[0-9a-f]{7,64}$/.test(sha) ? `Commit ${sha.slice(0, 7)} · ` : '';
  const run = links.runUrl === undefined ? '' : `<a href="${htmlEscape(links.runUrl)}" rel="noreferrer">the run</a> · `;
  return `<p>${commit}${run}${htmlEscape(report.tool.name)} ${htmlEscape(report.tool.version)}</p>`;
}
