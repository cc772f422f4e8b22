import type { Span } from '../model/span.ts';
import type { SourceFile } from './source.ts';

/** The first line that a merge with conflicts left behind (`<<<<<<< HEAD`, with a `>>>>>>>` below); undefined when there is none. */
export function conflictMarker(source: SourceFile): Span | undefined {
  const { text } = source;
  const first = /^[ \t]*<{7} .*/m.exec(text);
  if (first === null) return undefined;
  const last = /^[ \t]*>{7} /gm;
  last.lastIndex = first.index;
  return last.test(text) ? source.span(first.index, first.index + first[0].length) : undefined;
}

/** Whether a word is all that marks a line of a conflict. */
export function isConflictMark(word: string): boolean {
  return /^(?:<{7}|={7}|>{7}|\|{7})$/.test(word);
}
