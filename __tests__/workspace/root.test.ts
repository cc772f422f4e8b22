import { symlinkSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { openNamedFiles } from '../../src/workspace/root.ts';
import { TempDir, TempRepo } from '../support/temp-repo.ts';

const dirs: TempDir[] = [];
function temp<T extends TempDir>(dir: T): T {
  dirs.push(dir);
  return dir;
}
afterEach(() => dirs.splice(0).forEach((dir) => dir.remove()));

test('a file in a repository is seen from its top level', () => {
  const repo = temp(new TempRepo());
  repo.commit({ 'lb/eu/lb.cfg': 'eu', 'shared.cfg': 's' });
  const named = openNamedFiles(['eu/lb.cfg', '../shared.cfg', './eu/lb.cfg'], repo.at('lb'));
  expect(named.tree.root).toBe(repo.path);
  expect(named.paths).toEqual(['lb/eu/lb.cfg', 'shared.cfg']);
  expect(named.git?.top).toBe(repo.path);
});

test('files outside a repository are seen from their common folder', () => {
  const dir = temp(new TempDir()).write({ 'a/b/x.cfg': 'x', 'a/c/y.cfg': 'y', 'z.cfg': 'z' });
  const named = openNamedFiles([dir.at('a/b/x.cfg'), dir.at('a/c/y.cfg')], '/');
  expect(named.tree.root).toBe(dir.at('a'));
  expect(named.paths).toEqual(['b/x.cfg', 'c/y.cfg']);
  expect(named.git).toBeUndefined();
  expect(named.tree.read('../z.cfg')).toBeUndefined();
});

test('files of two repositories have no repository in common', () => {
  const dir = temp(new TempDir()).write({ 'x.cfg': 'x' });
  const repo = temp(new TempRepo());
  repo.commit({ 'y.cfg': 'y' });
  const named = openNamedFiles([dir.at('x.cfg'), repo.at('y.cfg')], '/');
  expect(named.git).toBeUndefined();
  expect(named.paths.every((path) => named.tree.read(path) !== undefined)).toBe(true);
});

test('what is missing, a folder, or a link out of the tree is named but has no text', () => {
  const repo = temp(new TempRepo());
  const outside = temp(new TempDir()).write({ 'secret.cfg': 's' });
  repo.commit({ 'a.cfg': 'a', 'dir/b.cfg': 'b' });
  symlinkSync(outside.at('secret.cfg'), repo.at('out.cfg'));
  const named = openNamedFiles(['none.cfg', 'dir', 'out.cfg', 'a.cfg'], repo.path);
  expect(named.paths.map((path) => named.tree.read(path))).toEqual([undefined, undefined, undefined, 'a']);
});

test('files beside the configs are in the tree too', () => {
  const dir = temp(new TempDir()).write({ 'lb/x.cfg': 'x', 'policy/p.json': '{}' });
  const named = openNamedFiles(['lb/x.cfg'], dir.path, ['policy/p.json']);
  expect(named.paths).toEqual(['lb/x.cfg']);
  expect(named.tree.read(named.pathOf('policy/p.json'))).toBe('{}');
});
