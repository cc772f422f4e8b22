import { InputError } from '../model/tree.ts';
import { LIMITS } from '../text/limits.ts';
import type { TreeEntry, Git, Sha } from './git.ts';
import { decode, ReadBudget, shown, SKIPPED_FOLDERS, type ListedTree } from './listed-tree.ts';

/** The bytes of a blob; undefined when it is larger than `limit` bytes. */
export type ReadBlob = (object: Sha, limit: number) => Uint8Array | undefined;

const LINK = '120000';
/** As many as Linux follows. */
const LINK_LIMIT = 40;

/**
 * The files of one commit. Links are followed inside the tree, as on disk, so that the same layout reads the same in base
 * and head; links that leave it and submodules are absent.
 */
export class GitTree implements ListedTree {
  readonly sha: Sha;
  readonly #blob: ReadBlob;
  readonly #entries = new Map<string, TreeEntry>();
  readonly #folders = new Map<string, Set<string>>([['', new Set()]]);
  readonly #budget = new ReadBudget();
  readonly #texts = new Map<Sha, string>();

  constructor(sha: Sha, entries: Iterable<TreeEntry>, blob: ReadBlob) {
    this.sha = sha;
    this.#blob = blob;
    for (const entry of entries) {
      this.#entries.set(entry.path, entry);
      this.#addToFolders(entry.path);
    }
  }

  /** The tree of a commit that the repository has. */
  static of(git: Git, sha: Sha): GitTree {
    return new GitTree(sha, git.listTree(sha), (object, limit) => git.blob(object, limit));
  }

  read(path: string): string | undefined {
    const real = this.#real(path);
    const entry = real === undefined ? undefined : this.#entries.get(real);
    return real === undefined || entry === undefined ? undefined : this.#text(real, entry);
  }

  require(path: string): string {
    const text = this.read(path);
    if (text !== undefined) return text;
    const real = this.#real(path);
    const what = real !== undefined && this.#folders.has(real) ? 'is a folder' : 'is no regular file';
    throw new InputError(`${shown(path)} ${what} in commit ${this.sha.slice(0, 7)}.`);
  }

  list(dir: string): readonly string[] {
    const real = this.#real(dir);
    const folder = real === undefined ? undefined : this.#folders.get(real);
    const names: string[] = [];
    for (const name of folder ?? []) {
      const target = this.#real(real === '' ? name : `${real}/${name}`);
      if (target === undefined) continue;
      if (this.#entries.has(target)) names.push(name);
      else if (this.#folders.has(target)) names.push(`${name}/`);
    }
    return names.toSorted();
  }

  files(): ReadonlyMap<string, string> {
    const found: [string, string][] = [];
    for (const [path, entry] of this.#entries) {
      if (path.split('/').some((part) => SKIPPED_FOLDERS.has(part))) continue;
      const real = entry.mode === LINK ? this.#real(path) : path;
      if (real !== undefined && this.#entries.has(real)) found.push([path, real]);
    }
    return new Map(found.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The path with every link on the way followed; undefined when it leaves the tree or goes in circles. */
  #real(path: string): string | undefined {
    let todo = pieces(path);
    if (todo === undefined) return undefined;
    const done: string[] = [];
    let links = 0;
    for (let part = todo.shift(); part !== undefined; part = todo.shift()) {
      if (part === '..') {
        if (done.pop() === undefined) return undefined;
        continue;
      }
      const here = [...done, part].join('/');
      const entry = this.#entries.get(here);
      if (entry?.mode !== LINK) {
        done.push(part);
        continue;
      }
      const target = pieces(this.#text(here, entry));
      if (target === undefined || ++links > LINK_LIMIT) return undefined;
      todo = [...target, ...todo];
    }
    return done.join('/');
  }

  #text(path: string, entry: TreeEntry): string {
    const known = this.#texts.get(entry.object);
    if (known !== undefined) return known;
    const bytes = this.#blob(entry.object, LIMITS.fileBytes + 1);
    this.#budget.take(path, bytes?.length ?? LIMITS.fileBytes + 1);
    const text = decode(path, bytes ?? new Uint8Array());
    this.#texts.set(entry.object, text);
    return text;
  }

  #addToFolders(path: string): void {
    let child = path;
    for (;;) {
      const slash = child.lastIndexOf('/');
      const parent = slash < 0 ? '' : child.slice(0, slash);
      const known = this.#folders.get(parent);
      const names = known ?? new Set<string>();
      names.add(child.slice(slash + 1));
      if (known !== undefined) return;
      this.#folders.set(parent, names);
      child = parent;
    }
  }
}

/** Parts of a relative path, `..` kept (what it means depends on links before it); undefined for an absolute path. */
function pieces(path: string): string[] | undefined {
  if (path.startsWith('/') || path.includes('\0')) return undefined;
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
