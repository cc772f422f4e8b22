import type { Counts } from '../model/counts.ts';
import { InputError } from '../model/tree.ts';
import { readCounts } from '../sources/counts/counts.ts';
import { plain, say } from '../text/say.ts';

/** A file that a glob of `observe` matches. */
export interface CountsFile {
  readonly path: string;
  readonly text: string;
  /** Where it really lies; absent = `path`. */
  readonly real?: string;
}

/**
 * The counts of all files that the globs match, each file once, however often it is named. Throws InputError for a glob
 * without a file, for a fault of a file, and for two files of one measurement: its requests would count twice.
 */
export function readCountsFiles(
  globs: readonly string[],
  find: (glob: string) => readonly CountsFile[],
): readonly Counts[] {
  const files = new Map<string, CountsFile>();
  for (const glob of globs) {
    const found = find(glob);
    if (found.length === 0)
      throw new InputError(`observe counts:${glob} matches no file; give the path of counts files.`);
    for (const file of found) if (!files.has(file.real ?? file.path)) files.set(file.real ?? file.path, file);
  }
  const all = [...files.values()].map(({ path, text }) => ({ path, counts: readCounts(path, text) }));
  refuseCopies(all);
  return all.map(({ counts }) => counts);
}

/** One runner starts one measurement of an address at a time; without a start nothing tells a copy from a second runner. */
function refuseCopies(all: readonly { readonly path: string; readonly counts: Counts }[]): void {
  const seen = new Map<string, string>();
  for (const { path, counts } of all) {
    const { runner, started, target, address, pool } = counts;
    if (started === undefined) continue;
    const measurement = JSON.stringify([timeOf(started), runner, target, address, pool]);
    const first = seen.get(measurement);
    seen.set(measurement, path);
    if (first === undefined) continue;
    const whose = runner === undefined ? say`started ${started}` : say`runner ${runner}, started ${started}`;
    const unless = runner === undefined ? say`, or set a different ${'runner'} in each` : say``;
    throw new InputError(
      plain(say`${path} repeats the measurement of ${first} (${whose}): remove one of the two files${unless}.`),
    );
  }
}

/** ms since 1970; a time that is not ISO counts as it is written. */
function timeOf(started: string): number | string {
  const ms = Date.parse(started);
  return Number.isNaN(ms) ? started : ms;
}
