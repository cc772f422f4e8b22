import type { Position, Source, Span } from '../model/span.ts';

/** A text whose offsets can be turned into 1-based lines and columns. The text is kept untouched (BOM and CR included). */
export class SourceFile implements Source {
  readonly path: string;
  readonly text: string;
  #lineStarts: number[] | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  /** Lines end at LF, CRLF or a lone CR. Offsets outside the text are clamped to it. O(log lines). */
  position(offset: number): Position {
    const starts = (this.#lineStarts ??= lineStarts(this.text));
    const at = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (starts[low] ?? 0) + 1 };
  }

  /** The span of the offsets `start` to `end` (exclusive). */
  span(start: number, end: number): Span {
    return { source: this, start, end };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 13 && text.charCodeAt(i + 1) === 10) i++;
    if (c === 10 || c === 13) starts.push(i + 1);
  }
  return starts;
}

/** The text that a span covers. */
export function textOf(span: Span): string {
  return span.source.text.slice(span.start, span.end);
}
