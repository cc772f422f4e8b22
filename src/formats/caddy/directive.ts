import type { Span } from '../../model/span.ts';
import type { Token } from './lexer.ts';

/** A directive with its arguments and, where it opens one, its block. */
export interface Directive {
  readonly name: Token;
  readonly args: readonly Token[];
  readonly block?: readonly Directive[];
  /** From the name to the last argument. */
  readonly at: Span;
}
