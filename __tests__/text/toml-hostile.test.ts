import { LIMITS } from '../../src/text/limits.ts';
import { child, itemsOf, toPlain, type PNode } from '../../src/text/positioned.ts';
import { plain } from '../../src/text/say.ts';
import { SourceFile } from '../../src/text/source.ts';
import { readToml } from '../../src/text/toml-tree.ts';
import type { TreeRead } from '../../src/text/tree-faults.ts';
import { random } from '../support/random.ts';

const read = (text: string): TreeRead => readToml(new SourceFile('x.toml', text));
function rootOf(text: string): PNode {
  const [root] = read(text).documents;
  if (root === undefined) throw new Error('no document');
  return root;
}

describe('hostile TOML', () => {
  test('keys like __proto__ are ordinary and change no prototype', () => {
    const root = rootOf(
      '__proto__.polluted = 1\nhasOwnProperty = 2\n[constructor.prototype]\npolluted = 1\n[a]\n__proto__ = { polluted = 1 }\n[[b.__proto__]]\npolluted = 1\n',
    );
    const value = toPlain(root) as Record<string, object>;
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value)).toEqual(['__proto__', 'hasOwnProperty', 'constructor', 'a', 'b']);
    expect(Object.keys(value['a'] ?? {})).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each([
    ['lists', `a = ${'['.repeat(70)}${']'.repeat(70)}\n`, 'The file is nested deeper than 64 levels'],
    ['inline tables', `a = ${'{a = '.repeat(70)}1${'}'.repeat(70)}\n`, 'The file is nested deeper than 64 levels'],
    ['dotted keys', `a${'.a'.repeat(70)} = 1\n`, 'The file is nested deeper than 64 levels'],
    ['table names', `[a${'.a'.repeat(70)}]\n`, 'The file is nested deeper than 64 levels'],
    [
      'lists of tables',
      Array.from(
        { length: 40 },
        (_, i) =>
          `[[${Array(i + 1)
            .fill('a')
            .join('.')}]]`,
      ).join('\n'),
      'The file is nested deeper than 64 levels',
    ],
    ['very long dotted keys', `a${'.a'.repeat(100_000)} = 1\n`, 'The file is nested deeper than 64 levels'],
    ['very many closed lists', `a = ${'['.repeat(100_000)}${']'.repeat(100_000)}\n`, 'nested'],
    ['very many open lists', `a = ${'['.repeat(100_000)}`, 'A key has no value'],
    ['very many inline tables', `a = ${'{a='.repeat(50_000)}1${'}'.repeat(50_000)}\n`, 'nested too deeply'],
    ['a text of 900,000 characters', `a = "${'x'.repeat(900_000)}"\n`, 'one of its values is too long'],
  ])('deep or long %s are a fault, never a crash', (_name, text, what) => {
    const { documents, faults } = read(text);
    expect(documents).toEqual([]);
    expect(faults.map((fault) => plain(fault.what))).toEqual([expect.stringContaining(what)]);
  });

  test('64 levels are read', () => {
    expect(rootOf(`a = ${'['.repeat(64)}${']'.repeat(64)}\n`).kind).toBe('map');
  });

  test('the size of a file bounds its values', () => {
    expect(LIMITS.tomlBytes / 2).toBeLessThanOrEqual(LIMITS.visitedNodes);
    expect(itemsOf(child(rootOf(`a=[${'1,'.repeat(100_000)}]`), 'a'))).toHaveLength(100_000);
  });

  // Linear: a file that is ten times as long would take a hundred times as long otherwise, here minutes.
  test.each([
    ['keys', (i: number) => `key${i} = 1\n`],
    ['tables', (i: number) => `[t${i}]\na = 1\n`],
    ['lists of tables', () => `[[a]]\nx = 1\n[[a.b]]\ny = 1\n[a.b.c]\nz = 1\n`],
    ['dotted keys of one table', (i: number) => `a.k${i} = 1\n`],
    ['tables of one table', (i: number) => `[a.b.k${i}]\n`],
  ])(
    'many %s are read in linear time',
    (_name, line) => {
      const text = Array.from({ length: 20_000 }, (_, i) => line(i)).join('');
      const started = performance.now();
      const { documents } = read(text);
      expect(documents).toHaveLength(1);
      expect(performance.now() - started).toBeLessThan(30_000);
    },
    60_000,
  );

  const BITS =
    String.raw`a b . = == [ ] [[ ]] { } , 1 - 0x 1.5 e inf true " ' """ ''' \ \u00e9 # T Z _ + 2026-01-02 __proto__ 😀`
      .split(' ')
      .concat('"a b"', ' = ', '\n', '\r\n', '\r', '\t', ' ', '\u2028', '{{ x }}', '03:04:05');
  const VALUES = [
    '1',
    '"x"',
    "'y'",
    '1.5',
    'true',
    '2026-01-02',
    '[1, [2]]',
    '{ a.b = 1 }',
    '[{ a = 1 }]',
    '"""\nx"""',
  ];
  const KEYS = ['a', 'b', 'a.b', 'b.a', '__proto__', 'constructor.prototype', '"x y"', '1.5'];

  test('no random text makes anything but faults', () => {
    const next = random(20_261);
    const of = (list: readonly string[]): string => list[Math.floor(next() * list.length)] ?? '';
    const noise = (): string => Array.from({ length: Math.floor(next() * 12) }, () => of(BITS)).join('');
    const section = (): string => (next() < 0.5 ? `[${of(KEYS)}]` : `[[${of(KEYS)}]]`);
    const line = (): string => (next() < 0.3 ? section() : `${of(KEYS)} = ${of(VALUES)}`);
    let readable = 0;
    for (let run = 0; run < 20_000; run++) {
      const lines = Array.from({ length: 1 + Math.floor(next() * 4) }, line).join('\n');
      const text = next() < 0.5 ? lines : `${lines}\n${noise()}`;
      const { documents, faults } = read(text);
      for (const root of documents) {
        JSON.stringify(toPlain(root));
        readable++;
      }
      expect(documents.length + faults.length).toBeLessThanOrEqual(1);
      for (const {
        at: { start, end },
      } of faults) {
        expect(start).toBeLessThanOrEqual(end);
        expect(end).toBeLessThanOrEqual(Math.max(text.length, 1));
      }
      expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(12);
    }
    expect(readable).toBeGreaterThan(5000);
  }, 60_000);
});
