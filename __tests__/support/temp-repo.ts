import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** An empty folder of its own; `remove` it when done. */
export class TempDir {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'evenkeel-')));

  write(files: Readonly<Record<string, string | Uint8Array>>): this {
    for (const [path, text] of Object.entries(files)) {
      const full = join(this.path, path);
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, text);
    }
    return this;
  }

  at(path: string): string {
    return join(this.path, path);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A git repository in a folder of its own, with a fixed author and no configuration of the machine's. */
export class TempRepo extends TempDir {
  constructor() {
    super();
    this.git('init', '--quiet', '--initial-branch=main');
  }

  git(...args: string[]): string {
    return git(this.path, ...args);
  }

  /** Writes the files, commits everything and gives the commit's name. */
  commit(files: Readonly<Record<string, string | Uint8Array>>, message = 'change'): string {
    this.write(files);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '-m', message);
    return this.git('rev-parse', 'HEAD');
  }

  /** What GitHub makes of a pull request: a merge commit whose first parent is the target branch. */
  mergeCommit(branch: string): string {
    this.git('merge', '--quiet', '--no-ff', '-m', 'merge', branch);
    return this.git('rev-parse', 'HEAD');
  }
}

/** A clone as actions/checkout leaves it: one commit, `depth` deep, HEAD detached on it. */
export class TempClone extends TempDir {
  constructor(from: TempRepo, sha: string, depth: number) {
    super();
    git(from.path, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    git(this.path, 'init', '--quiet');
    git(this.path, 'remote', 'add', 'origin', `file://${from.path}`);
    git(this.path, 'fetch', '--quiet', '--no-tags', `--depth=${depth}`, 'origin', sha);
    git(this.path, 'checkout', '--quiet', '--detach', sha);
  }
}

/** Runs git as a fixed author, without configuration of the machine. */
export function git(cwd: string, ...args: string[]): string {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  };
  return execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
