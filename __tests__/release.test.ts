import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { TempDir } from './support/temp-repo.ts';

const folders: TempDir[] = [];
afterEach(() => folders.splice(0).forEach((folder) => folder.remove()));

const FILES = ['package.json', 'CHANGELOG.md', 'README.md', 'docs', 'examples/workflows', 'src/github', 'action.yml'];
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** Checks a tag against a copy of this repository with some files changed. */
function check(tag: string, changes: Readonly<Record<string, string>> = {}) {
  const folder = new TempDir();
  folders.push(folder);
  for (const path of [...FILES, 'script/lib/check-release', 'script/lib/release-notes'])
    cpSync(path, folder.at(path), { recursive: true });
  folder.write(changes);
  const { status, stderr } = spawnSync(folder.at('script/lib/check-release'), [tag], { encoding: 'utf8' });
  return { status, stderr };
}

describe('a release', () => {
  test('fits its tag when package, changelog and pages name its version', () => {
    expect(check(`v${version}`)).toEqual({ status: 0, stderr: '' });
  });

  test.each([
    ['a tag that is no version', 'v1', {}, 'v1 is no tag of a release'],
    ['another version in the package', 'v99.0.0', {}, `package.json is ${version}, the tag says 99.0.0`],
    [
      'no section in the changelog',
      'v0.9.9',
      { 'package.json': '{"version":"0.9.9"}' },
      'CHANGELOG.md has no section for 0.9.9',
    ],
    [
      'an empty section in the changelog',
      'v0.9.9',
      { 'package.json': '{"version":"0.9.9"}', 'CHANGELOG.md': '# Changelog\n\n## 0.9.9\n\n## 0.9.8\n\n- x\n' },
      'CHANGELOG.md has no section for 0.9.9',
    ],
    [
      'pages that name another major version',
      'v7.0.0',
      { 'package.json': '{"version":"7.0.0"}', 'CHANGELOG.md': '## 7.0.0\n\n- x\n' },
      'These name another major version than v7',
    ],
  ])('is refused for %s', (_, tag, changes, reason) => {
    const { status, stderr } = check(tag, changes);
    expect(status).toBe(1);
    expect(stderr).toContain(reason);
  });
});
