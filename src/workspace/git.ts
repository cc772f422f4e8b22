import { execFileSync } from 'node:child_process';
import { InputError } from '../model/tree.ts';
import { shown } from './listed-tree.ts';

/** One file of a commit's tree. */
export interface TreeEntry {
  readonly path: string;
  /** `100644`, `100755`, or `120000` for a link, whose blob is then its target. */
  readonly mode: string;
  readonly object: Sha;
}

/** A full object name, the only form that any git command but `rev-parse` is ever given. */
export type Sha = string;

const SHA = /^[0-9a-f]{40}$/;
const OUTPUT_LIMIT = 256_000_000;
const LOCAL_MS = 60_000;
const FETCH_MS = 120_000;
/** Longest time for what a ref of `origin` is, ms. */
const LOOK_UP_MS = 10_000;

/** Whether a text is a full lower-case commit name, and not the all-zero one that events use for "none". */
export function isSha(text: unknown): text is Sha {
  return typeof text === 'string' && SHA.test(text) && !/^0+$/.test(text);
}

/**
 * A git repository, read only but for fetching a commit that is missing. git is started without a shell, and nothing of
 * the repository (hooks, pager, file monitor) runs.
 */
export class Git {
  /** Real absolute path of the top level. */
  readonly top: string;
  readonly #trusted: boolean;

  private constructor(top: string, trusted: boolean) {
    this.top = top;
    this.#trusted = trusted;
  }

  /**
   * The repository that holds a folder; undefined when there is none or git is not installed.
   * `trusted`: read it although another user owns it, as in a container job.
   */
  static holding(dir: string, trusted = false): Git | undefined {
    const top = attempt(() =>
      run(dir, trusted, ['rev-parse', '--show-toplevel'])
        .toString('utf8')
        .replace(/\r?\n$/, ''),
    );
    return top === undefined || top === '' ? undefined : new Git(top, trusted);
  }

  /** The commit that a ref, tag or short name means. Throws InputError when there is none. */
  resolve(ref: string): Sha {
    if (ref === '' || ref.startsWith('-') || ref.length > 1000 || /[\0-\x1f\x7f]/.test(ref)) {
      throw new InputError(`${shown(ref)} is not the name of a commit; give a branch, a tag or a commit.`);
    }
    const sha = attempt(() =>
      this.#run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`])
        .toString('latin1')
        .trim(),
    );
    if (sha === undefined || !SHA.test(sha)) {
      throw new InputError(
        `${shown(ref)} is not a commit of this repository. Set fetch-depth: 0 in actions/checkout, or name another base.`,
      );
    }
    return sha;
  }

  /** Whether the commit and its folder listing are here. */
  has(sha: Sha): boolean {
    return attempt(() => this.#run(['cat-file', '-e', `${checked(sha)}^{tree}`])) !== undefined;
  }

  /** Parents as the commit itself names them: a shallow clone hides them from `rev-parse`, but not from here. */
  parents(sha: Sha): readonly Sha[] {
    const commit = this.#run(['cat-file', 'commit', checked(sha)]).toString('latin1');
    const header = commit.slice(0, commit.indexOf('\n\n'));
    return [...header.matchAll(/^parent ([0-9a-f]{40})$/gm)].map((m) => m[1] ?? '');
  }

  /** Makes a commit present: from the clone itself, else by fetching exactly it from `origin`. False when it cannot be had. */
  fetch(sha: Sha): boolean {
    if (this.has(sha)) return true;
    const shallow =
      attempt(() => this.#run(['rev-parse', '--is-shallow-repository']).toString('latin1').trim()) === 'true';
    // A depth would cut the history of a clone that is whole.
    const depth = shallow ? ['--depth=1'] : [];
    const flags = ['--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', ...depth];
    attempt(() => this.#run(['fetch', ...flags, 'origin', checked(sha)], FETCH_MS));
    return this.has(sha);
  }

  /** What a full ref name such as `refs/pull/7/merge`, or `HEAD` for the default branch, is at `origin` now. */
  remoteRef(name: string): Sha | undefined {
    if (!/^(?:HEAD|refs\/[^\s\u0000-\u0020~^:?*[\\]+)$/.test(name)) return undefined;
    const out = attempt(() => this.#run(['ls-remote', '--quiet', 'origin', name], LOOK_UP_MS).toString('utf8'));
    const [, sha, found] = /^([0-9a-f]{40})\t(.+)$/m.exec(out ?? '') ?? [];
    return found === name ? sha : undefined;
  }

  /** The newest commit that both descend from; undefined when this clone does not reach back that far. */
  mergeBase(a: Sha, b: Sha): Sha | undefined {
    const out = attempt(() =>
      this.#run(['merge-base', checked(a), checked(b)])
        .toString('latin1')
        .trim(),
    );
    return isSha(out) ? out : undefined;
  }

  /** Up to `limit` commits, newest first, that changed any of the files and are reachable from `sha` in this clone. */
  history(sha: Sha, paths: readonly string[], limit: number): readonly Sha[] {
    if (paths.length === 0) return [];
    const args = [
      'log',
      '--no-show-signature',
      '--format=%H',
      `--max-count=${limit}`,
      '--end-of-options',
      checked(sha),
      '--',
      ...paths,
    ];
    const out = attempt(() => this.#run(args).toString('latin1'));
    return (out ?? '').split('\n').filter((line) => SHA.test(line));
  }

  /** Files of the index that git takes for renamed ones of a commit: their path then, by their path now. */
  renamesSince(sha: Sha): ReadonlyMap<string, string> {
    const flags = ['--cached', '-r', '-z', '-M', '--diff-filter=R', '--name-status', '--ignore-submodules'];
    const out = attempt(() => this.#run(['diff-index', ...flags, checked(sha)]).toString('utf8')) ?? '';
    return new Map([...out.matchAll(/R\d+\0([^\0]+)\0([^\0]+)\0/g)].map(([, was = '', now = '']) => [now, was]));
  }

  /** The files of a commit; submodules are left out. */
  *listTree(sha: Sha): Iterable<TreeEntry> {
    for (const line of this.#run(['ls-tree', '-r', '-z', '--full-tree', checked(sha)])
      .toString('utf8')
      .split('\0')) {
      const [, mode, type, object, path] = /^(\d+) (\w+) ([0-9a-f]{40})\t([\s\S]+)$/.exec(line) ?? [];
      if (type === 'blob' && mode !== undefined && object !== undefined && path !== undefined)
        yield { path, mode, object };
    }
  }

  /** Bytes of a blob; undefined when it is longer than `limit` bytes. */
  blob(object: Sha, limit: number): Uint8Array | undefined {
    try {
      return run(this.top, this.#trusted, ['cat-file', 'blob', checked(object)], LOCAL_MS, limit);
    } catch (error) {
      if (codeOf(error) === 'ENOBUFS') return undefined;
      throw error;
    }
  }

  #run(args: readonly string[], timeoutMs = LOCAL_MS): Buffer {
    return run(this.top, this.#trusted, args, timeoutMs);
  }
}

function checked(sha: string): Sha {
  if (!SHA.test(sha)) throw new Error('A git command was about to be given something that is not a commit name.');
  return sha;
}

function run(
  cwd: string,
  trusted: boolean,
  args: readonly string[],
  timeout = LOCAL_MS,
  maxBuffer = OUTPUT_LIMIT,
): Buffer {
  const config = [
    'core.hooksPath=/dev/null',
    'core.fsmonitor=false',
    'core.pager=cat',
    'gc.auto=0',
    'maintenance.auto=false',
  ];
  if (trusted) config.push('safe.directory=*');
  const flags = ['--no-pager', '--literal-pathspecs', '--no-replace-objects', ...config.flatMap((c) => ['-c', c])];
  return execFileSync('git', [...flags, ...args], {
    cwd,
    env: environment(),
    shell: false,
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout,
    maxBuffer,
    windowsHide: true,
  });
}

/** What git needs to run and to reach `origin`; nothing that points it at another repository or program. */
function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_PAGER: 'cat',
    LC_ALL: 'C',
  };
  const kept = /^(path|home|userprofile|systemroot|temp|tmp|tmpdir|ssh_auth_sock|(https?|no|all)_proxy)$/i;
  for (const [key, value] of Object.entries(process.env)) if (kept.test(key)) env[key] = value;
  return env;
}

/** git says "no" by its exit state; what could not be started or took too long is a "no" too. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    const ended = typeof error === 'object' && error !== null && 'status' in error;
    if (ended || codeOf(error) !== undefined) return undefined;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
