import { chmodSync, existsSync, readdirSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { InputError } from '../../src/model/tree.ts';
import { GitTree } from '../../src/workspace/git-tree.ts';
import { Git, isSha } from '../../src/workspace/git.ts';
import { TempClone, TempDir, TempRepo } from '../support/temp-repo.ts';

let repo: TempRepo;
let first: string;

beforeEach(() => {
  repo = new TempRepo();
  first = repo.commit({ 'lb/haproxy.cfg': 'one\n', 'top.cfg': 'top' });
});
afterEach(() => repo.remove());

function open(dir: string): Git {
  const git = Git.holding(dir);
  if (git === undefined) throw new Error('no repository');
  return git;
}

describe('refs', () => {
  test('branches, tags, short names and expressions give the full commit name', () => {
    repo.git('tag', '-a', 'v1', '-m', 'v1');
    repo.git('branch', 'feature/x');
    const second = repo.commit({ 'top.cfg': 'new' });
    const git = open(repo.at('lb'));
    expect(git.top).toBe(repo.path);
    expect(git.resolve('v1')).toBe(first);
    expect(git.resolve('feature/x')).toBe(first);
    expect(git.resolve('HEAD~1')).toBe(first);
    expect(git.resolve(second.slice(0, 8))).toBe(second);
  });

  test.each([
    '--output=pwned',
    '-x',
    '--help',
    '--upload-pack=touch pwned',
    '--exec=touch pwned',
    'HEAD;touch pwned',
    '$(touch pwned)',
    '`touch pwned`',
    'HEAD\ntouch pwned',
    'HEAD\0',
    'main..HEAD',
    '^HEAD',
    'HEAD:top.cfg',
    '',
    ' ',
    'nothing',

    'ext::sh -c touch% pwned',
  ])('%j as a ref does nothing but an input error', (ref) => {
    const before = readdirSync(repo.path);
    expect(() => open(repo.path).resolve(ref)).toThrow(InputError);
    expect(readdirSync(repo.path)).toEqual(before);
    expect(existsSync(repo.at('pwned'))).toBe(false);
    expect(existsSync('pwned')).toBe(false);
  });

  test('only full lower-case names other than zero are commit names', () => {
    expect(isSha(first)).toBe(true);
    for (const other of ['0'.repeat(40), 'a'.repeat(39), 'A'.repeat(40), `${first}\n`, 7, null])
      expect(isSha(other)).toBe(false);
  });

  test('anything but a commit name is never handed to git', () => {
    expect(() => open(repo.path).has('--output=x')).toThrow('not a commit name');
    expect(() => open(repo.path).fetch('--upload-pack=touch pwned')).toThrow('not a commit name');
  });

  test('outside a repository there is none', () => {
    const dir = new TempDir();
    expect(Git.holding(dir.path)).toBeUndefined();
    dir.remove();
  });

  test('nothing that the repository configures is run', () => {
    const marker = repo.at('ran');
    repo.write({ 'evil.sh': `#!/bin/sh\ntouch ${marker}\n` });
    chmodSync(repo.at('evil.sh'), 0o755);
    for (const key of ['core.fsmonitor', 'core.pager', 'gpg.program', 'diff.external'])
      repo.git('config', key, repo.at('evil.sh'));
    repo.git('config', 'log.showSignature', 'true');
    const git = open(repo.path);
    git.history(git.resolve('HEAD'), ['top.cfg'], 5);
    GitTree.of(git, first).read('top.cfg');
    git.parents(first);
    expect(existsSync(marker)).toBe(false);
  });
});

describe('history', () => {
  test('names the commits that changed a file, newest first', () => {
    const second = repo.commit({ 'lb/haproxy.cfg': 'two\n' });
    repo.commit({ 'top.cfg': 'other' });
    const fourth = repo.commit({ 'lb/haproxy.cfg': 'three\n' });
    expect(open(repo.path).history(repo.git('rev-parse', 'HEAD'), ['lb/haproxy.cfg'], 5)).toEqual([
      fourth,
      second,
      first,
    ]);
    expect(open(repo.path).history(fourth, ['lb/haproxy.cfg'], 2)).toEqual([fourth, second]);
    expect(open(repo.path).history(fourth, [':(glob)**', '--output=x'], 2)).toEqual([]);
  });
});

describe('a shallow clone of a merge commit', () => {
  let merge: string;
  let target: string;
  beforeEach(() => {
    repo.git('checkout', '--quiet', '-b', 'change');
    repo.commit({ 'lb/haproxy.cfg': 'changed\n' });
    repo.git('checkout', '--quiet', 'main');
    target = repo.commit({ 'other.txt': 'moved on' });
    merge = repo.mergeCommit('change');
  });

  test.each([1, 2])('fetch-depth %d: the first parent is known and can be read', (depth) => {
    const clone = new TempClone(repo, merge, depth);
    const git = open(clone.path);
    expect(git.resolve('HEAD')).toBe(merge);
    expect(git.parents(merge)[0]).toBe(target);
    expect(git.has(target)).toBe(depth === 2);
    expect(git.fetch(target)).toBe(true);
    expect(GitTree.of(git, target).read('lb/haproxy.cfg')).toBe('one\n');
    expect(GitTree.of(git, merge).read('lb/haproxy.cfg')).toBe('changed\n');
    clone.remove();
  });

  test('a commit that origin does not have cannot be fetched, and that is no error', () => {
    const clone = new TempClone(repo, merge, 1);
    expect(open(clone.path).fetch('1234567890'.repeat(4))).toBe(false);
    clone.remove();
  });

  test('fetching into a whole clone leaves it whole', () => {
    const git = open(repo.path);
    expect(git.fetch('1234567890'.repeat(4))).toBe(false);
    expect(repo.git('rev-parse', '--is-shallow-repository')).toBe('false');
  });
});

describe('the files of a commit', () => {
  test('are those of that commit, not of the disk', () => {
    repo.commit({ 'lb/haproxy.cfg': 'two\n' });
    repo.write({ 'lb/haproxy.cfg': 'uncommitted' });
    const tree = GitTree.of(open(repo.path), first);
    expect(tree.read('lb/haproxy.cfg')).toBe('one\n');
    expect(tree.read('./lb/../lb/haproxy.cfg')).toBe('one\n');
    expect(tree.list('')).toEqual(['lb/', 'top.cfg']);
    expect(tree.list('lb')).toEqual(['haproxy.cfg']);
    expect(tree.list('none')).toEqual([]);
    for (const path of ['../top.cfg', '/etc/passwd', 'lb', '', 'none', 'a\0']) expect(tree.read(path)).toBeUndefined();
    expect(() => tree.require('lb')).toThrow(`lb is a folder in commit ${first.slice(0, 7)}.`);
    expect(() => tree.require('none')).toThrow(InputError);
  });

  test('links are followed inside the tree and absent when they leave it or circle', () => {
    symlinkSync('../top.cfg', repo.at('lb/in.cfg'));
    symlinkSync('lb', repo.at('enabled'));
    symlinkSync('../../etc/passwd', repo.at('lb/out.cfg'));
    symlinkSync('/etc/passwd', repo.at('abs.cfg'));
    symlinkSync('loop.cfg', repo.at('loop.cfg'));
    const tree = GitTree.of(open(repo.path), repo.commit({}));
    expect(tree.read('lb/in.cfg')).toBe('top');
    expect(tree.read('enabled/haproxy.cfg')).toBe('one\n');
    expect(tree.read('enabled/in.cfg')).toBe('top');
    for (const path of ['lb/out.cfg', 'abs.cfg', 'loop.cfg']) expect(tree.read(path)).toBeUndefined();
    expect(tree.list('')).toEqual(['enabled/', 'lb/', 'top.cfg']);
    expect(tree.list('enabled')).toEqual(['haproxy.cfg', 'in.cfg']);
    expect([...tree.files()]).toEqual([
      ['lb/haproxy.cfg', 'lb/haproxy.cfg'],
      ['lb/in.cfg', 'top.cfg'],
      ['top.cfg', 'top.cfg'],
    ]);
  });

  test('odd names, a byte order mark and CRLF come through untouched', () => {
    const files = { 'a b/\u00fc\t"x".cfg': '\ufeffa\r\nb', ':(top)x.cfg': 'colon', '-n.cfg': 'dash' };
    const tree = GitTree.of(open(repo.path), repo.commit(files));
    for (const [path, text] of Object.entries(files)) expect(tree.read(path)).toBe(text);
  });

  test('a binary blob and one that is too large are input errors', () => {
    const tree = GitTree.of(open(repo.path), repo.commit({ 'b.cfg': 'a\0', 'l.cfg': Buffer.alloc(8_000_001, 'a') }));
    expect(() => tree.read('b.cfg')).toThrow('b.cfg is a binary file');
    expect(() => tree.read('l.cfg')).toThrow('l.cfg is larger than 8 MB');
  });
});
