import type { Span } from '../../src/model/span.ts';

/** Where a span begins: `12:3`. */
export function place(span: Span | undefined): string {
  if (span === undefined) return 'nowhere';
  const { line, column } = span.source.position(span.start);
  return `${line}:${column}`;
}
