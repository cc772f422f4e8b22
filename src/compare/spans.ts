import type { Span } from '../model/span.ts';

/** Whether a span lies in another one. */
export function within(inner: Span, outer: Span): boolean {
  return inner.source === outer.source && inner.start >= outer.start && inner.end <= outer.end;
}
