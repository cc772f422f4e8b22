import type { DiffServer } from '../model/diff.ts';
import type { Report } from '../model/report.ts';
import { count, formatPercent, words } from '../text/say.ts';
import { worstFirst } from '../verify/outcome.ts';
import type { Block, Line, Section } from './blocks.ts';
import { clean, plainText } from './escape.ts';
import { layout } from './layout.ts';
import type { Links } from './links.ts';
import { markdownBlocks, SIGNS, type MarkdownMode } from './markdown-blocks.ts';
import { WHOLE, type Size } from './size.ts';
import { headline, standing } from './words.ts';

/** GitHub takes 65,536 characters; the marker and what others add must fit too. */
const BODY_CHARACTERS = 60_000;

/** Longest description of a commit or deployment status, in characters. */
const STATUS_CHARACTERS = 140;

const COMMENT: Size = {
  pools: 3,
  rows: 12,
  findings: 5,
  changes: 40,
  items: 20,
  changedOnly: true,
  brief: false,
  paste: true,
};
const ISSUE: Size = {
  pools: 30,
  rows: 20,
  findings: 100,
  changes: 100,
  items: 100,
  changedOnly: false,
  brief: false,
  paste: false,
};

/** From everything to little; a reader of a summary that must be short still sees the worst of each part. */
const SUMMARIES: readonly Size[] = [
  WHOLE,
  { ...WHOLE, pools: 500, rows: 1000, findings: 500, changes: 1000, items: 500 },
  { ...WHOLE, pools: 100, rows: 200, findings: 200, changes: 200, items: 100 },
  { ...WHOLE, pools: 20, rows: 50, findings: 50, changes: 50, items: 50 },
  { ...COMMENT, paste: false },
];

/** The comment on a pull request: what matters, at most 60,000 characters; says so when parts had to go. */
export function renderComment(report: Report, links: Links): string {
  return fitted(layout(report, COMMENT), { links, open: false }, footer(report, links, 'updated on every push'));
}

/** The issue of a scheduled review: all configs, at most 60,000 characters. */
export function renderReviewIssue(report: Report, links: Links): string {
  return fitted(layout(report, ISSUE), { links, open: false }, footer(report, links, 'updated by every review'));
}

/** The job summary, from full to short, so that the first that fits can be taken. */
export function* renderSummaries(report: Report, links: Links): Iterable<string> {
  for (const size of SUMMARIES) {
    const blocks = layout(report, size).flatMap((section) => section.blocks);
    yield `${markdownBlocks([...blocks, footer(report, links)], { links, open: report.outcome !== 'pass' })}\n`;
  }
}

/** Sections as one text of at most BODY_CHARACTERS: those of most worth first, each that still fits; says so when one does not. */
function fitted(sections: readonly Section[], mode: MarkdownMode, last: Block): string {
  const pointer: Line = [words('Shortened; see the '), { kind: 'link', to: 'run', words: 'full report' }, words('.')];
  const note = markdownBlocks([{ kind: 'paragraph', line: pointer }], mode);
  const end = `${markdownBlocks([last], mode)}\n`;
  const parts = sections.map(({ worth, blocks }) => ({ worth, text: markdownBlocks(blocks, mode) }));
  let room = BODY_CHARACTERS - note.length - end.length - 4;
  const kept = new Set<string>();
  for (const { text } of parts.toSorted((a, b) => b.worth - a.worth)) {
    if (text.length + 2 > room) continue;
    room -= text.length + 2;
    kept.add(text);
  }
  const shown = parts.map((part) => part.text).filter((text) => kept.has(text));
  return [...shown, ...(shown.length < parts.length ? [note] : []), end].join('\n\n');
}

/** Which commit it is about (a report of an old push must be recognised) and where more is. */
function footer(report: Report, links: Links, refreshed?: string): Block {
  const sha = links.headSha ?? report.head?.sha ?? undefined;
  const commit = sha !== undefined && /^[0-9a-f]{7,64}$/.test(sha) ? [words(`Commit ${sha.slice(0, 7)}`)] : [];
  const parts: Line = [
    ...commit,
    ...(links.runUrl === undefined ? [] : [{ kind: 'link', to: 'run', words: 'full report' } as const]),
    ...(links.docsUrl === undefined ? [] : [{ kind: 'link', to: 'docs', words: 'how to read this' } as const]),
    ...(refreshed === undefined ? [] : [words(refreshed)]),
    ...(commit.length + Number(links.runUrl !== undefined) > 0
      ? []
      : [words(`${report.tool.name} ${report.tool.version}`)]),
  ];
  return { kind: 'footer', line: parts.flatMap((part, i) => (i === 0 ? [part] : [words(' · '), part])) };
}

/** The report in one line of plain text, at most 140 characters, for statuses of deployments. */
export function statusDescription(report: Report): string {
  const { mark, about, text } = headline(report);
  const [worst] = worstFirst(report.measurements);
  const parts = [plainText(text).replace(/^(?:Load balancers|After deploy): /, '')];
  if (about === 'measurement' && worst !== undefined) {
    const off = worst.servers
      .filter((server) => server.expected !== null)
      .toSorted((a, b) => Math.abs(b.share - (b.expected ?? 0)) - Math.abs(a.share - (a.expected ?? 0)))[0];
    if (off !== undefined && worst.outcome === 'fail') {
      parts.push(`${clean(off.name, 40)} ${formatPercent(off.share)}, ${formatPercent(off.expected)} expected`);
    } else parts.push(`${worst.requests} requests`);
  } else {
    const shift = largestShift(report);
    if (shift !== undefined) parts.unshift(shift);
    const warnings = standing(report).filter((finding) => finding.severity === 'warning').length;
    if (report.outcome === 'fail' && warnings > 0) parts.push(plainText(count(warnings, 'warning')));
  }
  return cut(`${SIGNS[mark]} ${parts.join('; ')}`);
}

/** Cut at GitHub's limit, never within a pair of surrogates. */
function cut(text: string): string {
  if (text.length <= STATUS_CHARACTERS) return text;
  return `${text.slice(0, STATUS_CHARACTERS - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

function largestShift(report: Report): string | undefined {
  let most: { readonly server: DiffServer; readonly pool: string; readonly by: number } | undefined;
  for (const pool of report.diff.pools) {
    for (const server of pool.servers) {
      const by = server.before && server.after ? (server.shareIncrease ?? 0) : 0;
      if (by > (most?.by ?? 0.05)) most = { server, pool: pool.name, by };
    }
  }
  if (most === undefined) return undefined;
  const { server, pool } = most;
  const from = formatPercent(server.shareBefore);
  return `${clean(server.name, 40)} ${from} → ${formatPercent(server.shareAfter)} in ${clean(pool, 40)}`;
}
