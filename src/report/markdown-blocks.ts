import { Text } from '../model/text.ts';
import { barText, shareText, trendText } from './bars.ts';
import type { Block, Inline, Line, Mark } from './blocks.ts';
import { ASK_LIMIT, markdown, markdownFence, markdownWords } from './escape.ts';
import { blobUrl, markdownLink, markdownPlace, ruleUrl, type Links } from './links.ts';

/** A mark as the emoji that stands before its word. */
export const SIGNS: Readonly<Record<Mark, string>> = {
  pass: '✅',
  fail: '❌',
  warning: '⚠️',
  notice: 'ℹ️',
  open: '⏳',
  skipped: '➖',
};

export interface MarkdownMode {
  readonly links: Links;
  /** Details that are worth it stand open. */
  readonly open: boolean;
}

/** Blocks as GitHub's Markdown. */
export function markdownBlocks(blocks: readonly Block[], mode: MarkdownMode): string {
  return blocks.map((block) => markdownBlock(block, mode)).join('\n\n');
}

function markdownBlock(block: Block, mode: MarkdownMode): string {
  const line = (inlines: Line): string => markdownLine(inlines, mode.links, false);
  switch (block.kind) {
    case 'heading':
      return `### ${SIGNS[block.mark]} ${markdown(block.text)}`;
    case 'subheading':
      return `#### ${line(block.line)}`;
    case 'title':
      return `**${markdown(block.text, { bold: true })}**`;
    case 'paragraph':
      return line(block.line);
    case 'caution':
      return `> [!CAUTION]\n> ${line(block.line)}`;
    case 'list':
      return block.items.map((item) => `- ${line(item)}`).join('\n');
    case 'table':
      return markdownTable(block, mode.links);
    case 'fence':
      return markdownFence(block.text, block.language);
    case 'details': {
      const open = mode.open && block.open ? ' open' : '';
      const body = markdownBlocks(block.blocks, mode);
      // The title is ours: foreign text in a summary would be read as HTML.
      return `<details${open}><summary>${block.title}</summary>\n\n${body}\n\n</details>`;
    }
    case 'footer':
      return `<sub>${line(block.line)}</sub>`;
  }
}

function markdownTable({ columns, rows }: Extract<Block, { kind: 'table' }>, links: Links): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    row(columns.map((column) => column.title)),
    row(columns.map((column) => (column.align === 'right' ? '--:' : ':--'))),
    ...rows.map((cells) => row(cells.map((cell) => markdownLine(cell, links, true)))),
  ].join('\n');
}

function markdownLine(line: Line, links: Links, cell: boolean): string {
  let out = '';
  for (const inline of line) {
    const piece = markdownInline(inline, links, cell);
    // Backticks of two neighbours would make one longer fence; two spaces are one.
    if (out.endsWith('`') && piece.startsWith('`')) out += ` ${piece}`;
    else out += /(?: |<br>)$/.test(out) ? piece.trimStart() : piece;
  }
  return out.trim();
}

function markdownInline(inline: Inline, links: Links, cell: boolean): string {
  if (inline instanceof Text) return markdown(inline, { cell });
  switch (inline.kind) {
    case 'mark':
      return inline.word === undefined ? SIGNS[inline.mark] : `${SIGNS[inline.mark]} ${markdownWords(inline.word)}`;
    case 'bold':
      return `**${markdown(inline.text, { cell, bold: true })}**`;
    case 'place':
      return markdownPlace(links, inline.place, cell);
    case 'ask':
      return markdown(inline.text, { cell, limit: ASK_LIMIT });
    case 'see': {
      const url = blobUrl(links, inline.place);
      return url === undefined ? '' : ` ${markdownLink('See the line', url)}.`;
    }
    case 'rule': {
      const url = ruleUrl(links, inline.rule);
      return cell
        ? markdownLink(markdownWords(inline.rule), url)
        : `(${markdownLink(markdownWords(inline.rule), url)})`;
    }
    case 'bar': {
      const share = inline.bar.strong ? `**${shareText(inline.bar)}**` : shareText(inline.bar);
      return `\`${barText(inline.bar)}\` ${share} ${trendText(inline.bar)}`.trimEnd();
    }
    case 'link':
      return markdownLink(markdownWords(inline.words), inline.to === 'run' ? links.runUrl : links.docsUrl);
    case 'break':
      return '<br>';
  }
}
