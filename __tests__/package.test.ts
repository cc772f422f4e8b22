import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { TempDir } from './support/temp-repo.ts';

const source = new TempDir();
const target = new TempDir();
afterAll(() => {
  source.remove();
  target.remove();
});

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly files: readonly string[];
  readonly bin: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

test('npm pack gives a package that runs anywhere, alone, as npx runs it', () => {
  // Packing rewrites package.json for a moment, so it is done in a copy.
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
  const wanted = manifest.files.filter((file) => !file.startsWith('!'));
  for (const path of ['package.json', 'README.md', 'LICENSE', 'script/lib/publish-manifest.mjs', ...wanted]) {
    cpSync(path, join(source.path, path), { recursive: true });
  }
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', target.path], {
    cwd: source.path,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [tarball] = JSON.parse(packed.slice(packed.indexOf('[\n'))) as {
    filename: string;
    files: { path: string }[];
  }[];
  expect(JSON.parse(readFileSync(join(source.path, 'package.json'), 'utf8'))).toEqual(manifest);
  execFileSync('tar', ['-xzf', tarball?.filename ?? ''], { cwd: target.path });

  const published = JSON.parse(readFileSync(target.at('package/package.json'), 'utf8')) as Manifest;
  expect([published.name, published.version]).toEqual([manifest.name, manifest.version]);
  for (const key of ['dependencies', 'devDependencies', 'optionalDependencies', 'scripts'])
    expect(published).not.toHaveProperty(key);
  const files = tarball?.files.map((file) => file.path) ?? [];
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

  // npm links the command and makes it executable; the system then finds its interpreter by the first line.
  const command = target.at(`package/${published.bin['evenkeel']}`);
  execFileSync('chmod', ['+x', command]);
  const demo = spawnSync(command, ['demo', '--json'], { cwd: target.path, encoding: 'utf8' });
  expect([demo.status, demo.stderr]).toEqual([0, '']);
  const report = JSON.parse(demo.stdout) as { outcome: string; measurements: readonly { outcome: string }[] };
  expect(report.measurements.map((measurement) => measurement.outcome)).toEqual(['fail', 'fail', 'pass']);
  const version = spawnSync(command, ['--tool-version'], { encoding: 'utf8' });
  expect(version.stdout.trim()).toBe(manifest.version);
}, 60_000);
