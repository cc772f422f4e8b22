/** A place in a file, 1-based; columns count UTF-16 units, as editors and GitHub annotations do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A text that was read, able to turn offsets into positions. Implemented by `SourceFile` in `text/`. */
export interface Source {
  /** Path inside its file tree, with `/` separators. */
  readonly path: string;
  readonly text: string;
  position(offset: number): Position;
}

/** A half-open range of UTF-16 offsets in one source. Line and column are computed at the edge only. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** The 1-based line that a span begins on. */
export function lineOf({ source, start }: Span): number {
  return source.position(start).line;
}

/** Tells places apart: a line that many pools inherit is one place. */
export function placeKey({ source, start }: Span): string {
  return `${source.path}:${start}`;
}

/** Whether a span lies in another one. */
export function within(inner: Span, outer: Span): boolean {
  return inner.source === outer.source && inner.start >= outer.start && inner.end <= outer.end;
}

/** `lb/haproxy.cfg:12`: where a span begins. */
export function fileAndLine(span: Span): string {
  return `${span.source.path}:${lineOf(span)}`;
}

/**
 * One value of a config and the place that says it.
 * `value` is undefined when the file does not tell it (a template, an unset variable): what depends on it must abstain.
 * `written` is false when it is the product's default; `at` is then the place of the parent.
 */
export interface Setting<T> {
  readonly value: T | undefined;
  readonly at: Span;
  readonly written: boolean;
}

/** A value that the config spells out at `at`. */
export function written<T>(value: T | undefined, at: Span): Setting<T> {
  return { value, at, written: true };
}

/** A product default; `at` is the place of the thing that it applies to. */
export function implied<T>(value: T | undefined, at: Span): Setting<T> {
  return { value, at, written: false };
}
