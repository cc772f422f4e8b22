import picomatch from 'picomatch';
import { InputError } from '../model/tree.ts';
import { inside, shown, type ListedTree } from './listed-tree.ts';

export interface Discovered {
  /** Paths in the tree, sorted, each real file once. */
  readonly files: readonly string[];
  /** Globs that match nothing, as written. */
  readonly unmatched: readonly string[];
}

interface Glob {
  readonly written: string;
  readonly matches: (path: string) => boolean;
}

/**
 * The files that globs name, seen from the tree's root. A glob that begins with `!` takes files out again.
 * A file that is also reached through a link counts once, under its own path when that is matched too.
 */
export function discover(tree: Pick<ListedTree, 'files'>, globs: readonly string[]): Discovered {
  const wanted = globs.filter((g) => !g.startsWith('!')).map(compile);
  const unwanted = globs.filter((g) => g.startsWith('!')).map((g) => compile(g.slice(1)));
  const matched = new Set<Glob>();
  const byReal = new Map<string, string>();
  for (const [path, real] of tree.files()) {
    if (unwanted.some((glob) => glob.matches(path))) continue;
    const hits = wanted.filter((glob) => glob.matches(path));
    if (hits.length === 0) continue;
    for (const glob of hits) matched.add(glob);
    if (!byReal.has(real) || path === real) byReal.set(real, path);
  }
  return {
    files: [...byReal.values()].toSorted(),
    unmatched: wanted.filter((glob) => !matched.has(glob)).map((glob) => glob.written),
  };
}

function compile(written: string): Glob {
  const clean = written.replace(/^(\.\/)+/, '');
  if (clean === '' || clean.length > 1000 || inside(clean) === undefined || clean.split('/').includes('..')) {
    throw new InputError(
      `The glob ${shown(written)} leaves the workspace; write it from the top of the repository, such as lb/*.cfg.`,
    );
  }
  return { written, matches: picomatch(clean, { dot: true, nonegate: true, strictSlashes: true }) };
}
