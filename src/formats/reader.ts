import type { Config } from '../model/config.ts';
import type { Dialect } from '../model/dialect.ts';
import type { FileTree } from '../model/tree.ts';

/** What a reader may know beside the files. Never the process's environment. */
export interface ReadOptions {
  /** Where absolute includes live in the tree: `/etc/nginx` -> `nginx`. */
  readonly rootMap: Readonly<Record<string, string>>;
  /** The product's version when it is declared (`2.8`), for defaults that depend on it. */
  readonly productVersion?: string;
}

/**
 * Reads one product's configuration. A format is one folder under `formats/` whose `reader.ts` exports one of these;
 * `script/generate` lists it.
 */
export interface FormatReader {
  readonly dialect: Dialect;
  /** How sure this reader is that a file is its own, 0..1, from its path and text. The highest wins; 0 = not mine. */
  recognise(path: string, text: string): number;
  /**
   * Reads a root file and what it includes. A fault of the file becomes a `Problem` in the result, never an exception:
   * whatever else can be read still is. Throws InputError only for what the tree throws (too large, binary).
   */
  read(path: string, tree: FileTree, options: ReadOptions): Config;
  /** Groups the files of this format that one process loads, each group in its order. Absent = every file for itself. */
  readonly sets?: (
    files: readonly { readonly path: string; readonly text: string }[],
  ) => readonly (readonly string[])[];
  /** Reads the files of one group as one config, whose path is that of the first. Absent where `sets` is. */
  readonly readSet?: (paths: readonly string[], tree: FileTree, options: ReadOptions) => Config;
}
