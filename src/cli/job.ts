import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../model/tree.ts';
import type { Revisioned } from '../verify/check.ts';
import { isMeasuring, type Inputs } from '../settings/inputs.ts';
import type { MeasureRequest } from '../measure/measure-request.ts';
import type { Job } from '../verify/verify.ts';
import { didYouMean } from '../text/suggest.ts';
import { TOOL } from '../version.ts';
import { matchBases } from '../workspace/base-match.ts';
import { openBase } from '../workspace/base.ts';
import { atCommit, olderCommits } from '../workspace/commits.ts';
import { discover } from '../workspace/discover.ts';
import type { Git } from '../workspace/git.ts';
import { shown } from '../workspace/listed-tree.ts';
import { formerPaths } from '../workspace/renames.ts';
import { openNamedFiles, type NamedFiles } from '../workspace/root.ts';

export interface CommandRequest {
  readonly inputs: Inputs;
  readonly all: boolean;
  /** What only the command line has: `--expect-status`, `--ca`, `--insecure`, `--allow-link-local`. */
  readonly measure: Partial<MeasureRequest>;
  readonly cwd: string;
  readonly today: string;
  /** Earlier revisions of the files are wanted although nothing is measured. */
  readonly revisions?: boolean;
}

/** Turns what was typed into a job: opens the files, the base and earlier revisions. Throws InputError. */
export function openJob({ inputs, all, measure, cwd, today, revisions = false }: CommandRequest): Job {
  const beside = [...(inputs.checklistNamed ? [inputs.checklist] : []), ...inputs.schema];
  const named = openNamedFiles(inputs.config, cwd, beside);
  const base = inputs.base === undefined ? undefined : openBaseOf(inputs.base, named, cwd);
  requireFiles(named, base?.revisioned);
  const measuring = isMeasuring(inputs);
  return {
    tool: TOOL,
    head: { tree: named.tree, files: named.paths, revision: null },
    base: base?.revisioned,
    trusted: base?.commit === undefined ? undefined : base.revisioned.tree,
    // Who types the command is asked for no review.
    proposed: false,
    older: (measuring || revisions) && named.git !== undefined ? olderOf(named.git, named.paths, base) : [],
    checklist: inputs.checklistNamed ? named.pathOf(inputs.checklist) : inputs.checklist,
    checklistNamed: inputs.checklistNamed,
    schemas: inputs.schema.map((file) => named.pathOf(file)),
    all,
    failOn: inputs.failOn,
    onInconclusive: inputs.onInconclusive,
    measure: measuring ? { ...inputs, ...measure } : undefined,
    ticks: undefined,
    today,
  };
}

/** Throws InputError when no named file is anywhere; one that only the base has was removed, and others are not hidden by one. */
function requireFiles({ tree, paths }: NamedFiles, base: Revisioned | undefined): void {
  const isThere = (path: string): boolean => existsSync(join(tree.root, path)) || base?.files.includes(path) === true;
  const [missing] = paths;
  if (missing === undefined || paths.some(isThere)) return;
  const folder = dirname(join(tree.root, missing));
  const meant = existsSync(folder) ? didYouMean(basename(missing), readdirSync(folder)) : undefined;
  throw new InputError(
    `${shown(missing)} is not there; ${meant === undefined ? 'name a file that exists.' : `did you mean ${shown(join(dirname(missing), meant))}?`}`,
  );
}

interface OpenBase {
  readonly revisioned: Revisioned;
  readonly commit: string | undefined;
}

function openBaseOf(base: string, named: NamedFiles, cwd: string): OpenBase {
  const found = openBase(base, cwd, named.git);
  const { paths } = named;
  if (found.kind === 'commit') {
    const git = named.git;
    if (git === undefined) throw new Error('A commit was found without a repository.');
    const former = formerPaths(git, found.sha, named.tree, paths);
    const then = [...new Set(paths.map((path) => former.get(path) ?? path))];
    return { revisioned: atCommit(git, found.sha, base, then), commit: found.sha };
  }
  const revision = { ref: base, sha: null };
  if (found.kind === 'file') {
    if (paths.length !== 1) {
      throw new InputError(
        `The base is one file, but ${paths.length} files are checked; set the base to a folder or a ref.`,
      );
    }
    return { revisioned: { tree: found.tree, files: [found.path], revision }, commit: undefined };
  }
  const pairs = matchBases(paths, discover(found.tree, ['**']).files, named.tree.root);
  return { revisioned: { tree: found.tree, files: [...pairs.values()], revision }, commit: undefined };
}

/** Commits that changed the files, newest first, without the base itself. */
function olderOf(git: Git, paths: readonly string[], base: OpenBase | undefined): readonly Revisioned[] {
  const commit = base?.commit;
  let from: string;
  try {
    from = commit ?? git.resolve('HEAD');
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
  // A file that was renamed since the base has its history under its former path.
  const all = commit === undefined ? paths : [...new Set([...paths, ...(base?.revisioned.files ?? [])])];
  return olderCommits(git, from, all, commit !== undefined);
}
