import { realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { findFiles } from '../../src/workspace/find-files.ts';
import { TempDir } from '../support/temp-repo.ts';

const dirs: TempDir[] = [];
afterEach(() => dirs.splice(0).forEach((dir) => dir.remove()));

function folder(files: Record<string, string>): string {
  const dir = new TempDir();
  dirs.push(dir);
  dir.write(files);
  return dir.path;
}

test('files of a glob come with their texts, by path; none is no fault', () => {
  const here = folder({ 'counts/b.json': '2', 'counts/a.json': '1', 'counts/c.txt': '3' });
  expect(findFiles('counts/*.json', here, here)).toEqual([
    { path: 'counts/a.json', text: '1', real: realpathSync(join(here, 'counts/a.json')) },
    { path: 'counts/b.json', text: '2', real: realpathSync(join(here, 'counts/b.json')) },
  ]);
  expect(findFiles('counts/b.json', here, here)).toMatchObject([{ path: 'counts/b.json', text: '2' }]);
  expect(findFiles('gone/*.json', here, here)).toEqual([]);
});

test('a file has one real path, whatever names it', () => {
  const here = folder({ 'counts/a.json': '1' });
  symlinkSync(join(here, 'counts/a.json'), join(here, 'counts/link.json'));
  const globs = [
    'counts/a.json',
    './counts/a.json',
    `${here}/counts/a.json`,
    'counts/../counts/a.json',
    'counts/*.json',
  ];
  const found = globs.flatMap((glob) => findFiles(glob, here));
  expect(found).toHaveLength(6);
  expect(new Set(found.map(({ real }) => real))).toEqual(new Set([realpathSync(join(here, 'counts/a.json'))]));
});

test('no glob leaves the workspace, not by way of a link either', () => {
  const outside = folder({ 'secret.json': '{}' });
  const here = folder({ 'a.json': '{}' });
  symlinkSync(outside, join(here, 'link'));
  for (const glob of [`${outside}/*.json`, '../*/secret.json', 'link/*.json', 'link/secret.json', '../gone/*.json']) {
    expect(() => findFiles(glob, here, here)).toThrow(/leaves the workspace/);
  }
});
