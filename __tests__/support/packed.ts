import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { TempDir } from './temp-repo.ts';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly files: readonly string[];
  readonly bin: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

export interface Packed {
  /** Paths in the package. */
  readonly files: readonly string[];
  readonly published: Manifest;
}

/** Packs this repository as npm does, and installs the package alone into a folder: `node_modules/.bin/evenkeel`. */
export function installPacked(folder: string): Packed {
  // Packing rewrites package.json for a moment, so it is done in a copy.
  const source = new TempDir();
  try {
    const text = readFileSync('package.json', 'utf8');
    const manifest = JSON.parse(text) as Manifest;
    const wanted = manifest.files.filter((file) => !file.startsWith('!'));
    for (const path of ['package.json', 'README.md', 'LICENSE', 'script/lib/publish-manifest.mjs', ...wanted]) {
      cpSync(path, source.at(path), { recursive: true });
    }
    const out = execFileSync('npm', ['pack', '--json'], {
      cwd: source.path,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    if (readFileSync(source.at('package.json'), 'utf8') !== text) throw new Error('Packing left its own package.json.');
    const [tarball] = JSON.parse(out.slice(out.indexOf('[\n'))) as { filename: string; files: { path: string }[] }[];
    const home = join(folder, 'node_modules', manifest.name);
    const bin = join(folder, 'node_modules', '.bin');
    mkdirSync(home, { recursive: true });
    mkdirSync(bin, { recursive: true });
    execFileSync('tar', ['-xzf', source.at(tarball?.filename ?? ''), '-C', home, '--strip-components=1']);
    const published = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as Manifest;
    // npm links the command and makes it executable; the system then finds its interpreter by the first line.
    const command = join(home, published.bin['evenkeel'] ?? '');
    chmodSync(command, 0o755);
    symlinkSync(command, join(bin, 'evenkeel'));
    return { files: tarball?.files.map((file) => file.path) ?? [], published };
  } finally {
    source.remove();
  }
}
