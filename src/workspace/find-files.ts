import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, join, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import { InputError } from '../model/tree.ts';
import { DiskTree } from './disk-tree.ts';
import { shown } from './listed-tree.ts';

/** A file of the disk: its path as the glob names it, its text, and its absolute path with all links followed. */
export interface FoundFile {
  readonly path: string;
  readonly text: string;
  readonly real: string;
}

/** The files that a glob on the disk matches, sorted by path. `boundary` = a folder that must not be left. */
export function findFiles(glob: string, cwd: string, boundary?: string): readonly FoundFile[] {
  const { base, glob: pattern } = picomatch.scan(glob, { parts: false });
  const folder = resolve(cwd, isAbsolute(glob) ? base : base || '.');
  if (boundary !== undefined && leaves(folder, boundary)) {
    throw new InputError(`The glob ${shown(glob)} leaves the workspace; write it from the top of the repository.`);
  }
  if (pattern === '') {
    const tree = new DiskTree(resolve(folder, '..'));
    const name = folder.slice(folder.lastIndexOf('/') + 1);
    return [{ path: glob, text: tree.require(name), real: realpathSync(folder) }];
  }
  if (!existsSync(folder)) return [];
  const tree = new DiskTree(folder);
  const matches = picomatch(pattern, { dot: true });
  return [...tree.files()]
    .filter(([path]) => matches(path))
    .map(([path, real]) => ({
      path: base === '' ? path : `${base}/${path}`,
      text: tree.require(path),
      real: join(tree.root, real),
    }));
}

/** Where a path really leads counts: a link in the workspace may lead out of it. What is not there is where it is written. */
function leaves(path: string, boundary: string): boolean {
  const real = existsSync(path) ? realpathSync : resolve;
  const [inner, outer] = [real(path), real(boundary)];
  return inner !== outer && !inner.startsWith(outer + sep);
}
