import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { InputError } from '../model/tree.ts';
import { DiskTree } from './disk-tree.ts';
import { Git } from './git.ts';
import { shown } from './listed-tree.ts';

export interface NamedFiles {
  readonly tree: DiskTree;
  /** The named files as paths in the tree, in the order given, each once. */
  readonly paths: readonly string[];
  /** The repository whose top level is the tree's root, when there is one. */
  readonly git: Git | undefined;
}

/**
 * The tree that files named on the command line belong to: the top level of the git repository that holds them all, else
 * their common folder. Throws InputError when one of them cannot be read.
 */
export function openNamedFiles(files: readonly string[], cwd: string): NamedFiles {
  const absolute = files.map((file) => {
    const path = resolve(cwd, file);
    try {
      // Only the folder is made real: a named link is judged by the tree that it is named in.
      return join(realpathSync(dirname(path)), basename(path));
    } catch {
      throw new InputError(`${shown(file)} does not exist.`);
    }
  });
  const repositories = absolute.map((path) => Git.holding(dirname(path)));
  const first = repositories[0];
  const git = first !== undefined && repositories.every((g) => g?.top === first.top) ? first : undefined;
  const tree = new DiskTree(
    git?.top ??
      commonFolder(
        absolute.map((path) => dirname(path)),
        cwd,
      ),
  );
  const paths = absolute.map((path) => relative(tree.root, path).split(sep).join('/'));
  for (const path of paths) tree.require(path);
  return { tree, paths: [...new Set(paths)], git };
}

function commonFolder(folders: readonly string[], cwd: string): string {
  const [first, ...rest] = folders.map((folder) => folder.split(sep));
  if (first === undefined) return cwd;
  let n = first.length;
  for (const parts of rest) {
    let same = 0;
    while (same < n && same < parts.length && parts[same] === first[same]) same++;
    n = same;
  }
  return first.slice(0, n).join(sep) || sep;
}
