import type { Span } from '../../../model/span.ts';
import type { Text } from '../../../model/text.ts';

/** HCL's native syntax as Terraform uses it, every node with its place. */
export type Expression =
  | { readonly kind: 'literal'; readonly at: Span; readonly value: string | number | boolean | null }
  /** A string with `${ }` in it. */
  | { readonly kind: 'template'; readonly at: Span; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: 'list'; readonly at: Span; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly at: Span; readonly entries: readonly ObjectEntry[] }
  /** `aws_lb.app[0].arn`: a first part, and steps from it. */
  | { readonly kind: 'traversal'; readonly at: Span; readonly root: Expression; readonly steps: readonly Step[] }
  | { readonly kind: 'name'; readonly at: Span; readonly name: string }
  | { readonly kind: 'call'; readonly at: Span; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'not' | 'minus'; readonly at: Span; readonly of: Expression }
  /** Operators of one rank, from left to right. */
  | {
      readonly kind: 'operation';
      readonly at: Span;
      readonly first: Expression;
      readonly rest: readonly { readonly operator: string; readonly operand: Expression }[];
    }
  | {
      readonly kind: 'conditional';
      readonly at: Span;
      readonly condition: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    }
  | { readonly kind: 'for'; readonly at: Span; readonly loop: Loop }
  /** Written correctly, and not looked into: a template with directives. */
  | { readonly kind: 'opaque'; readonly at: Span };

export interface ObjectEntry {
  /** A bare word is a literal. */
  readonly key: Expression;
  readonly value: Expression;
}

export type Step =
  | { readonly kind: 'attribute'; readonly at: Span; readonly name: string }
  | { readonly kind: 'index'; readonly at: Span; readonly by: Expression }
  /** `[*]` or `.*`: every element. */
  | { readonly kind: 'splat'; readonly at: Span };

export interface Loop {
  /** The names of the key and the value; one name is that of the value. */
  readonly names: readonly string[];
  readonly over: Expression;
  /** Of an object. */
  readonly key: Expression | undefined;
  readonly value: Expression;
  readonly condition: Expression | undefined;
  readonly grouped: boolean;
}

export interface Attribute {
  readonly kind: 'attribute';
  readonly name: string;
  readonly nameAt: Span;
  /** From the name to the end of the value. */
  readonly at: Span;
  readonly value: Expression;
}

export interface Block {
  readonly kind: 'block';
  readonly type: string;
  readonly labels: readonly string[];
  /** From the type to the brace. */
  readonly at: Span;
  readonly body: Body;
}

/** Attributes and blocks in the order of the text. */
export type Body = readonly (Attribute | Block)[];

export interface Comment {
  /** Without its mark. */
  readonly text: string;
  readonly at: Span;
}

/** A place that breaks the grammar: Terraform refuses the whole folder. */
export interface Fault {
  readonly at: Span;
  readonly what: Text;
}

export interface Parsed {
  readonly body: Body;
  readonly comments: readonly Comment[];
  readonly faults: readonly Fault[];
}
