import type { FileTree } from '../../model/tree.ts';
import { globMatch, hasGlob } from '../../text/glob.ts';
import { withoutDots } from '../../text/paths.ts';

/** Where the files of an include are. */
export interface Located {
  readonly paths: readonly string[];
  /** The folder of the repository that an absolute path was taken to mean, and what it means. */
  readonly guess?: { readonly from: string; readonly to: string };
  /** Several places fit, and the file does not decide between them. */
  readonly several?: readonly string[];
}

/** Folders of a repository are looked through for what an absolute include means: this many, this deep. */
const MAX_FOLDERS = 2000;
const MAX_DEPTH = 8;

const SKIPPED = /^(?:\.git|node_modules|\.terraform|vendor)\/$/;

/** Finds the files that an include names in a tree of files. */
export class Locator {
  readonly #tree: FileTree;
  readonly #rootMap: readonly (readonly [from: string, to: string])[];
  /** Folders that relative includes may start from. */
  readonly #bases: readonly string[];
  #folders: readonly string[] | undefined;

  constructor(tree: FileTree, rootMap: Readonly<Record<string, string>>, bases: readonly string[]) {
    this.#tree = tree;
    this.#bases = bases;
    this.#rootMap = Object.entries(rootMap)
      .map(([from, to]) => [from.replace(/\/+$/, ''), to.replace(/\/+$/, '')] as const)
      .toSorted((a, b) => b[0].length - a[0].length);
  }

  /** The files of an include; none when it leads out of the tree or nothing is there. */
  find(text: string): Located {
    if (!text.startsWith('/')) return this.#relative(text);
    const clean = withoutDots(text);
    if (clean === undefined) return { paths: [] };
    const path = `/${clean}`;
    for (const [from, to] of this.#rootMap) {
      if (!path.startsWith(`${from}/`)) continue;
      const mapped = withoutDots(`${to}${path.slice(from.length)}`);
      return { paths: mapped === undefined ? [] : this.#existing(mapped) };
    }
    return this.#guessed(clean);
  }

  #relative(text: string): Located {
    const places = this.#bases.flatMap((base) => withoutDots(base === '' ? text : `${base}/${text}`) ?? []);
    const found = [...new Set(places)].map((place) => this.#existing(place)).filter((paths) => paths.length > 0);
    const [first, second] = found;
    if (second !== undefined) return { paths: [], several: found.map(([path]) => path ?? '') };
    return { paths: first ?? [] };
  }

  /** The one folder in which the end of an absolute path leads to files: the longest end that any folder has decides. */
  #guessed(clean: string): Located {
    const parts = clean.split('/');
    // `*.conf` alone is in too many folders to say anything.
    const least = hasGlob(parts.at(-1) ?? '') ? 2 : 1;
    for (let length = parts.length; length >= least; length--) {
      const end = parts.slice(-length).join('/');
      if (hasGlob(parts[parts.length - length] ?? '')) return { paths: [] };
      const fitting = this.#allFolders().filter((folder) => this.#existing(inside(folder, end)).length > 0);
      const [folder] = fitting;
      if (folder === undefined) continue;
      if (fitting.length > 1) return { paths: [], several: fitting.map((one) => inside(one, end)) };
      const from = `/${parts.slice(0, parts.length - length).join('/')}`;
      return { paths: this.#existing(inside(folder, end)), guess: { from, to: folder === '' ? '.' : folder } };
    }
    return { paths: [] };
  }

  #existing(path: string): readonly string[] {
    if (hasGlob(path)) return this.#glob(path);
    const slash = path.lastIndexOf('/');
    const folder = slash < 0 ? '' : path.slice(0, slash);
    return this.#tree.list(folder).includes(path.slice(slash + 1)) ? [path] : [];
  }

  /** Files that a pattern matches, in the order of glob(3). */
  #glob(pattern: string): readonly string[] {
    const parts = pattern.split('/');
    let found: readonly string[] = [''];
    parts.forEach((part, i) => {
      const last = i === parts.length - 1;
      found = found.flatMap((folder) => {
        if (!hasGlob(part) && !last) return [inside(folder, part)];
        return this.#tree
          .list(folder)
          .filter((name) => name.endsWith('/') !== last)
          .map((name) => name.replace(/\/$/, ''))
          .filter((name) => (hasGlob(part) ? globMatch(part, name) : name === part))
          .map((name) => inside(folder, name));
      });
    });
    return found.toSorted();
  }

  #allFolders(): readonly string[] {
    if (this.#folders !== undefined) return this.#folders;
    const found = [''];
    for (let i = 0; i < found.length && found.length < MAX_FOLDERS; i++) {
      const folder = found[i] ?? '';
      if (folder.split('/').length > MAX_DEPTH) continue;
      for (const name of this.#tree.list(folder)) {
        if (name.endsWith('/') && !SKIPPED.test(name)) found.push(inside(folder, name.slice(0, -1)));
      }
    }
    this.#folders = found;
    return found;
  }
}

function inside(folder: string, path: string): string {
  return folder === '' ? path : `${folder}/${path}`;
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/**
 * Folders that the relative includes of a root file start from. nginx starts at the folder of its main file; a part stands
 * below it (`conf.d/app.conf`), so the next folder up with an `nginx.conf` is that, else the part's own or the one above.
 */
export function basesOf(path: string, isMain: boolean, tree: FileTree): readonly string[] {
  const own = folderOf(path);
  if (isMain || own === '') return [own];
  for (let folder = own; ; folder = folderOf(folder)) {
    if (tree.list(folder).includes('nginx.conf')) return [folder];
    if (folder === '') return [own, folderOf(own)];
  }
}
