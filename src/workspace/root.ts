import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { DiskTree } from './disk-tree.ts';
import { Git } from './git.ts';

export interface NamedFiles {
  readonly tree: DiskTree;
  /** The named files as paths in the tree, in the order given, each once. One that does not exist is among them. */
  readonly paths: readonly string[];
  /** Path in the tree of any of the files that were named. */
  pathOf(file: string): string;
  /** The repository whose top level is the tree's root, when there is one. */
  readonly git: Git | undefined;
}

/**
 * The tree that files named on the command line belong to: the top level of the git repository that holds them all, else
 * the working directory if they are in it, else their common folder. `beside` are named files that are no configs (checklist file, schemas) but have to be in the tree.
 */
export function openNamedFiles(files: readonly string[], cwd: string, beside: readonly string[] = []): NamedFiles {
  const named = new Map([...files, ...beside].map((file) => [file, realPlace(file, cwd)]));
  const all = named.size === 0 ? [join(realpathSync(cwd), '.')] : [...named.values()];
  const folders = named.size === 0 ? all : all.map((path) => dirname(path));
  const repositories = folders.map((folder) => Git.holding(folder));
  const first = repositories[0];
  const git = first !== undefined && repositories.every((g) => g?.top === first.top) ? first : undefined;
  const tree = new DiskTree(git?.top ?? commonFolder(folders, cwd));
  const pathOf = (file: string): string =>
    relative(tree.root, named.get(file) ?? realPlace(file, cwd))
      .split(sep)
      .join('/');
  return { tree, paths: [...new Set(files.map(pathOf))], pathOf, git };
}

/** Only the folder is made real: a named link is judged by the tree that it is named in. */
function realPlace(file: string, cwd: string): string {
  const path = resolve(cwd, file);
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}

/** The working directory where it holds them all: paths are then shown as they were typed, and files beside them are found. */
function commonFolder(folders: readonly string[], cwd: string): string {
  const here = realpathSync(cwd);
  if (folders.every((folder) => folder === here || folder.startsWith(here + sep))) return here;
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
