import type { FileTree } from '../model/tree.ts';

/** A tree made of given texts: for tests, the demo and embedded examples. Keys are `/`-separated paths. */
export class MemoryTree implements FileTree {
  readonly #files: ReadonlyMap<string, string>;

  constructor(files: Readonly<Record<string, string>>) {
    this.#files = new Map(Object.entries(files));
  }

  read(path: string): string | undefined {
    return this.#files.get(path);
  }

  list(dir: string): readonly string[] {
    const prefix = dir === '' || dir === '.' ? '' : `${dir.replace(/\/$/, '')}/`;
    const names = new Set<string>();
    for (const path of this.#files.keys()) {
      if (!path.startsWith(prefix)) continue;
      const rest = path.slice(prefix.length);
      const slash = rest.indexOf('/');
      names.add(slash < 0 ? rest : rest.slice(0, slash + 1));
    }
    return [...names].toSorted();
  }
}
