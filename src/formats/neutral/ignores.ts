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
  const content = lines.filter(({ text }) => !/^\s*(?:#|$)/.test(text));
  // Comments come in the order of the file, so what lies before one is never looked at again.
  const scalarAt = firstFrom(scalars, (scalar, offset) => scalar.end > offset);
  const contentAfter = firstFrom(content, (line, offset) => line.start > offset);
  const serverFrom = firstFrom(servers, (server, offset) => server.start >= offset);
  lines.forEach((line) => {
    const match = COMMENT.exec(line.text);
    const parsed = match === null ? undefined : parseIgnore(match[1] ?? '');
    if (match === null || parsed === undefined) return;
    const hash = line.start + line.text.indexOf('#', match.index);
    if ((scalarAt(hash)?.start ?? Infinity) <= hash) return;
    const alone = line.text.slice(0, hash - line.start).trim() === '';
    const target = alone ? contentAfter(line.start) : line;
    if (target === undefined) return;
    const next = serverFrom(target.start);
    const server = next !== undefined && next.start < target.end ? next : undefined;
    ignores.push({
      at: source.span(hash, line.end),
      covers: source.span(target.start, Math.max(target.end, alone ? (server?.end ?? 0) : 0)),
      ...parsed,
    });
  });
  return ignores;
}

/** Finds the first item that lies where it should, for offsets that only grow. */
function firstFrom<T extends { readonly start: number }>(
  items: readonly T[],
  lies: (item: T, offset: number) => boolean,
): (offset: number) => T | undefined {
  const sorted = items.toSorted((a, b) => a.start - b.start);
  let i = 0;
  return (offset) => {
    for (let item = sorted[i]; item !== undefined && !lies(item, offset); item = sorted[i]) i++;
    return sorted[i];
  };
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
