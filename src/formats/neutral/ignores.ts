import type { IgnoreComment } from '../../model/config.ts';
import type { Span } from '../../model/span.ts';
import { parseIgnore } from '../../text/ignores.ts';
import type { PNode } from '../../text/positioned.ts';
import type { SourceFile } from '../../text/source.ts';

const COMMENT = /(?:^|[ \t])#([ \t]*evenkeel-ignore\b.*)$/;

/**
 * The comments `# evenkeel-ignore RULE, RULE until 2027-01-31 -- reason`. One covers its own line, or the next line with
 * content when it stands alone; where a server starts on that line, it covers the whole server.
 */
export function findIgnores(source: SourceFile, root: PNode): readonly IgnoreComment[] {
  if (!source.text.includes('evenkeel-ignore')) return [];
  const scalars: Span[] = [];
  const servers: Span[] = [];
  collect(root, [], scalars, servers, new Set());
  const ignores: IgnoreComment[] = [];
  const lines = linesOf(source.text);
  lines.forEach((line, i) => {
    const match = COMMENT.exec(line.text);
    const parsed = match === null ? undefined : parseIgnore(match[1] ?? '');
    if (match === null || parsed === undefined) return;
    const hash = line.start + line.text.indexOf('#', match.index);
    if (scalars.some((scalar) => scalar.start <= hash && hash < scalar.end)) return;
    const alone = line.text.slice(0, hash - line.start).trim() === '';
    const target = alone ? lines.slice(i + 1).find((next) => !/^\s*(?:#|$)/.test(next.text)) : line;
    if (target === undefined) return;
    const server = servers.find((span) => span.start >= target.start && span.start < target.end);
    ignores.push({
      at: source.span(hash, line.end),
      covers: source.span(target.start, Math.max(target.end, alone ? (server?.end ?? 0) : 0)),
      ...parsed,
    });
  });
  return ignores;
}

function collect(node: PNode, path: readonly string[], scalars: Span[], servers: Span[], seen: Set<PNode>): void {
  if (seen.has(node)) return;
  seen.add(node);
  if (node.kind === 'scalar') scalars.push(node.at);
  else if (node.kind === 'seq')
    node.items.forEach((item, i) => collect(item, [...path, String(i)], scalars, servers, seen));
  else {
    if (path.length === 4 && path[0] === 'pools' && path[2] === 'servers') servers.push(node.at);
    for (const entry of node.entries.values()) collect(entry.value, [...path, entry.key], scalars, servers, seen);
  }
}

interface Line {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const part of text.split(/\r\n|\n|\r/)) {
    lines.push({ text: part, start, end: start + part.length });
    start += part.length;
    start += text.startsWith('\r\n', start) ? 2 : 1;
  }
  return lines;
}
