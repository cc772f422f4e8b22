import {
  child,
  entriesOf,
  headOf,
  itemsOf,
  nodeAt,
  pointerKeys,
  toPlain,
  type PNode,
} from '../../src/text/positioned.ts';
import { plain, words } from '../../src/text/say.ts';
import { SourceFile, textOf } from '../../src/text/source.ts';
import { MAX_FAULTS, type TreeRead } from '../../src/text/tree-faults.ts';
import { readYaml, type YamlOptions } from '../../src/text/yaml-tree.ts';
import { cpuMs } from '../support/cpu.ts';
import { place } from '../support/place.ts';

const NO_TEXT = words('');
const read = (text: string, options?: YamlOptions): TreeRead => readYaml(new SourceFile('x.yml', text), options);
function first<T>(list: readonly T[]): T {
  for (const item of list) return item;
  throw new Error('an empty list');
}
function one(text: string, options?: YamlOptions): PNode {
  const { documents, faults } = read(text, options);
  expect(faults).toEqual([]);
  expect(documents).toHaveLength(1);
  return first(documents);
}

describe('positions', () => {
  test.each([
    ['LF', 'a: 1\nb:\n  - x\n  - yy\n'],
    ['CRLF', 'a: 1\r\nb:\r\n  - x\r\n  - yy\r\n'],
  ])('keys and values of a block file with %s', (_name, text) => {
    const root = one(text);
    expect(place(entriesOf(root)[1]?.keyAt)).toBe('2:1');
    expect(itemsOf(child(root, 'b')).map((item) => [place(item.at), textOf(item.at)])).toEqual([
      ['3:5', 'x'],
      ['4:5', 'yy'],
    ]);
  });

  test('a BOM counts as a column, as in editors that show it', () => {
    const root = one('\ufeffa: 1\nb: 2\n');
    expect(place(child(root, 'b')?.at)).toBe('2:4');
    expect(toPlain(root)).toEqual({ a: 1, b: 2 });
  });

  test('JSON with tabs', () => {
    const root = one('{\n\t"pools": [\n\t\t{"name": "a"}\n\t]\n}\n');
    expect(place(nodeAt(root, ['pools', '0', 'name'])?.at)).toBe('3:12');
  });

  test('a collection ends with its last visible character', () => {
    const root = one('a:\n  b: 1\n\n\nc: 2\n');
    expect(textOf((child(root, 'a') as PNode).at)).toBe('b: 1');
    expect(textOf(headOf(child(root, 'a') as PNode))).toBe('b');
  });

  test('a key without a value is null just behind the key', () => {
    const root = one('a:\nb: 1\n? c\n');
    expect(toPlain(root)).toEqual({ a: null, b: 1, c: null });
    expect(place(child(root, 'c')?.at)).toBe('3:4');
  });

  test('pointers are unescaped', () => {
    expect(pointerKeys('/a~1b/~0c/0')).toEqual(['a/b', '~c', '0']);
    expect(pointerKeys('')).toEqual([]);
    expect(place(nodeAt(one('a/b:\n  - 7\n'), ['a/b', '0'])?.at)).toBe('2:5');
    expect(nodeAt(one('a: 1\n'), ['a', 'b'])).toBeUndefined();
  });
});

describe('anchors, aliases and merges', () => {
  test('an alias has the value and the place of its anchor', () => {
    const root = one('a: &x { w: 1 }\nb: *x\n');
    expect(child(root, 'a')).toBe(child(root, 'b'));
    expect(place(child(child(root, 'b'), 'w')?.at)).toBe('1:12');
  });

  test('the last definition of an anchor wins', () => {
    expect(toPlain(one('a: &x 1\nb: *x\nc: &x 2\nd: *x\n'))).toEqual({ a: 1, b: 1, c: 2, d: 2 });
  });

  test('<< merges: own keys first, then the maps in their order', () => {
    const text = 'a: &a { x: 1, y: 1 }\nb: &b { y: 2, z: 2 }\nc:\n  <<: [*a, *b]\n  x: 3\n';
    expect(toPlain(one(text))).toEqual({ a: { x: 1, y: 1 }, b: { y: 2, z: 2 }, c: { x: 3, y: 1, z: 2 } });
    expect(Object.keys(toPlain(child(one(text, { merge: false }), 'c') as PNode) as object)).toContain('<<');
  });

  test.each([
    ['a: *no\n', '1:4', 'The alias *no has no anchor before it'],
    ['a: &x [1, *x]\n', '1:11', 'The anchor &x contains itself'],
    ['a:\n  <<: 5\n', '2:3', 'A merge key (<<) names something that is not a map'],
    ['{ a: 1 }: 2\n', '1:1', 'A key of a map is itself a map or a list'],
  ])('%j is refused at its place', (text, at, what) => {
    const { documents, faults } = read(text);
    expect(documents).toEqual([]);
    expect(faults.map((fault) => [place(fault.at), plain(fault.what)])).toEqual([[at, what]]);
  });
});

describe('faults', () => {
  test.each([
    ['a: b\n\tc: d\n', '2:1', 'A tab is used as indentation, which YAML forbids', 'Indent with spaces.'],
    ['a: [1, 2\nb: 3\n', '2:1', 'The indentation does not fit', 'close every'],
    ['a: "x\n', '1:5', 'A character is missing', 'Complete'],
    ['a: b: c\n', '1:4', 'A', ''],
  ])('a syntax error of %j has a place and a fix', (text, at, what, fix) => {
    const fault = read(text).faults[0];
    expect(fault?.kind).toBe('syntax');
    expect([place(fault?.at), plain(fault?.what ?? NO_TEXT)]).toEqual([at, expect.stringContaining(what)]);
    expect(plain(fault?.fix ?? NO_TEXT)).toContain(fix);
  });

  test('a template that is no YAML is told to be rendered', () => {
    const { faults } = read('pools:\n{{- range .pools }}\n  - name: {{ .name }}\n{{- end }}\n');
    expect(plain(faults[0]?.fix ?? NO_TEXT)).toContain('render it first');
  });

  test('one document does not hide the other', () => {
    const { documents, faults } = read('a: 1\n---\nb: [\n---\nc: 3\n');
    expect(documents.map((root) => toPlain(root))).toContainEqual({ a: 1 });
    expect(faults[0]?.kind).toBe('syntax');
  });

  test('duplicate keys are named with both places, and the last counts', () => {
    const { documents, faults } = read('a:\n  x: 1\n  y: 2\n  x: 3\n');
    expect(faults).toHaveLength(1);
    expect([faults[0]?.kind, place(faults[0]?.at), place(faults[0]?.other)]).toEqual(['duplicate-key', '4:3', '2:3']);
    expect(toPlain(first(documents))).toEqual({ a: { x: 3, y: 2 } });
  });

  test('a flood of faults is cut', () => {
    expect(read('a: 1\n'.repeat(5000)).faults).toHaveLength(MAX_FAULTS);
    expect(read('---\n\t- x\n'.repeat(2000)).faults.length).toBeLessThanOrEqual(MAX_FAULTS);
  });

  test('nothing at all gives no document', () => {
    for (const text of ['', '# only a comment\n']) expect(read(text)).toEqual({ documents: [], faults: [] });
  });

  test('too large and binary texts are input errors', () => {
    expect(() => read('a'.repeat(2_000_001))).toThrow('x.yml is 2000001 characters long');
    expect(() => read('a\0b')).toThrow('x.yml is a binary file');
  });
});

describe('scalars', () => {
  test('what YAML 1.1 and 1.2 read differently is marked, quoted text is not', () => {
    const root = one('a: 010\nb: yes\nc: 1:30\nd: "010"\ne: 10\nf: true\n');
    expect(entriesOf(root).map(({ value }) => (value.kind === 'scalar' ? [value.value, value.ambiguous] : []))).toEqual(
      [
        [10, 'octal'],
        ['yes', 'boolean'],
        ['1:30', 'base-60'],
        ['010', undefined],
        [10, undefined],
        [true, undefined],
      ],
    );
  });

  test('templates and custom tags are computed values with their text', () => {
    const root = one('a: {{ .Values.w }}\nb: ${W}\nc: "<%= w %>"\nd: !Ref Weight\ne: {a: 1}\n');
    const seen = entriesOf(root).map(({ value }) => (value.kind === 'scalar' ? [value.value, value.computed] : 'map'));
    expect(seen).toEqual([['{{ .Values.w }}', true], ['${W}', true], ['<%= w %>', true], ['Weight', true], 'map']);
  });

  test('keys are names as written', () => {
    expect(Object.keys(toPlain(one('1.0: a\n010: b\ntrue: c\nnull: d\n')) as object)).toEqual([
      '1.0',
      '010',
      'true',
      'null',
    ]);
  });
});

const many = (n: number): string => `a: &a { x: 1 }\nb:\n${'  - *a\n'.repeat(n)}`;

describe('hostile input', () => {
  test('keys like __proto__ are ordinary and change no prototype', () => {
    const root = one('__proto__: { polluted: 1 }\nconstructor: { prototype: { polluted: 1 } }\ntoString: 2\n');
    const value = toPlain(root) as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const merged = toPlain(one('a: &a { __proto__: { polluted: 1 } }\nb: { <<: *a }\n')) as { b: object };
    expect(Object.keys(merged.b)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each([
    [
      'aliases',
      (level: number) =>
        `a${level}: &a${level} [${Array(9)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
    ],
    [
      'merge keys',
      (level: number) =>
        `a${level}: &a${level} { ${Array.from({ length: 9 }, (_, i) => `k${i}: *a${level - 1}`).join(', ')} }`,
    ],
  ])('a bomb of %s is refused within the budget', (_name, line) => {
    const text = ['a0: &a0 [x]', ...Array.from({ length: 12 }, (_, i) => line(i + 1))].join('\n');
    const took = cpuMs(() => {
      const { documents, faults } = read(text);
      expect(documents).toEqual([]);
      expect(plain(faults[0]?.what ?? NO_TEXT)).toBe('The file stands for more than 500,000 values');
    });
    expect(took).toBeLessThan(5000);
  });

  test('many aliases of one anchor are cheap, too many are refused', () => {
    const took = cpuMs(() => {
      expect(itemsOf(child(one(many(9000)), 'b'))).toHaveLength(9000);
      expect(plain(read(many(10_001)).faults[0]?.what ?? NO_TEXT)).toBe('The file uses more than 10,000 aliases');
    });
    expect(took).toBeLessThan(10_000);
  });

  test('a chain of merges cannot multiply work', () => {
    const keys = Array.from({ length: 300 }, (_, i) => `k${i}: 1`).join(', ');
    const chain = Array.from({ length: 3000 }, (_, i) => `m${i + 1}: &m${i + 1} { <<: *m${i}, o${i}: 1 }`).join('\n');
    const { documents, faults } = read(`m0: &m0 { ${keys} }\n${chain}\n`);
    expect([documents.length, faults.length]).toEqual([0, 1]);
  });

  test('39,000 keys are read in linear time', () => {
    const text = Array.from({ length: 39_000 }, (_, i) => `key${i}: 1`).join('\n');
    expect(cpuMs(() => expect(entriesOf(one(text))).toHaveLength(39_000))).toBeLessThan(20_000);
  });

  test.each([
    ['flow lists', '['.repeat(70) + ']'.repeat(70)],
    ['very deep flow lists', '['.repeat(20_000)],
    ['blocks', Array.from({ length: 100 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('deep %s are a fault, never a crash', (_name, text) => {
    const { documents, faults } = read(text);
    expect([documents.length, faults.length]).toEqual([0, 1]);
  });

  test('an alias cannot hide depth', () => {
    const deep = `a: &a ${'['.repeat(40)}${']'.repeat(40)}\nb: ${'['.repeat(40)}*a${']'.repeat(40)}\n`;
    expect(plain(read(deep).faults[0]?.what ?? NO_TEXT)).toBe('The file is nested deeper than 64 levels');
  });

  test('no random text makes anything but faults', () => {
    let seed = 20261;
    const random = (n: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * n);
    };
    const bits = [
      'a',
      ': ',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '&x ',
      '*x',
      '<<: ',
      '|',
      '>',
      '#',
      '!t ',
      '\t',
      '\r\n',
      '---\n',
      '%YAML 1.1\n',
      '? ',
      '\u2028',
      '😀',
      '0',
      '{{ ',
      '\\',
    ];
    for (let run = 0; run < 3000; run++) {
      const text = Array.from({ length: random(30) }, () => bits[random(bits.length)]).join('');
      const { documents, faults } = read(text);
      for (const root of documents) JSON.stringify(toPlain(root));
      for (const fault of faults) expect(fault.at.start).toBeLessThanOrEqual(fault.at.end);
    }
  });
});
