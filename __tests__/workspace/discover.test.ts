import { describe, expect, test } from '@jest/globals';
import { InputError } from '../../src/model/tree.ts';
import { matchBases } from '../../src/workspace/base-match.ts';
import { discover } from '../../src/workspace/discover.ts';

function tree(...paths: (string | [string, string])[]) {
  return { files: () => new Map(paths.map((p) => (typeof p === 'string' ? ([p, p] as const) : p))) };
}

describe('config globs', () => {
  const files = tree('.github/lb.cfg', 'a.cfg', 'lb/a.cfg', 'lb/deep/b.cfg', 'lb/x.conf');

  test.each([
    [['lb/*.cfg'], ['lb/a.cfg']],
    [['./lb/a.cfg'], ['lb/a.cfg']],
    [['**/*.cfg'], ['.github/lb.cfg', 'a.cfg', 'lb/a.cfg', 'lb/deep/b.cfg']],
    [
      ['lb/**', '!**/*.conf'],
      ['lb/a.cfg', 'lb/deep/b.cfg'],
    ],
    [
      ['*.cfg', 'lb/{x,y}.conf'],
      ['a.cfg', 'lb/x.conf'],
    ],
  ])('%j', (globs, expected) => {
    expect(discover(files, globs)).toEqual({ files: expected, unmatched: [] });
  });

  test('what matches nothing is told', () => {
    expect(discover(files, ['a.cfg', 'haproxy/*.cfg'])).toEqual({ files: ['a.cfg'], unmatched: ['haproxy/*.cfg'] });
  });

  test.each(['../*.cfg', '/etc/*.cfg', 'a/../../b', 'lb/../a.cfg', '', './', 'x\0'])('%j is refused', (glob) => {
    expect(() => discover(files, [glob])).toThrow(InputError);
  });

  test('a file and the link to it count once, under its own path when that is named', () => {
    const linked = tree(['available/a', 'available/a'], ['enabled/a', 'available/a'], ['enabled/b', 'available/a']);
    expect(discover(linked, ['**']).files).toEqual(['available/a']);
    expect(discover(linked, ['enabled/*']).files).toEqual(['enabled/a']);
  });
});

describe('files of a base folder', () => {
  test('are matched by the longest common end first, each once', () => {
    const pairs = matchBases(['prod/eu/lb.cfg', 'prod/us/lb.cfg', 'new.cfg'], ['eu/lb.cfg', 'us/lb.cfg', 'gone.cfg']);
    expect([...pairs]).toEqual([
      ['prod/eu/lb.cfg', 'eu/lb.cfg'],
      ['prod/us/lb.cfg', 'us/lb.cfg'],
    ]);
  });

  test('a longer match leaves the shorter one to another file', () => {
    const pairs = matchBases(['x/lb.cfg', 'eu/lb.cfg'], ['eu/lb.cfg', 'lb.cfg']);
    expect(pairs.get('eu/lb.cfg')).toBe('eu/lb.cfg');
    expect(pairs.get('x/lb.cfg')).toBe('lb.cfg');
  });

  test('part of a name is no match', () => {
    expect(matchBases(['my-lb.cfg'], ['lb.cfg']).size).toBe(0);
  });

  test('the very path of a file is preferred to every other that ends like it', () => {
    const old = ['eu/lb.cfg', 'us/lb.cfg', 'old/eu/lb.cfg'];
    expect([...matchBases(['eu/lb.cfg'], old)]).toEqual([['eu/lb.cfg', 'eu/lb.cfg']]);
    expect([...matchBases(['lb.cfg'], old, '/work/eu')]).toEqual([['lb.cfg', 'eu/lb.cfg']]);
    expect([...matchBases(['lb.cfg'], old, '/work/old/eu')]).toEqual([['lb.cfg', 'old/eu/lb.cfg']]);
    expect(() => matchBases(['lb.cfg'], old, '/work/asia')).toThrow('lb.cfg could be eu/lb.cfg or us/lb.cfg');
  });

  test('a tie is an input error, from either side', () => {
    expect(() => matchBases(['lb.cfg'], ['a/lb.cfg', 'b/lb.cfg'])).toThrow('lb.cfg could be a/lb.cfg or b/lb.cfg');
    expect(() => matchBases(['a/lb.cfg', 'b/lb.cfg'], ['lb.cfg'])).toThrow(InputError);
  });
});
