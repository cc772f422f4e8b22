import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, resolve, sep } from 'node:path';
import { InputError } from '../model/tree.ts';
import { DiskTree } from './disk-tree.ts';
import type { Git, Sha } from './git.ts';
import { shown } from './listed-tree.ts';

/** What a named base turned out to be. */
export type NamedBase =
  | { readonly kind: 'folder'; readonly tree: DiskTree }
  | { readonly kind: 'file'; readonly tree: DiskTree; readonly path: string }
  | { readonly kind: 'commit'; readonly sha: Sha };

/**
 * Reads `--base REF|DIR|FILE`, paths seen from `cwd`. A name that is both a path and a ref is refused rather than guessed;
 * a path that begins with `.` or `/` is never a ref. With `boundary` paths may not leave that folder.
 */
export function openBase(base: string, cwd: string, git: Git | undefined, boundary?: string): NamedBase {
  const onDisk = base.startsWith('-') ? undefined : pathBase(base, cwd, boundary);
  const onlyPath = /^\.{0,2}[/\\]/.test(base) || base === '.' || base === '..';
  const sha = onDisk !== undefined && !onlyPath && git !== undefined ? refOf(git, base) : undefined;
  if (onDisk !== undefined && sha !== undefined) {
    throw new InputError(
      `The base ${shown(base)} is both a file or folder and a ref; write ./${base} for the path, or the full ref (refs/heads/${base}).`,
    );
  }
  if (onDisk !== undefined) return onDisk;
  if (git === undefined || onlyPath) {
    const where = git === undefined && !onlyPath ? ', and there is no git repository to look for a ref in' : '';
    throw new InputError(`The base ${shown(base)} is not a file or folder here${where}.`);
  }
  // A commit that a shallow clone lacks can still be asked for by its full name.
  if (/^[0-9a-f]{40}$/.test(base) && git.fetch(base)) return { kind: 'commit', sha: base };
  return { kind: 'commit', sha: git.resolve(base) };
}

function pathBase(base: string, cwd: string, boundary: string | undefined): NamedBase | undefined {
  let real: string;
  try {
    real = realpathSync(resolve(cwd, base));
  } catch {
    return undefined;
  }
  const limit = boundary === undefined ? undefined : realpathSync(boundary);
  if (limit !== undefined && real !== limit && !real.startsWith(limit + sep)) {
    throw new InputError(`The base ${shown(base)} lies outside the workspace; name a folder in it, or a ref.`);
  }
  const stat = statSync(real);
  if (stat.isDirectory()) return { kind: 'folder', tree: new DiskTree(real) };
  const tree = new DiskTree(dirname(real));
  tree.require(basename(real));
  return { kind: 'file', tree, path: basename(real) };
}

function refOf(git: Git, name: string): Sha | undefined {
  try {
    return git.resolve(name);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
