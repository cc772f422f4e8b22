import { renameSync, rmSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { DiskTree } from '../../src/workspace/disk-tree.ts';
import { Git } from '../../src/workspace/git.ts';
import { formerPaths } from '../../src/workspace/renames.ts';
import { openJob } from '../../src/cli/job.ts';
import { readInputs } from '../../src/settings/inputs.ts';
import { reportOf } from '../support/jobs.ts';
import { TempRepo } from '../support/temp-repo.ts';

const repos: TempRepo[] = [];
afterEach(() => repos.splice(0).forEach((repo) => repo.remove()));

const pool = (name: string, weight: number): string => `defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend ${name}
    bind :8080
    default_backend ${name}_pool
backend ${name}_pool
    balance roundrobin
    server s1 192.0.2.1:80 check weight ${weight}
    server s2 192.0.2.2:80 check weight 10
`;

function repoOf(files: Readonly<Record<string, string>>): { repo: TempRepo; sha: string } {
  const repo = new TempRepo();
  repos.push(repo);
  return { repo, sha: repo.commit(files) };
}

function formerIn(repo: TempRepo, sha: string, ...paths: string[]): Record<string, string> {
  const git = Git.holding(repo.path);
  if (git === undefined) throw new Error('no repository');
  return Object.fromEntries(formerPaths(git, sha, new DiskTree(repo.path), paths));
}

describe('the former path of a file', () => {
  test.each<[string, (repo: TempRepo) => void]>([
    ['committed', (repo) => (repo.git('mv', 'lb/old.cfg', 'new.cfg'), repo.commit({}))],
    ['in the index', (repo) => repo.git('mv', 'lb/old.cfg', 'new.cfg')],
    ['only on the disk', (repo) => renameSync(repo.at('lb/old.cfg'), repo.at('new.cfg'))],
    [
      'edited and committed',
      (repo) => (repo.git('mv', 'lb/old.cfg', 'new.cfg'), repo.commit({ 'new.cfg': pool('shop', 20) })),
    ],
  ])('is found where the rename is %s', (_, rename) => {
    const { repo, sha } = repoOf({ 'lb/old.cfg': pool('shop', 10), 'lb/other.cfg': pool('search', 10) });
    rename(repo);
    expect(formerIn(repo, sha, 'new.cfg', 'lb/other.cfg')).toEqual({ 'new.cfg': 'lb/old.cfg' });
  });

  test('is none for a copy, whose original is still there, and for a new file', () => {
    const { repo, sha } = repoOf({ 'a.cfg': pool('shop', 10), 'gone.txt': 'notes\n' });
    rmSync(repo.at('gone.txt'));
    repo.commit({ 'copy.cfg': pool('shop', 10), 'new.cfg': '# nothing of before\n' });
    expect(formerIn(repo, sha, 'copy.cfg', 'new.cfg', 'missing.cfg')).toEqual({});
  });
});

test('a file that was only renamed is compared with what it was, as nothing new', async () => {
  const { repo, sha } = repoOf({ 'lb/old.cfg': pool('shop', 90) });
  repo.git('mv', 'lb/old.cfg', 'lb/new.cfg');
  const given = new Map([
    ['config', 'lb/new.cfg'],
    ['base', sha],
  ]);
  const inputs = readInputs((name) => given.get(name) ?? '');
  const { head, ...job } = openJob({ inputs, all: false, measure: {}, cwd: repo.path, today: '2026-11-25' });
  expect(job.base?.files).toEqual(['lb/old.cfg']);
  const report = await reportOf(head, job);
  expect(report.outcome).toBe('pass');
  expect(report.findings.filter(({ introduced }) => introduced)).toEqual([]);
  expect(report.diff.summary).toMatchObject({ poolsAdded: 0, poolsRemoved: 0, poolsChanged: 0 });
});
