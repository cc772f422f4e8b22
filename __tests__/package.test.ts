import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { installPacked, type Manifest } from './support/packed.ts';
import { TempDir } from './support/temp-repo.ts';

const target = new TempDir();
afterAll(() => target.remove());

test('npm pack gives a package that runs anywhere, alone, as npx runs it', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
  const { files, published } = installPacked(target.path);
  expect([published.name, published.version]).toEqual([manifest.name, manifest.version]);
  for (const key of ['dependencies', 'devDependencies', 'optionalDependencies', 'scripts'])
    expect(published).not.toHaveProperty(key);
  for (const file of [
    'README.md',
    'LICENSE',
    'action.yml',
    'dist/index.js',
    'schemas/report.schema.json',
    'docs/rules/README.md',
  ])
    expect(files).toContain(file);
  expect(files.filter((file) => /^(src|__tests__|script|build|node_modules|\.)/.test(file))).toEqual([]);

  const command = target.at('node_modules/.bin/evenkeel');
  const demo = spawnSync(command, ['demo', '--json'], { cwd: target.path, encoding: 'utf8' });
  expect([demo.status, demo.stderr]).toEqual([0, '']);
  const report = JSON.parse(demo.stdout) as { outcome: string; measurements: readonly { outcome: string }[] };
  expect(report.measurements.map((measurement) => measurement.outcome)).toEqual(['fail', 'fail', 'pass']);
  const version = spawnSync(command, ['--version'], { encoding: 'utf8' });
  expect(version.stdout.trim()).toBe(manifest.version);
}, 60_000);
