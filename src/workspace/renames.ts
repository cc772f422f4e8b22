import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../model/tree.ts';
import type { DiskTree } from './disk-tree.ts';
import type { Git, Sha } from './git.ts';

/**
 * What files of the disk were called in a commit that does not have their paths, by their path now: a file that is gone since
 * and had the same content, else the one that git takes for the same, though it was edited. New files are not in the result.
 */
export function formerPaths(git: Git, sha: Sha, head: DiskTree, paths: readonly string[]): ReadonlyMap<string, string> {
  const entries = [...git.listTree(sha)];
  const known = new Set(entries.map(({ path }) => path));
  const added = paths.filter((path) => !known.has(path));
  if (added.length === 0) return new Map();
  const isGone = (path: string): boolean => !existsSync(join(head.root, path));
  const edited = git.renamesSince(sha);
  return new Map(
    added.flatMap((path): [string, string][] => {
      const blob = blobOf(head, path);
      const moved = entries.find((entry) => entry.object === blob && isGone(entry.path))?.path;
      const former = moved ?? edited.get(path);
      return blob === undefined || former === undefined || !isGone(former) ? [] : [[path, former]];
    }),
  );
}

/** The name that git gives to a file's content; undefined when it is not there or cannot be read, which others report. */
function blobOf(tree: DiskTree, path: string): Sha | undefined {
  try {
    const text = tree.read(path);
    if (text === undefined) return undefined;
    const bytes = Buffer.from(text, 'utf8');
    return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
