/** What a reader of Markdown is shown as a list, line by line: nothing that stands in a comment, code, a quotation or a fold. */
interface Inside {
  /** The fence that ends the code block; undefined outside of one. */
  readonly fence: string | undefined;
  readonly comment: boolean;
  /** How many elements are open that fold, quote or show as written. */
  readonly folds: number;
  /** Raw HTML that lasts until an empty line. */
  readonly html: boolean;
}

const OUTSIDE: Inside = { fence: undefined, comment: false, folds: 0, html: false };
/** A fence may stand inside items and quotations. */
const FENCE = /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)*(`{3,}|~{3,})/;
/** Where comments and such elements begin and end. */
const TOKENS = /<!--|-->|<(\/?)(?:details|blockquote|pre|code|kbd|samp|script|style|textarea|template)\b/gi;
/** Longer descriptions than GitHub takes are read no further, characters. */
const LIMIT = 70_000;

/**
 * The lines of a description that can be tasks. Where Markdown is hard to follow a line is rather left out: an item that is not
 * seen as ticked stays open.
 */
export function visibleLines(description: string): readonly string[] {
  const lines: string[] = [];
  let inside = OUTSIDE;
  for (const line of description.slice(0, LIMIT).split(/\r\n?|\n/)) {
    if (inside.fence !== undefined) {
      if (closes(line, inside.fence)) inside = { ...inside, fence: undefined };
      continue;
    }
    const fence = inside.comment ? undefined : FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      inside = { ...inside, fence };
      continue;
    }
    const plain = inside.comment ? line : withoutCode(line);
    const next = after(inside, plain);
    const open = inside.comment || inside.folds > 0 || next.html;
    // A comment or fold that begins on the line itself leaves what is before it in doubt.
    if (!open && !next.comment && next.folds === 0) lines.push(plain);
    inside = next;
  }
  return lines;
}

function closes(line: string, fence: string): boolean {
  const [, found = ''] = /^[\s>]*(`{3,}|~{3,})\s*$/.exec(line) ?? [];
  return found.startsWith(fence);
}

/** Code spans of one line; what is in them is text, whatever it looks like. */
function withoutCode(line: string): string {
  return line.replaceAll(/(?<!`)(`+)(?!`)(?:(?!\1).|`{1,}(?<!\1))*?(?<!`)\1(?!`)/g, '');
}

function after(inside: Inside, line: string): Inside {
  let { comment, folds } = inside;
  for (const [token, slash] of line.matchAll(TOKENS)) {
    if (token === '-->') comment = false;
    else if (comment) continue;
    else if (token === '<!--') comment = true;
    else folds = Math.max(0, folds + (slash === '/' ? -1 : 1));
  }
  const html = line.trim() !== '' && (inside.html || /^ {0,3}<(?!!--)/.test(line));
  return { ...inside, comment, folds, html };
}
