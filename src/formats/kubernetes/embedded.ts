import type { Span } from '../../model/span.ts';
import type { PEntry, PNode, PScalar } from '../../text/positioned.ts';
import { SourceFile, textOf } from '../../text/source.ts';
import { readYaml } from '../../text/yaml-tree.ts';

/** The tree of a JSON text inside a scalar, with places in the file around it; undefined where it is no JSON. */
export function readEmbedded(scalar: PScalar): PNode | undefined {
  const text = String(scalar.value);
  const { documents, faults } = readYaml(new SourceFile(scalar.at.source.path, text));
  const [root] = documents;
  if (faults.length > 0 || root === undefined || root.kind === 'scalar') return undefined;
  const offsets = offsetsOf(text, textOf(scalar.at));
  const outer = ({ start, end }: Span): Span => {
    const from = offsets[start];
    const to = offsets[end - 1];
    return from === undefined || to === undefined
      ? scalar.at
      : { ...scalar.at, start: scalar.at.start + from, end: scalar.at.start + Math.max(from, to + 1) };
  };
  return moved(root, outer);
}

/**
 * Where each character of a text is in the scalar as it is written: indents, folds and escapes change only white space and add
 * backslashes and quotes, so one pass over both finds every other character.
 */
function offsetsOf(text: string, written: string): readonly (number | undefined)[] {
  const offsets: (number | undefined)[] = [];
  let next = 0;
  for (const letter of text) {
    if (/\s/.test(letter)) {
      offsets.push(...Array<undefined>(letter.length).fill(undefined));
      continue;
    }
    const found = written.indexOf(letter, next);
    for (let i = 0; i < letter.length; i++) offsets.push(found < 0 ? undefined : found + i);
    if (found >= 0) next = found + letter.length;
  }
  return offsets;
}

function moved(node: PNode, outer: (at: Span) => Span): PNode {
  const at = outer(node.at);
  if (node.kind === 'scalar') return { ...node, at };
  if (node.kind === 'seq') return { ...node, at, items: node.items.map((item) => moved(item, outer)) };
  const entries = [...node.entries].map(([key, entry]): [string, PEntry] => [
    key,
    { key, keyAt: outer(entry.keyAt), value: moved(entry.value, outer) },
  ]);
  return { ...node, at, entries: new Map(entries) };
}
