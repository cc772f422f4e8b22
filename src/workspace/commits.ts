import type { Revisioned } from '../verify/check.ts';
import { GitTree } from './git-tree.ts';
import type { Git, Sha } from './git.ts';

/** Revisions of the files before the last deployed one that an explanation may name. */
const OLDER = 5;

/** The files as a commit has them; one that it does not have is new, not a fault. */
export function atCommit(git: Git, sha: Sha, ref: string | null, paths: readonly string[]): Revisioned {
  const tree = GitTree.of(git, sha);
  return { tree, files: paths.filter((path) => tree.read(path) !== undefined), revision: { ref, sha } };
}

/** Commits up to `from` that changed the files, newest first; without the first of them when that is the base itself. */
export function olderCommits(git: Git, from: Sha, paths: readonly string[], hasBase: boolean): readonly Revisioned[] {
  const commits = git.history(from, paths, OLDER + 1);
  return (hasBase ? commits.slice(1) : commits).slice(0, OLDER).map((sha) => atCommit(git, sha, null, paths));
}
