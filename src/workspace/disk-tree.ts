import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { InputError } from '../model/tree.ts';
import { LIMITS } from '../text/limits.ts';
import { decode, inside, LISTING_LIMIT, ReadBudget, shown, SKIPPED_FOLDERS, type ListedTree } from './listed-tree.ts';

type Found =
  { readonly kind: 'file' | 'folder'; readonly real: string } | { readonly kind: 'none'; readonly why: string };

/**
 * The files under one folder of the disk. Only regular files whose real path lies under the root are read:
 * links that leave it, pipes, sockets and devices are as good as absent.
 */
export class DiskTree implements ListedTree {
  /** Real absolute path. */
  readonly root: string;
  readonly #budget = new ReadBudget();
  readonly #texts = new Map<string, string>();

  constructor(root: string) {
    try {
      this.root = realpathSync(root);
    } catch {
      throw new InputError(`The folder ${shown(root)} does not exist.`);
    }
    if (!statSync(this.root).isDirectory()) throw new InputError(`${shown(root)} is not a folder.`);
  }

  read(path: string): string | undefined {
    const found = this.#find(path);
    return found.kind === 'file' ? this.#text(found.real, path) : undefined;
  }

  require(path: string): string {
    const found = this.#find(path);
    if (found.kind === 'none') throw new InputError(`${shown(path)} ${found.why}.`);
    if (found.kind === 'folder') throw new InputError(`${shown(path)} is a folder; name the files in it.`);
    const text = this.#text(found.real, path);
    if (text === undefined) throw new InputError(`${shown(path)} cannot be read.`);
    return text;
  }

  list(dir: string): readonly string[] {
    const found = this.#find(dir);
    if (found.kind !== 'folder') return [];
    const names: string[] = [];
    for (const name of namesIn(found.real)) {
      const entry = this.#find(this.#inTree(join(found.real, name)));
      if (entry.kind !== 'none') names.push(entry.kind === 'folder' ? `${name}/` : name);
    }
    return names.toSorted();
  }

  files(): ReadonlyMap<string, string> {
    const found: [string, string][] = [];
    const walk = (dir: string, depth: number): void => {
      if (depth > LIMITS.depth) return;
      for (const entry of entriesIn(join(this.root, dir))) {
        const path = dir === '' ? entry.name : `${dir}/${entry.name}`;
        if (entry.isDirectory()) {
          if (!SKIPPED_FOLDERS.has(entry.name)) walk(path, depth + 1);
        } else if (entry.isFile()) {
          found.push([path, path]);
        } else if (entry.isSymbolicLink()) {
          const target = this.#find(path);
          if (target.kind === 'file') found.push([path, this.#inTree(target.real)]);
        }
        if (found.length > LISTING_LIMIT) {
          throw new InputError(
            `The folder ${shown(this.root)} has more than ${LISTING_LIMIT} files; name a smaller folder.`,
          );
        }
      }
    };
    walk('', 0);
    return new Map(found.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  #find(path: string): Found {
    const clean = inside(path);
    if (clean === undefined) return { kind: 'none', why: 'lies outside the folder that may be read' };
    let real: string;
    try {
      real = realpathSync(join(this.root, clean));
    } catch {
      return { kind: 'none', why: 'does not exist' };
    }
    if (real !== this.root && !real.startsWith(this.root === sep ? sep : this.root + sep)) {
      return { kind: 'none', why: 'is a link that leaves the folder that may be read' };
    }
    try {
      const stat = statSync(real);
      if (stat.isFile()) return { kind: 'file', real };
      if (stat.isDirectory()) return { kind: 'folder', real };
    } catch {
      return { kind: 'none', why: 'cannot be read' };
    }
    return { kind: 'none', why: 'is not a regular file (a pipe, a socket or a device)' };
  }

  #text(real: string, path: string): string | undefined {
    const known = this.#texts.get(real);
    if (known !== undefined) return known;
    const bytes = this.#bytes(real, path);
    if (bytes === undefined) return undefined;
    const text = decode(path, bytes);
    this.#texts.set(real, text);
    return text;
  }

  /** The file may have been swapped since it was found: it is opened without following links or waiting, and looked at again. */
  #bytes(real: string, path: string): Uint8Array | undefined {
    let fd: number;
    try {
      fd = openSync(real, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    } catch (error) {
      if (isForbidden(error)) throw new InputError(`${shown(path)} may not be read: its permissions forbid it.`);
      return undefined;
    }
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) return undefined;
      this.#budget.take(path, stat.size);
      const buffer = Buffer.alloc(stat.size);
      let length = 0;
      while (length < buffer.length) {
        const n = readSync(fd, buffer, length, buffer.length - length, length);
        if (n === 0) break;
        length += n;
      }
      return buffer.subarray(0, length);
    } finally {
      closeSync(fd);
    }
  }

  #inTree(real: string): string {
    return relative(this.root, real).split(sep).join('/');
  }
}

function isForbidden(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

function entriesIn(dir: string) {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch {
    return [];
  }
}
