import { parseHcl } from '../../../src/formats/aws/hcl/parse.ts';
import type { Attribute, Block, Expression, Parsed } from '../../../src/formats/aws/hcl/syntax.ts';
import { lineOf } from '../../../src/model/span.ts';
import { plain } from '../../../src/text/say.ts';
import { SourceFile } from '../../../src/text/source.ts';
import { written } from './reading.ts';

const parse = (text: string): Parsed => parseHcl(new SourceFile('main.tf', text));
const faults = (text: string): string[] => parse(text).faults.map(({ at, what }) => `${lineOf(at)}: ${plain(what)}`);

function attribute(text: string): Attribute {
  const { body, faults: found } = parse(text);
  expect(found).toEqual([]);
  const [first] = body;
  if (first?.kind !== 'attribute') throw new Error('no attribute');
  return first;
}

const value = (text: string): Expression => attribute(`x = ${text}\n`).value;
const literal = (text: string): unknown => {
  const found = value(text);
  return found.kind === 'literal' ? found.value : found.kind;
};

test.each([
  ['42', 42],
  ['-1.5e3', -1500],
  ['true', true],
  ['null', null],
  ['"a"', 'a'],
  ['"a\\tb\\n\\"c\\" \\u00e9 \\U0001F600"', 'a\tb\n"c" é 😀'],
  ['"$${x} %%{y} $5 100%"', '${x} %{y} $5 100%'],
  ['(\n 7\n)', 7],
  ['<<EOT\none\n  two\nEOT', 'one\n  two\n'],
  ['<<-EOT\n    one\n      two\n    EOT', 'one\n  two\n'],
  ['<<EOT\nnot EOT here\nEOT', 'not EOT here\n'],
])('the literal %s', (text, expected) => {
  expect(literal(text)).toBe(expected);
  expect(written(value(text).at).replace(/^\(|\)$/g, '')).toContain(written(value(text).at));
});

test.each([
  ['var.a', 'traversal'],
  ['aws_lb.a["x"].arn', 'traversal'],
  ['a.b.*.c[0]', 'traversal'],
  ['a[*].b', 'traversal'],
  ['"x-${var.a}"', 'template'],
  ['"%{ if var.a == "}" }y%{ endif }"', 'opaque'],
  ['[1, 2,]', 'list'],
  ['[\n  1, # one\n  2\n]', 'list'],
  ['{ a = 1, b : 2 }', 'object'],
  ['{\n a = 1\n "b" = 2\n (var.c) = 3\n}', 'object'],
  ['{}', 'object'],
  ['[for x in y : x.z if x.ok]', 'for'],
  ['{ for k, v in y : k => v... }', 'for'],
  ['{ for = 1 }', 'object'],
  ['f(1, [2], "3")', 'call'],
  ['f(a...)', 'opaque'],
  ['provider::aws::arn_parse(x)', 'call'],
  ['a ? b : c', 'conditional'],
  ['a ?\n b :\n c', 'conditional'],
  ['!a', 'not'],
  ['-a', 'minus'],
  ['1 + 2 * 3 - 4', 'operation'],
  ['a == b && c != d || e', 'operation'],
])('the expression %s', (text, kind) => {
  const { kind: found, at } = value(text);
  expect(found).toBe(kind);
  expect(written(at)).toBe(text);
});

const BLOCKS = `/* two
lines */
resource "aws_lb" "web" { // after
  name = "a" # why
  listener { port = 80 }
  empty {}
}
locals {
  a = 1
}
`;

test.each([
  ['LF', BLOCKS],
  ['CRLF', BLOCKS.replaceAll('\n', '\r\n')],
  ['a BOM', `\uFEFF${BLOCKS}`],
  ['tabs', BLOCKS.replaceAll('  ', '\t')],
  ['multi-byte text', BLOCKS.replaceAll('"a"', '"é😀"')],
])('blocks and attributes know their places with %s', (_, text) => {
  const { body, comments, faults: found } = parse(text);
  expect(found).toEqual([]);
  const [lb, locals] = body as [Block, Block];
  expect([written(lb.at), lb.labels, written(locals.at)]).toEqual([
    'resource "aws_lb" "web" {',
    ['aws_lb', 'web'],
    'locals {',
  ]);
  const [name, listener, empty] = lb.body as [Attribute, Block, Block];
  expect(written(name.nameAt)).toBe('name');
  expect(written(name.at)).toBe(`name = ${written(name.value.at)}`);
  expect([listener.type, listener.body.length, empty.body.length]).toEqual(['listener', 1, 0]);
  expect(lineOf(name.at)).toBe(4);
  expect(comments.map((one) => one.text.replaceAll('\r', '').trim())).toEqual(['two\nlines', 'after', 'why']);
});

test.each([
  ['a = \n', ['1: A value is missing.']],
  ['a = "b\n', ['1: This string never ends.']],
  ['a = "\\q"\n', ['1: Invalid escape \\q.']],
  ['a = [1 2]\n', ['1: , is missing between the items of a list.']],
  ['a = { b = 1 c = 2 }\n', ['1: , or the end of the line is missing after a value.']],
  ['a = 1 b = 2\n', ['1: The value of a does not end with its line.']],
  ['a {\n b = 1\n', ['1: The block a never ends.']],
  ['}\n', ['1: Unexpected }: no block is open here.']],
  ['a {\n b {} c = 1\n}\n', ['2: The block b does not end with its line.']],
  ['a {\n b = 1 }\n', ['2: The value of b does not end with its line.']],
  ['a { b {} }\n', ['1: The block a has more than one argument on its line.']],
  ['a = b::c\n', ['1: ( is missing after b::c.']],
  ['a = "%{ fi x }"\n', ['1: Unknown template directive.']],
  ['a = <<EOT\nx\n', ['1: The text up to EOT never ends.']],
  ['a = 1 /* b\n', ['1: This comment never ends.']],
  [
    'resource "a" "b" {\n x = )\n}\nvariable "c" {\n}\nlocals {\n d = (\n}\n',
    ['2: A value is missing.', '8: A value is missing.'],
  ],
])('the fault in %j', (text, expected) => {
  expect(faults(text)).toEqual(expected);
});

test('what follows a fault is read', () => {
  const { body } = parse('resource "a" "b" {\n x = )\n}\nvariable "c" {\n}\n');
  expect(body.map((item) => (item.kind === 'block' ? item.labels : []))).toEqual([['c']]);
});

test.each([
  ['lists', '['],
  ['objects', '{ a = '],
  ['parentheses', '('],
  ['signs', '!'],
  ['conditionals', 'a ? '],
  ['calls', 'f('],
  ['interpolations', '"${'],
  ['indexes', 'a['],
])('deep %s end at the limit', (_, part) => {
  expect(faults(`x = ${part.repeat(20_000)}`).join()).toContain('deeper than');
});

test('deep blocks end at the limit', () => {
  expect(faults('a {\n'.repeat(5000)).join()).toContain('deeper than');
});

test('long chains of operators and steps are not deep', () => {
  expect(faults(`x = ${'a + '.repeat(20_000)}1\ny = a${'.b'.repeat(20_000)}\n`)).toEqual([]);
});
