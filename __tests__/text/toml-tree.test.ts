import { child, entriesOf, headOf, itemsOf, nodeAt, toPlain, type PNode } from '../../src/text/positioned.ts';
import { plain, words } from '../../src/text/say.ts';
import { SourceFile, textOf } from '../../src/text/source.ts';
import { readToml } from '../../src/text/toml-tree.ts';
import type { TreeRead } from '../../src/text/tree-faults.ts';
import { place } from '../support/place.ts';

const NO_TEXT = words('');
const read = (text: string): TreeRead => readToml(new SourceFile('x.toml', text));
function one(text: string): PNode {
  const { documents, faults } = read(text);
  expect(faults).toEqual([]);
  expect(documents).toHaveLength(1);
  for (const root of documents) return root;
  throw new Error('no document');
}
/** The value at a path like `a/0/b`: what it is, where it is and how it is written. */
function at(root: PNode, path: string): { value: unknown; place: string; written: string } {
  const node = nodeAt(root, path.split('/'));
  if (node === undefined) throw new Error(`nothing at ${path}`);
  return { value: toPlain(node), place: place(node.at), written: textOf(node.at) };
}

const FILE = `# servers
title = "pool" # comment
[pool.app]
  strategy = 'wrr'
  check.path = "/up"
  check."a.b" = true

  [[pool.app.servers]]
    url = "http://10.0.0.1"
    weight = 3
  [[pool.app.servers]]
    url = "http://10.0.0.2"
  [pool.app.servers.tags]
    zone = "b"

[pool.empty]
[other]
list = [1, [2, 3], { x = 1, y.z = 2 }]
`;

describe('positions', () => {
  test.each([
    ['LF', FILE, 0],
    ['CRLF', FILE.replaceAll('\n', '\r\n'), 0],
    ['a BOM, which counts as a column', `\ufeff${FILE}`, 0],
    ['text of several bytes before it', FILE.replace('# servers', '# 😀 é 漢字 \u2028'), 0],
  ])('with %s', (_name, text) => {
    const root = one(text);
    expect(toPlain(root)).toEqual({
      title: 'pool',
      pool: {
        app: {
          strategy: 'wrr',
          check: { path: '/up', 'a.b': true },
          servers: [
            { url: 'http://10.0.0.1', weight: 3 },
            { url: 'http://10.0.0.2', tags: { zone: 'b' } },
          ],
        },
        empty: {},
      },
      other: { list: [1, [2, 3], { x: 1, y: { z: 2 } }] },
    });
    expect([
      at(root, 'title'),
      at(root, 'pool/app/check/path'),
      at(root, 'pool/app/servers/0/weight'),
      at(root, 'pool/app/servers/1/tags/zone'),
      at(root, 'pool/empty'),
      at(root, 'other/list/1'),
      at(root, 'other/list/2'),
      at(root, 'other/list/2/y/z'),
    ]).toEqual([
      { value: 'pool', place: '2:9', written: '"pool"' },
      { value: '/up', place: '5:16', written: '"/up"' },
      { value: 3, place: '10:14', written: '3' },
      { value: 'b', place: '14:12', written: '"b"' },
      { value: {}, place: '16:7', written: 'empty' },
      { value: [2, 3], place: '18:12', written: '[2, 3]' },
      { value: { x: 1, y: { z: 2 } }, place: '18:20', written: '{ x = 1, y.z = 2 }' },
      { value: 2, place: '18:35', written: '2' },
    ]);
  });

  test('a BOM is a column of the first line', () => {
    expect(at(one('\ufeffa = 1\n'), 'a').place).toBe('1:6');
  });

  test('a table spans what it holds, and its head is its first key', () => {
    const root = one(FILE);
    const app = nodeAt(root, ['pool', 'app']);
    expect(app && [place(app.at), textOf(headOf(app)), textOf(app.at).endsWith('zone = "b"')]).toEqual([
      '4:3',
      'strategy',
      true,
    ]);
    const servers = itemsOf(child(app, 'servers'));
    expect(servers.map((item) => [place(item.at), textOf(headOf(item))])).toEqual([
      ['9:5', 'url'],
      ['12:5', 'url'],
    ]);
    expect(entriesOf(child(root, 'pool')).map(({ key, keyAt }) => [key, place(keyAt), textOf(keyAt)])).toEqual([
      ['app', '3:7', 'app'],
      ['empty', '16:7', 'empty'],
    ]);
  });

  test('a table that is split over the file is one', () => {
    const root = one('[a.b]\nx = 1\n[c]\ny = 2\n[a.d]\nz = 3\n[a]\nw = 4\n');
    expect(toPlain(root)).toEqual({ a: { b: { x: 1 }, d: { z: 3 }, w: 4 }, c: { y: 2 } });
    expect(place(child(root, 'a')?.at)).toBe('1:4');
  });
});

describe('scalars', () => {
  test.each<[written: string, value: unknown]>([
    ['"a\\tb \\u00e9 \\e"', 'a\tb é \u001b'],
    ["'a\\tb'", 'a\\tb'],
    ['"""\nfirst\nsecond \\\n   third"""', 'first\nsecond third'],
    ["'''\n'quoted'\n'''", "'quoted'\n"],
    ['""', ''],
    ['1_000', 1000],
    ['-17', -17],
    ['0xff', 255],
    ['0o17', 15],
    ['0b11', 3],
    ['1.5', 1.5],
    ['-2e-3', -0.002],
    ['inf', Number.POSITIVE_INFINITY],
    ['nan', Number.NaN],
    ['true', true],
    ['false', false],
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z'],
    ['2026-01-02 03:04:05.678-07:00', '2026-01-02 03:04:05.678-07:00'],
    ['2026-01-02T03:04:05', '2026-01-02T03:04:05'],
    ['2026-01-02', '2026-01-02'],
    ['03:04:05', '03:04:05'],
    ['"{{ .Weight }}"', '{{ .Weight }}'],
  ])('%s', (written, value) => {
    const computed = written.includes('{{');
    const root = one(`before = 1\nkey = ${written} # comment\nafter = 2\n`);
    expect(child(root, 'key')).toEqual({ kind: 'scalar', at: expect.anything(), value, computed });
    expect([at(root, 'key').written, at(root, 'after').value]).toEqual([written, 2]);
  });

  test('keys are names as written, quotes apart', () => {
    const root = one('1.5 = "a"\n010 = "b"\n"" = "c"\n"q\\u0041" = "d"\n\'l"\' = "e"\n');
    expect(toPlain(root)).toEqual({ 1: { 5: 'a' }, '010': 'b', '': 'c', qA: 'd', 'l"': 'e' });
  });

  test('an inline table may run over lines and end with a comma', () => {
    expect(toPlain(one('a = [{\n  x = 1, # first\n  y = 2,\n}]\n'))).toEqual({ a: [{ x: 1, y: 2 }] });
  });
});

describe('faults', () => {
  const EARLY = ['A line ends too early: a value is missing, or a bracket is not closed', 'to the line above'] as const;
  test.each([
    ['a = "x\n', '1:6', 'A text has no closing quote', 'Add the closing quote.'],
    ['a = """x\n', '1:8', 'A text has no closing quote', 'Add the closing quote.'],
    ['[a', '1:2', 'The name of a table is not closed', 'Add the closing bracket: [table] or [[table]].'],
    ['a = [1, 2', '1:9', 'A list is not closed', 'Add the closing bracket ].'],
    ['a = {x = 1', '1:10', 'An inline table is not closed', 'Add the closing brace }.'],
    ['[]\n', '1:2', 'A name is missing', 'Add the name before = or between the brackets.'],
    ['a = 1 b = 2\n', '1:7', 'Something follows a value on the same line', 'Move it to a line of its own.'],
    ['ok = 1\nkey\n', '2:3', 'A key has no equals sign', 'Add it: key = value'],
    ['a = \n1\n', '2:1', ...EARLY],
    ['[a\n[b]\n', '2:1', ...EARLY],
    ['a = \n', '1:3', 'A key has no value', 'Add the value behind the equals sign.'],
    ['a = [1 2]\n', '1:8', 'A comma is missing between two values', 'Add the comma.'],
    ['a = wrr\n', '1:5', 'There is a character that TOML does not allow here', 'Set key = "value"'],
    ['a: 1\n', '1:2', 'There is a character that TOML does not allow here', 'Set key = "value"'],
    ['a = 1\n]\n', '2:1', 'There is something here that TOML does not expect', 'Remove it, or set key = value.'],
    [
      'a = "\u0007"\n',
      '1:6',
      'A control character is in the file',
      'Remove it, or write it as an escape such as \\u0000.',
    ],
    ['a = 1__0\n', '1:7', 'A number has an underscore at its edge', 'Remove the underscore.'],
    ['[ [a]]\n', '1:3', 'There is a space between the two brackets of a table', 'Remove the space.'],
    ['a = 010\n', '1:5', 'A number begins with a zero', 'Remove the zero, or put the value in quotes.'],
    ['a = 2026-02-30\n', '1:14', 'A date does not exist', 'Set a date that exists, or put it in quotes.'],
    ['a = 25:00:00\n', '1:12', 'A time does not exist', 'Set a time that exists, or put it in quotes.'],
    ['a = "\\q"\n', '1:7', 'A double-quoted text has an escape that TOML does not know', 'Add a second backslash'],
    ['a..b = 1\n', '1:2', 'A key has two dots in a row', 'Remove one dot.'],
    ['a. = 1\n', '1:2', 'A key ends with a dot', 'Remove the dot.'],
    ['[.a]\n', '1:2', 'A key starts with a dot', 'Remove the dot.'],
    ['a = "\\ud800"\n', '1:11', 'Invalid TOML: Invalid code point', 'Correct the syntax here.'],
    [
      'a = 1\rb = 2\n',
      '1:6',
      'A line ends with a carriage return alone',
      'Set the line ends of the file to LF or CRLF.',
    ],
  ])('a syntax error of %j has a place and a fix', (text, where, what, fix) => {
    const { documents, faults } = read(text);
    expect(documents).toEqual([]);
    expect(faults.map((fault) => [fault.kind, place(fault.at), plain(fault.what), plain(fault.fix)])).toEqual([
      ['syntax', where, expect.stringContaining(what), expect.stringContaining(fix)],
    ]);
  });

  test('a template that is no TOML is said to be rendered first', () => {
    const { faults } = read('{{ range .Servers }}\n[[servers]]\nurl = "{{ . }}"\n{{ end }}\n');
    expect(plain(faults[0]?.fix ?? NO_TEXT)).toContain('render it first');
  });

  test.each([
    ['a = 1\nb = 2\na = 3\n', '3:1', 'a'],
    ['[a]\n[b]\n[a]\n', '3:2', 'a'],
    ['a = { x = 1, x = 2 }\n', '1:14', 'x'],
    ['a.b = 1\na.b.c = 2\n', '2:3', 'b'],
    ['a = [1]\n[[a]]\n', '2:3', 'a'],
    ['a = { b = 1 }\n[a.c]\n', '2:2', 'a'],
    ['[[a]]\n[a]\n', '2:2', 'a'],
    ['"x y" = 1\n"x y" = 2\n', '2:1', '"x y"'],
  ])('what %j has twice is named at its second place', (text, where, key) => {
    const { documents, faults } = read(text);
    expect(documents).toEqual([]);
    expect(faults.map((fault) => [fault.kind, place(fault.at), plain(fault.what)])).toEqual([
      ['duplicate-key', where, `${key} is given twice`],
    ]);
  });

  test('nothing at all gives no document', () => {
    for (const text of ['', '\n', '# only a comment\n', '\ufeff']) {
      expect(read(text)).toEqual({ documents: [], faults: [] });
    }
  });

  test('too large and binary texts are input errors', () => {
    expect(() => read('#'.repeat(1_000_001))).toThrow('x.toml is 1000001 characters long; the limit is 1000000');
    expect(() => read('a = "\0"')).toThrow('x.toml is a binary file');
  });
});
