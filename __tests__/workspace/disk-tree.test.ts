import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { InputError } from '../../src/model/tree.ts';
import { DiskTree } from '../../src/workspace/disk-tree.ts';
import { TempDir } from '../support/temp-repo.ts';

let outer: TempDir;
let tree: DiskTree;

beforeEach(() => {
  outer = new TempDir().write({
    'secret.cfg': 'secret',
    'repo/lb.cfg': 'backend a\n',
    'repo/conf.d/a.conf': 'a',
    'repo/.git/config': 'x',
    'repo/sub/node_modules/p/x.cfg': 'x',
  });
  tree = new DiskTree(outer.at('repo'));
});
afterEach(() => outer.remove());

test('reads regular files under its root, through any spelling of the path', () => {
  expect(tree.read('lb.cfg')).toBe('backend a\n');
  expect(tree.read('./conf.d/../lb.cfg')).toBe('backend a\n');
  expect(tree.require('lb.cfg')).toBe('backend a\n');
});

test.each([
  '../secret.cfg',
  'conf.d/../../secret.cfg',
  '/etc/passwd',
  'a\0b',
  '..',
  'conf.d',
  '',
  'missing.cfg',
  'lb.cfg/x',
])('%j is absent', (path) => {
  expect(tree.read(path)).toBeUndefined();
  expect(() => tree.require(path)).toThrow(InputError);
});

test('a named path that cannot be had is refused with its reason', () => {
  expect(() => tree.require('../secret.cfg')).toThrow('../secret.cfg lies outside the folder that may be read.');
  expect(() => tree.require('missing.cfg')).toThrow('missing.cfg does not exist.');
  expect(() => tree.require('conf.d')).toThrow('conf.d is a folder; name the files in it.');
  expect(() => tree.require('::error::x\n')).toThrow('"::error::x\\n" does not exist.');
});

test('links inside the root are followed, links that leave it are absent', () => {
  symlinkSync('../lb.cfg', outer.at('repo/conf.d/in.conf'));
  symlinkSync('../../secret.cfg', outer.at('repo/conf.d/out.conf'));
  symlinkSync(outer.path, outer.at('repo/up'));
  symlinkSync('loop', outer.at('repo/loop'));
  symlinkSync('conf.d', outer.at('repo/enabled'));
  expect(tree.read('conf.d/in.conf')).toBe('backend a\n');
  expect(tree.read('enabled/a.conf')).toBe('a');
  expect(tree.read('conf.d/out.conf')).toBeUndefined();
  expect(tree.read('up/secret.cfg')).toBeUndefined();
  expect(tree.read('loop')).toBeUndefined();
  expect(tree.list('conf.d')).toEqual(['a.conf', 'in.conf']);
  expect(tree.list('')).toEqual(['.git/', 'conf.d/', 'enabled/', 'lb.cfg', 'sub/']);
  expect(() => tree.require('conf.d/out.conf')).toThrow('is a link that leaves the folder that may be read');
});

test('a root whose name is the beginning of a neighbour does not open the neighbour', () => {
  outer.write({ 'repo-private/x.cfg': 'x' });
  symlinkSync('../repo-private/x.cfg', outer.at('repo/x.cfg'));
  expect(tree.read('x.cfg')).toBeUndefined();
});

test('a pipe is refused at once instead of waited for', () => {
  execFileSync('mkfifo', [outer.at('repo/pipe.cfg')]);
  expect(tree.read('pipe.cfg')).toBeUndefined();
  expect(tree.list('')).not.toContain('pipe.cfg');
  expect(() => tree.require('pipe.cfg')).toThrow('pipe.cfg is not a regular file');
});

test('a device behind a link is refused', () => {
  const all = new DiskTree('/');
  expect(all.read('dev/zero')).toBeUndefined();
  expect(all.read('dev/null')).toBeUndefined();
  expect(all.read(outer.at('repo/lb.cfg').slice(1))).toBe('backend a\n');
});

test('a binary file and one that is too large are input errors', () => {
  outer.write({ 'repo/bin.cfg': 'a\0b', 'repo/large.cfg': Buffer.alloc(8_000_001, 'a') });
  expect(() => tree.read('bin.cfg')).toThrow('bin.cfg is a binary file; name text configs only.');
  expect(() => tree.read('large.cfg')).toThrow('large.cfg is larger than 8 MB, the limit for one file.');
});

test('all files together have a limit, and one file is counted once', () => {
  const text = Buffer.alloc(7_000_000, 'a');
  outer.write(Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`repo/${n}.cfg`, text])));
  for (let i = 0; i < 10; i++) expect(tree.read('1.cfg')).toHaveLength(7_000_000);
  for (const n of [2, 3, 4]) tree.read(`${n}.cfg`);
  expect(() => tree.read('5.cfg')).toThrow('larger than 32 MB together');
});

test('the listing leaves out .git, node_modules and folders behind links', () => {
  mkdirSync(outer.at('repo/enabled'));
  symlinkSync('../conf.d/a.conf', outer.at('repo/enabled/a.conf'));
  symlinkSync('..', outer.at('repo/enabled/back'));
  expect([...tree.files()]).toEqual([
    ['conf.d/a.conf', 'conf.d/a.conf'],
    ['enabled/a.conf', 'conf.d/a.conf'],
    ['lb.cfg', 'lb.cfg'],
  ]);
});

test('a root that is no folder is an input error', () => {
  expect(() => new DiskTree(outer.at('none'))).toThrow(InputError);
  expect(() => new DiskTree(outer.at('secret.cfg'))).toThrow('is not a folder');
});
