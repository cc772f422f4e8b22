import type { Report } from '../model/report.ts';
import { Text } from '../model/text.ts';
import { barText, shareText, trendText } from './bars.ts';
import type { Block, Inline, Line, Mark } from './blocks.ts';
import { clean, plainAsk, plainText, plainValue, styled, terminalText, visibleLine, type Style } from './escape.ts';
import { inspection, layout } from './layout.ts';
import { WHOLE, type Size } from './size.ts';
import { standing } from './words.ts';
import { pad, styledWidth, wrap } from './width.ts';

/** How a terminal can be written to. `width` in columns. */
export interface TerminalMode {
  readonly color: boolean;
  readonly width: number;
}

const TERMINAL: Size = { ...WHOLE, rows: 40, pools: 40, findings: 200, changes: 200, items: 100, brief: true };

const SIGNS: Readonly<Record<Mark, readonly [sign: string, style: Style]>> = {
  pass: ['✓', 'green'],
  fail: ['✗', 'red'],
  warning: ['!', 'yellow'],
  notice: ['i', 'blue'],
  open: ['?', 'yellow'],
  skipped: ['-', 'dim'],
};

/** The report for a terminal, with the sections and words of the Markdown one; without a line end at its end. */
export function renderTerminal(report: Report, mode: TerminalMode): string {
  const sections = layout(report, TERMINAL);
  const parts = sections.flatMap((section) => section.blocks).map((block) => terminalBlock(block, mode));
  const rule = sections.some((section) => section.name === 'findings') ? standing(report)[0]?.rule : undefined;
  if (rule !== undefined) parts.push(styled(`evenkeel why ${clean(rule)} explains that rule.`, 'dim', mode.color));
  return parts.join('\n\n');
}

/** Pools, routes and predicted shares for a terminal; nothing is judged. */
export function renderInspection(report: Report, mode: TerminalMode): string {
  return renderBlocks(
    inspection(report, TERMINAL).flatMap((section) => section.blocks),
    mode,
  );
}

/** Blocks for a terminal, without a line end at their end. */
export function renderBlocks(blocks: readonly Block[], mode: TerminalMode): string {
  return blocks.map((block) => terminalBlock(block, mode)).join('\n\n');
}

function terminalBlock(block: Block, mode: TerminalMode): string {
  const line = (inlines: Line, indent = ''): string => wrapped(terminalLine(inlines, mode), mode, indent);
  switch (block.kind) {
    case 'heading': {
      const [sign, style] = SIGNS[block.mark];
      return (
        styled(`${sign} ${plainText(block.text)}`, style, mode.color).replace(/^/, mode.color ? '\u001b[1m' : '') +
        (mode.color ? '\u001b[22m' : '')
      );
    }
    case 'title':
      return styled(plainText(block.text), 'bold', mode.color);
    case 'subheading':
    case 'paragraph':
    case 'footer':
      return line(block.line);
    case 'caution':
      return line([{ kind: 'mark', mark: 'fail' }, ...spaced(block.line)], '  ');
    case 'list':
      return block.items
        .map((item) => (item[0] !== undefined && isMark(item[0]) ? line(item, '  ') : `- ${line(item, '  ')}`))
        .join('\n');
    case 'table':
      return terminalTable(block, mode);
    case 'fence':
      return block.text
        .split('\n')
        .map((text) => `  ${fenceLine(text, mode)}`)
        .join('\n');
    case 'details': {
      const title = styled(block.title, 'bold', mode.color);
      return [title, ...block.blocks.map((inner) => terminalBlock(inner, mode))].join('\n');
    }
  }
}

function isMark(inline: Inline): boolean {
  return !(inline instanceof Text) && inline.kind === 'mark';
}

function spaced(line: Line): Line {
  return [new Text([{ kind: 'words', text: ' ' }]), ...line];
}

/** The lines of a text, each wrapped; `indent` is that of all lines but the first. */
function wrapped(text: string, mode: TerminalMode, indent: string): string {
  const [first = '', ...rest] = text.split('\n');
  const room = mode.width;
  return [
    wrap(first, room, indent),
    ...rest.map((next) => indent + wrap(next.trimStart(), room - indent.length, indent)),
  ].join('\n');
}

function terminalLine(line: Line, mode: TerminalMode): string {
  let out = '';
  for (const inline of line) {
    const piece = terminalInline(inline, mode);
    if (piece === '\n') out = `${out.trimEnd()}\n`;
    else out += /(?:^|[ \n])$/.test(out) ? piece.trimStart() : piece;
  }
  return out.trim();
}

function terminalInline(inline: Inline, mode: TerminalMode): string {
  const { color } = mode;
  if (inline instanceof Text) return terminalText(inline, color);
  switch (inline.kind) {
    case 'mark': {
      const [sign, style] = SIGNS[inline.mark];
      return styled(inline.word === undefined ? sign : `${sign} ${clean(inline.word)}`, style, color);
    }
    case 'bold':
      return styled(plainText(inline.text), 'bold', color);
    case 'place': {
      const { file, line, revision } = inline.place;
      const at = revision === undefined ? '' : ` at ${plainValue(revision)}`;
      return styled(`${clean(file)}:${line}`, 'cyan', color) + at;
    }
    case 'ask':
      return plainAsk(inline.text);
    case 'see':
      return '';
    case 'rule':
      return styled(`(${clean(inline.rule)})`, 'dim', color);
    case 'bar': {
      const share = styled(
        pad(shareText(inline.bar), 5, 'right'),
        inline.bar.strong ? 'bold' : 'dim',
        color && inline.bar.strong,
      );
      return `${barText(inline.bar)} ${share} ${trendText(inline.bar)}`.trimEnd();
    }
    case 'link':
      return inline.to === 'run' ? 'report that --json prints' : clean(inline.words);
    case 'break':
      return '\n';
  }
}

function terminalTable({ columns, rows }: Extract<Block, { kind: 'table' }>, mode: TerminalMode): string {
  const cells = rows.map((row) => row.map((cell) => terminalLine(cell, mode)));
  const widths = columns.map((column, i) =>
    Math.max(styledWidth(column.title), ...cells.map((row) => styledWidth(row[i] ?? ''))),
  );
  const lineOf = (row: readonly string[], style?: Style): string =>
    `  ${row.map((cell, i) => pad(style ? styled(cell, style, mode.color) : cell, widths[i] ?? 0, columns[i]?.align ?? 'left')).join('  ')}`.trimEnd();
  return [
    lineOf(
      columns.map((column) => column.title),
      'dim',
    ),
    ...cells.map((row) => lineOf(row)),
  ].join('\n');
}

function fenceLine(text: string, { color }: TerminalMode): string {
  const style = text.startsWith('+') ? 'green' : text.startsWith('-') ? 'red' : 'dim';
  return styled(visibleLine(text), style, color);
}
