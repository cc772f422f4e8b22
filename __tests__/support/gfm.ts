import { execFileSync } from 'node:child_process';

const EXTENSIONS = ['table', 'autolink', 'strikethrough', 'tasklist', 'tagfilter'];

/** Markdown as GitHub's own renderer turns it into HTML. `program`: the path of cmark-gfm. */
export function gfm(program: string, markdown: string): string {
  const options = ['--unsafe', '--github-pre-lang', ...EXTENSIONS.flatMap((extension) => ['-e', extension])];
  return execFileSync(program, options, { input: markdown, encoding: 'utf8', maxBuffer: 64_000_000 });
}

/** What the entities that cmark-gfm writes stand for. */
export function decoded(html: string): string {
  return html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

/** The HTML without what stands in code: there GitHub looks for no mentions, issues, emoji or formulas, and it is no markup. */
export function outsideCode(html: string): string {
  return html.replace(/(<code>)[^<]*(<\/code>)/g, '$1$2').replace(/ href="[^"]*"/g, ' href=""');
}

/** The targets of all links. */
export function linkTargets(html: string): string[] {
  return [...html.matchAll(/ href="([^"]*)"/g)].map((match) => decoded(match[1] ?? ''));
}
