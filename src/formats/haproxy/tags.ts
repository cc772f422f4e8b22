import type { SourceFile } from '../../text/source.ts';
import type { Span } from '../../model/span.ts';

/**
 * What a tag of a template does. `text` gives what the file does not tell; `loop` repeats, defines or replaces what it holds;
 * `nothing` leaves no trace.
 */
export type TagKind = 'if' | 'elif' | 'else' | 'end' | 'loop' | 'text' | 'nothing';

/** A tag of Jinja, ERB, Go, Handlebars and their kin. */
export interface Tag {
  readonly kind: TagKind;
  readonly at: Span;
  /** What stands between its marks. */
  readonly body: string;
}

/** File names of templates. */
const TEMPLATE =
  /\.(?:j2|jinja2?|erb|epp|c?tmpl|tpl|gotmpl|template|tt2?|mustache|hbs|mako|twig|in)$|\.(?:j2|erb|tmpl|tpl)\./i;

/** Whether a file is a template by its name. */
export function isTemplateName(path: string): boolean {
  return TEMPLATE.test(path);
}

const CLOSE: Readonly<Record<string, string>> = { '{{': '}}', '{%': '%}', '{#': '#}', '<%': '%>' };

/** The tags of a text, in order. Every opening is looked at once; one that never closes is none. */
export function tagsOf(source: SourceFile): readonly Tag[] {
  const { text } = source;
  const tags: Tag[] = [];
  const opening = /\{\{|\{%(?![[{])|\{#|<%/g;
  const unclosed = new Set<string>();
  for (let found = opening.exec(text); found !== null; found = opening.exec(text)) {
    const [open] = found;
    const close = CLOSE[open] ?? '';
    if (unclosed.has(close)) continue;
    const end = text.indexOf(close, found.index + 2);
    if (end < 0) {
      unclosed.add(close);
      continue;
    }
    const body = text
      .slice(found.index + 2, end)
      .replace(/^[-+~*!]|[-+~*]$/g, '')
      .trim();
    tags.push({ kind: kindOf(open, body), at: source.span(found.index, end + 2), body });
    opening.lastIndex = end + 2;
  }
  return tags;
}

const WORDS: readonly (readonly [RegExp, TagKind])[] = [
  [/^(?:if|unless|case|ifequal|ifnotequal)\b/, 'if'],
  [/^(?:elif|elsif|elseif|else if|when)\b/, 'elif'],
  [/^(?:else)\b/, 'else'],
  [/^(?:endblock|endwith|endraw|endset|endautoescape)\b/, 'nothing'],
  [/^(?:end\w*|done|\})$|^end(?:if|for|macro|call|filter|each)?\b/, 'end'],
  [/^(?:for|while|until|range|macro|call|filter|define|block)\b|\bdo(?:\s*\|[^|]*\|)?$|\{\s*(?:\|[^|]*\|)?$/, 'loop'],
];

function kindOf(open: string, body: string): TagKind {
  if (open === '{#' || (body.startsWith('#') && open === '<%') || /^\/\*|^!/.test(body)) return 'nothing';
  if (open === '<%' && /^[=@]?=/.test(body)) return 'text';
  if (open === '{{') {
    const section = /^([#^/])\s*(\w+)/.exec(body);
    if (section?.[1] === '/') return 'end';
    if (section !== null) return /^(?:if|unless)$/.test(section[2] ?? '') ? 'if' : 'loop';
    if (/^with\b/.test(body)) return 'if';
    if (/^\$\w+\s*:?=/.test(body)) return 'nothing';
  }
  if (open === '{%' && /^block\b/.test(body)) return 'nothing';
  const kind = WORDS.find(([pattern]) => pattern.test(body))?.[1];
  if (kind !== undefined) return kind;
  if (open === '{%') return /^(?:include|import|from|extends)\b/.test(body) ? 'text' : 'nothing';
  return open === '<%' ? 'nothing' : 'text';
}
