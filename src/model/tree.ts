/**
 * The one port through which files reach the decision path: made from the disk, from a git revision, or from memory.
 * Paths are relative to the tree's root, `/`-separated, and never leave it.
 */
export interface FileTree {
  /** Text of a regular file; undefined when it is absent, not a regular file, or out of bounds. Throws InputError when it is too large or binary. */
  read(path: string): string | undefined;
  /** Names (not paths) of the entries of a folder, sorted by code unit; empty when it is no folder. Folders end in `/`. */
  list(dir: string): readonly string[];
}

/** A user's fault: something given to us that cannot be used. Never our own failure, which is an Error of another type. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
