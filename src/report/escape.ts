import type { Text } from '../model/text.ts';

/** Longest foreign value that is shown whole, in characters; longer ones lose their middle. */
const VALUE_LIMIT = 80;

/** Longest question of a checklist that is shown whole, in characters. */
export const ASK_LIMIT = 400;

/**
 * Foreign text on one line, with nothing invisible in it: line ends become spaces; control, bidi, zero-width and broken
 * characters become visible as `\u{202e}`. Cut in the middle at `limit` characters.
 */
export function clean(text: string, limit = VALUE_LIMIT): string {
  if (text.length <= limit && /^[ -~]*$/.test(text)) return text;
  // What is thrown away anyway is not looked at: a name may have millions of characters.
  const bounded = text.length > limit * 4 ? `${text.slice(0, limit * 2)}${text.slice(-limit * 2)}` : text;
  const visible = visibleControls(bounded.replace(/\r\n?|[\n\t\v\f\u2028\u2029]/g, ' '));
  const characters = Array.from(visible);
  if (characters.length <= limit) return visible;
  const head = Math.ceil((limit - 1) / 2);
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (limit - 1 - head)).join('')}`;
}

function visibleControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}

/** What stands for a value of nothing but spaces. */
const EMPTY = '(empty)';

function cleanValue(text: string, limit = VALUE_LIMIT): string {
  const value = clean(text, limit);
  return value.trim() === '' ? EMPTY : value;
}

/** Where a message stands: in a table cell, inside emphasis; and how much of a value is shown, in characters. */
export interface Where {
  readonly cell?: boolean;
  readonly bold?: boolean;
  readonly limit?: number;
}

/** A message as Markdown for a paragraph, a list item or a table cell. */
export function markdown(text: Text, where: Where = {}): string {
  let out = '';
  for (const part of text.parts) {
    const piece =
      part.kind === 'value'
        ? markdownCode(part.text, where)
        : part.kind === 'strong' && where.bold !== true
          ? `**${markdownWords(part.text)}**`
          : markdownWords(part.text);
    // Backticks of two neighbours would make one longer fence.
    out += out.endsWith('`') && piece.startsWith('`') ? ` ${piece}` : piece;
  }
  return out;
}

/** Foreign text as a code span: nothing in it is Markdown, a mention, an issue, a link, an emoji or a formula. */
export function markdownCode(value: string, where: Where = {}): string {
  let code = cleanValue(value, where.limit);
  const fence = '`'.repeat(longestRun(code) + 1);
  if (/^`|`$|^ .* $/.test(code)) code = ` ${code} `;
  // A table row is split at its pipes before code spans are found.
  if (where.cell === true) code = code.replaceAll('|', '\\|');
  return `${fence}${code}${fence}`;
}

/** Our own words: nothing in them is taken for markup. */
export function markdownWords(text: string): string {
  return clean(text, Number.MAX_SAFE_INTEGER).replace(/[\\`*_[\]<>|~$&]/g, '\\$&');
}

/** Lines of foreign text as a fenced block that they cannot end. */
export function markdownFence(text: string, language: 'diff' | 'markdown' | 'text'): string {
  const lines = text.split(/\r\n?|\n/).map(visibleLine);
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${lines.join('\n')}\n${fence}`;
}

/** One line of foreign text that keeps its tabs and its length. */
export function visibleLine(line: string): string {
  return line.split('\t').map(visibleControls).join('\t');
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}

/** A message as plain text on one line, for annotations, SARIF and status lines: a value with odd characters stands in quotes. */
export function plainText(text: Text): string {
  return text.parts.map((part) => (part.kind === 'value' ? plainValue(part.text) : cleanWords(part.text))).join('');
}

/** See `plainText`. */
export function plainValue(text: string, limit = VALUE_LIMIT): string {
  const value = cleanValue(text, limit);
  return /^[\w.:/@%$*,=+()-]+$/.test(value) ? value : `"${value}"`;
}

/** A text that somebody wrote for people, as plain text: without quotes. */
export function plainAsk(text: Text): string {
  return clean(text.parts.map((part) => part.text).join(''), ASK_LIMIT);
}

function cleanWords(text: string): string {
  return clean(text, Number.MAX_SAFE_INTEGER);
}

/** SGR codes of the few styles that a terminal report uses. */
const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 } as const;
export type Style = keyof typeof STYLES;

/** Puts text that is already safe into a style; unchanged without colour. */
export function styled(text: string, style: Style, color: boolean): string {
  return color && text !== ''
    ? `\u001b[${STYLES[style]}m${text}\u001b[${style === 'bold' || style === 'dim' ? 22 : 39}m`
    : text;
}

/** A message for a terminal: no control or bidi character of a value reaches it. */
export function terminalText(text: Text, color: boolean): string {
  return text.parts
    .map((part) => {
      if (part.kind === 'value') return color ? styled(cleanValue(part.text), 'cyan', true) : plainValue(part.text);
      return part.kind === 'strong' ? styled(cleanWords(part.text), 'bold', color) : cleanWords(part.text);
    })
    .join('');
}

/** Text for HTML content and for attributes in double quotes. */
export function htmlEscape(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** A message as HTML. */
export function html(text: Text): string {
  return text.parts
    .map((part) => {
      if (part.kind === 'value') return `<code>${htmlEscape(cleanValue(part.text))}</code>`;
      const words = htmlEscape(cleanWords(part.text));
      return part.kind === 'strong' ? `<strong>${words}</strong>` : words;
    })
    .join('');
}

/**
 * Text for a log that GitHub's runner reads: none of its lines is taken for a workflow command, neither `::error::` at a
 * line's start nor the older `##[error]` anywhere.
 */
export function logSafe(text: string): string {
  return text
    .split(/\r\n?|[\n\u0085\u2028\u2029]/)
    .map((line) => {
      const safe = visibleLine(line).replaceAll('##[', '## [');
      return safe.trimStart().startsWith('::') ? `| ${safe}` : safe;
    })
    .join('\n');
}

/** A path or a name as segments of a URL that Markdown and HTML leave alone. */
export function urlPath(path: string): string {
  return path
    .split('/')
    .map((segment) =>
      encodeURIComponent(segment.replace(/\p{Cs}/gu, '\ufffd')).replace(
        /[!'()*]/g,
        (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/');
}
