import { InputError, type FileTree } from '../model/tree.ts';
import { LIMITS } from '../text/limits.ts';
import { withoutDots } from '../text/paths.ts';

/** A tree that can also tell which files it has, for globs. */
export interface ListedTree extends FileTree {
  /**
   * Every regular file, and every link to one that stays inside the tree, with the path of the file that it really is.
   * Folders behind links, `.git` and `node_modules` are not entered. Sorted by code unit.
   */
  files(): ReadonlyMap<string, string>;
  /** The text of a file that somebody named; throws InputError with the reason when it cannot be had. */
  require(path: string): string;
}

/** Folders that never hold a configuration of this repository. */
export const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/** How many entries a listing may have before the tree is refused. */
export const LISTING_LIMIT = 1_000_000;

/** Counts what was read from one tree, so that no set of includes can exhaust memory. Each file is counted once. */
export class ReadBudget {
  readonly #seen = new Set<string>();
  #bytes = 0;

  /** Throws InputError when one file (size in bytes) or all files together are too much. */
  take(path: string, bytes: number): void {
    if (this.#seen.has(path)) return;
    this.#seen.add(path);
    this.#bytes += bytes;
    if (bytes > LIMITS.fileBytes) {
      throw new InputError(`${shown(path)} is larger than ${megabytes(LIMITS.fileBytes)}, the limit for one file.`);
    }
    if (this.#bytes > LIMITS.totalBytes) {
      throw new InputError(
        `The files read are larger than ${megabytes(LIMITS.totalBytes)} together; name fewer files. The last one was ${shown(path)}.`,
      );
    }
    if (this.#seen.size > LIMITS.files) {
      throw new InputError(
        `More than ${LIMITS.files} files were read; name fewer files. The last one was ${shown(path)}.`,
      );
    }
  }
}

/** UTF-8 text; a byte order mark is kept so that offsets are those of the file. NUL means binary. */
export function decode(path: string, bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (text.includes('\0')) throw new InputError(`${shown(path)} is a binary file; name text configs only.`);
  return text;
}

/**
 * A path inside a tree without `.` and empty parts and with `..` worked out; undefined when it is absolute or leaves the tree.
 * The tree's root is ''.
 */
export function inside(path: string): string | undefined {
  if (path.startsWith('/') || path.includes('\0')) return undefined;
  return withoutDots(path);
}

/** A foreign name for a message: quoted when it holds anything but the usual characters, and never longer than 200. */
export function shown(text: string): string {
  const short = text.length > 200 ? `${text.slice(0, 120)}…${text.slice(-60)}` : text;
  return /^[\w./@:+*~^-]+$/.test(short) ? short : JSON.stringify(short);
}

function megabytes(bytes: number): string {
  return `${bytes / 1_000_000} MB`;
}
