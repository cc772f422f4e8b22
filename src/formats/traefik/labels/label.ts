import type { Span } from '../../../model/span.ts';
import { entriesOf, itemsOf, type PNode, type PScalar } from '../../../text/positioned.ts';
import { textOf } from '../../../text/source.ts';
import { fill, type Variables } from './variables.ts';

/** One label of a container, with its place. */
export interface Label {
  readonly key: string;
  readonly keyAt: Span;
  readonly value: string;
  readonly valueAt: Span;
  /** A variable without a value in the files is part of it. */
  readonly computed: boolean;
}

/** The labels of a list (`KEY=VALUE`) or a map; of several with one key the last. */
export function labelsOf(node: PNode | undefined, variables: Variables): ReadonlyMap<string, Label> {
  const found = [
    ...entriesOf(node).flatMap(({ key, keyAt, value }) =>
      value.kind === 'scalar' ? ofEntry(key, keyAt, value, variables) : [],
    ),
    ...itemsOf(node).flatMap((item) => (item.kind === 'scalar' ? ofItem(item, variables) : [])),
  ];
  return new Map(found.map((label) => [label.key.toLowerCase(), label]));
}

function ofEntry(key: string, keyAt: Span, { value, at, ambiguous }: PScalar, variables: Variables): Label {
  // Numbers and booleans are texts here; one that readers of YAML differ about is as it is written.
  const written = ambiguous === undefined ? String(value ?? '') : textOf(at);
  const { text, computed } = fill(written, variables);
  return { key: fill(key, variables).text, keyAt, value: text, valueAt: at, computed };
}

function ofItem({ value, at }: PScalar, variables: Variables): Label {
  const whole = String(value ?? '');
  const equals = whole.indexOf('=');
  const [key, written] = equals < 0 ? [whole, ''] : [whole.slice(0, equals), whole.slice(equals + 1)];
  const { text, computed } = fill(written, variables);
  const start = startOf(at, whole);
  const [keyAt, valueAt] =
    start === undefined || equals < 0
      ? [at, at]
      : [
          { ...at, start, end: start + equals },
          { ...at, start: start + equals + 1, end: start + whole.length },
        ];
  return { key: fill(key, variables).text, keyAt, value: text, valueAt, computed };
}

/** Where the text of a scalar begins in the file; undefined where it is not written as it is: escapes, folded lines. */
function startOf(at: Span, text: string): number | undefined {
  const written = textOf(at);
  const quote = /^["']/.test(written) ? 1 : 0;
  return written.slice(quote, written.length - quote) === text ? at.start + quote : undefined;
}
