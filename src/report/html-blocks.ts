import { Text } from '../model/text.ts';
import { shareText, trendText } from './bars.ts';
import type { Block, Inline, Line, Mark, Place } from './blocks.ts';
import { ASK_LIMIT, clean, html, htmlEscape, visibleLine } from './escape.ts';
import { barSvg, intervalText, scroll } from './html-charts.ts';
import { blobUrl, ruleUrl, type Links } from './links.ts';

const SIGNS: Readonly<Record<Mark, readonly [sign: string, word: string]>> = {
  pass: ['✓', 'pass'],
  fail: ['✗', 'problem'],
  warning: ['!', 'warning'],
  notice: ['i', 'notice'],
  open: ['?', 'open'],
  skipped: ['–', 'n/a'],
};

/** Blocks as HTML. `open`: details that are worth it stand open. */
export function htmlBlocks(blocks: readonly Block[], links: Links, open: boolean): string {
  return blocks.map((block) => htmlBlock(block, links, open)).join('\n');
}

function htmlBlock(block: Block, links: Links, open: boolean): string {
  const line = (inlines: Line): string => htmlLine(inlines, links);
  switch (block.kind) {
    case 'heading':
      return `<h1>${signHtml(block.mark)} ${html(block.text)}</h1>`;
    case 'subheading':
      return `<h2>${line(block.line)}</h2>`;
    case 'title':
      return `<h2>${html(block.text)}</h2>`;
    case 'paragraph':
      return `<p>${line(block.line)}</p>`;
    case 'caution':
      return `<p class="caution">${line(block.line)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${line(item)}</li>`).join('\n')}</ul>`;
    case 'table':
      return htmlTable(block, links);
    case 'fence':
      return `<pre tabindex="0" role="region" aria-label="Text">${block.text.split('\n').map(fenceLine).join('')}</pre>`;
    case 'details':
      return `<details${open && block.open ? ' open' : ''}><summary>${htmlEscape(block.title)}</summary>\n${htmlBlocks(block.blocks, links, open)}\n</details>`;
    case 'footer':
      return `<p>${line(block.line)}</p>`;
  }
}

function fenceLine(text: string): string {
  const kind = text.startsWith('+') ? ' class="add"' : text.startsWith('-') ? ' class="del"' : '';
  return `<span${kind}>${htmlEscape(visibleLine(text)) || ' '}</span>`;
}

function htmlTable({ caption, columns, rows }: Extract<Block, { kind: 'table' }>, links: Links): string {
  const classOf = (i: number): string => (columns[i]?.align === 'right' ? ' class="n"' : '');
  const head = columns.map((column, i) => `<th scope="col"${classOf(i)}>${htmlEscape(column.title)}</th>`);
  const body = rows.map((row) => {
    const cells = row.map((cell, i) =>
      i === 0 ? `<th scope="row">${htmlLine(cell, links)}</th>` : `<td${classOf(i)}>${htmlLine(cell, links)}</td>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  const label = caption.parts.map((part) => part.text).join('');
  return scroll(
    clean(label),
    `<table><caption>${html(caption)}</caption><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('\n')}</tbody></table>`,
  );
}

function htmlLine(line: Line, links: Links): string {
  return line
    .map((inline) => htmlInline(inline, links))
    .join('')
    .trim();
}

function htmlInline(inline: Inline, links: Links): string {
  if (inline instanceof Text) return html(inline);
  switch (inline.kind) {
    case 'mark':
      return markHtml(inline.mark, inline.word);
    case 'bold':
      return `<strong>${html(inline.text)}</strong>`;
    case 'place':
      return placeHtml(inline.place, links);
    case 'ask':
      return htmlEscape(clean(inline.text.parts.map((part) => part.text).join(''), ASK_LIMIT));
    case 'see': {
      const url = blobUrl(links, inline.place);
      return url === undefined ? '' : ` ${anchor('See the line', url)}.`;
    }
    case 'rule':
      return anchor(`<code>${htmlEscape(clean(inline.rule))}</code>`, ruleUrl(links, inline.rule));
    case 'bar': {
      const share = inline.bar.strong ? `<strong>${shareText(inline.bar)}</strong>` : shareText(inline.bar);
      const more = [intervalText(inline.bar), trendText(inline.bar)].filter((part) => part !== '').join(' ');
      return `${barSvg(inline.bar)} ${share} ${htmlEscape(more)}`.trimEnd();
    }
    case 'link':
      return inline.to === 'docs' ? anchor(htmlEscape(inline.words), links.docsUrl) : 'JSON report';
    case 'break':
      return '<br>';
  }
}

/** The sign alone: the words beside it say what it means. */
function signHtml(mark: Mark): string {
  return `<span class="sign ${mark}" aria-hidden="true">${SIGNS[mark][0]}</span>`;
}

function markHtml(mark: Mark, word: string | undefined): string {
  const [sign, name] = SIGNS[mark];
  return `<span class="sign ${mark}">${sign} ${htmlEscape(clean(word ?? name))}</span>`;
}

function placeHtml(place: Place, links: Links): string {
  const label = `<code>${htmlEscape(clean(`${place.file}:${place.line}`))}</code>`;
  const link = anchor(label, blobUrl(links, place));
  return place.revision === undefined ? link : `${link} at <code>${htmlEscape(clean(place.revision))}</code>`;
}

/** `label` is HTML. */
function anchor(label: string, url: string | undefined): string {
  return url === undefined ? label : `<a href="${htmlEscape(url)}" rel="noreferrer">${label}</a>`;
}
