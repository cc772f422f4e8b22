/** Where a tag closes, by how it opens. Plain nginx has no use for these openings outside quotes. */
const CLOSERS: ReadonlyMap<string, string> = new Map([
  ['{{', '}}'],
  ['{%', '%}'],
  ['<%', '%>'],
]);

/** A tag is at most so many characters long. */
const MAX_TAG = 4096;

/** Finds the tags of a text for a reader that only goes forward: where the next closing is, is looked for once. */
export class Tags {
  readonly #text: string;
  readonly #next = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  /**
   * The offset after a template tag that begins at `i`; undefined when none begins there. A Jinja comment (`{# #}`) is only
   * seen `between` directives: after a word, nginx reads `{#` as a block whose first line is a comment.
   */
  end(i: number, between: boolean): number | undefined {
    const text = this.#text;
    const c = text[i];
    if (c !== '{' && c !== '<') return undefined;
    const opener = text.slice(i, i + 2);
    const closer = between && opener === '{#' ? '#}' : CLOSERS.get(opener);
    if (closer === undefined) return undefined;
    const close = this.#closing(closer, i + 2);
    if (close + closer.length > i + MAX_TAG) return undefined;
    const end = close + closer.length;
    return text[i + 2] === '{' && text[end] === '}' ? end + 1 : end;
  }

  #closing(closer: string, from: number): number {
    let next = this.#next.get(closer) ?? -1;
    if (next < from) {
      next = this.#text.indexOf(closer, from);
      if (next < 0) next = Infinity;
      this.#next.set(closer, next);
    }
    return next;
  }
}

/** Names that say that a file is the source of another one. */
const TEMPLATE_NAME =
  /\.(?:j2|jinja2?|erb|epp|ejs|tmpl|tpl|template|templ|mustache|hbs|handlebars|ctmpl|gotmpl|gohtml|in|tftpl|liquid)(?:\.(?:conf|cfg|txt))?$|(?:^|\/)templates?\//i;

/** Whether a path says that a file is a template: `app.conf.j2`, `templates/app.conf`. */
export function isTemplateName(path: string): boolean {
  return TEMPLATE_NAME.test(path);
}

/** Whether a text holds a whole tag somewhere. */
export function holdsTag(text: string): boolean {
  return [...CLOSERS].some(([opener, closer]) => {
    const open = text.indexOf(opener);
    return open >= 0 && text.lastIndexOf(closer) >= open + opener.length;
  });
}

/** Whether a tag between directives is control or a whole inserted text, and not the first word of a directive. */
export function isTag(text: string, start: number, end: number): boolean {
  const tag = text.slice(start, end);
  if (tag.startsWith('{%') || tag.startsWith('{#') || (tag.startsWith('<%') && tag[2] !== '=')) return true;
  return tagStep(tag) !== 0 || /^\{\{-?\s*(?:else|\/\*|!|>|\$|template|define|block)/.test(tag) || endsLine(text, end);
}

/** How a tag changes the depth of conditions and loops: 1 opens one, -1 closes one, 0 neither. */
export function tagStep(tag: string): -1 | 0 | 1 {
  const inner = tag.slice(2, -2).replace(/^[-~\s]+|[-~\s]+$/g, '');
  if (tag.startsWith('{#')) return 0;
  if (/^(?:end\w*|\/\w+|\})/.test(inner)) return -1;
  if (/^(?:for|if|unless|range|with|each|foreach|while|case|#\s*\w+|\^\s*\w+)\b/.test(inner)) return 1;
  return tag.startsWith('<%') && /(?:\bdo(?:\s*\|[^|]*\|)?|\{(?:\s*\|[^|]*\|)?)$/.test(inner) ? 1 : 0;
}

function endsLine(text: string, end: number): boolean {
  let i = end;
  while (text[i] === ' ' || text[i] === '\t' || text[i] === '\r') i++;
  return i >= text.length || text[i] === '\n';
}
