/** Columns to write in: those of the terminal; 100 for a file, and for a terminal that says it has none, as in some CI systems. */
export function terminalWidth(columns: number | undefined): number {
  return columns === undefined || columns === 0 ? 100 : Math.max(columns, 40);
}

/** Columns that a text takes in a terminal: combining marks none, East Asian wide characters and emoji two. */
export function displayWidth(text: string): number {
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

function widthOf(character: string): number {
  if (/^[\p{Mn}\p{Me}\ufe0f]$/u.test(character)) return 0;
  const code = character.codePointAt(0) ?? 0;
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return wide ? 2 : 1;
}

/** The escape sequences that `styled` writes take no room. */
const SGR = /\u001b\[\d+m/g;

/** Columns of a text that may hold our own styles. */
export function styledWidth(text: string): number {
  return displayWidth(text.replace(SGR, ''));
}

/**
 * Breaks a text at its spaces into lines of at most `width` columns; further lines are indented. A word that is longer
 * than a line stands on its own.
 */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const room = width - (lines.length === 0 ? 0 : indent.length);
    if (line !== '' && styledWidth(line) + 1 + styledWidth(word) > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.join(`\n${indent}`);
}

/** Fills a text with spaces to `width` columns. */
export function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - styledWidth(text)));
  return align === 'left' ? text + space : space + text;
}
