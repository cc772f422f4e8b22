import { afterEach } from '@jest/globals';
import { FakeGitHub } from '../support/fake-github.ts';
import { GitHubState } from '../support/github-state.ts';
import { runAction, type ActionRun } from '../support/run-action.ts';
import { TempClone, TempRepo, type TempDir } from '../support/temp-repo.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

/** Removes a folder when the test ends. */
export function kept<T extends TempDir>(dir: T): T {
  cleanups.push(() => dir.remove());
  return dir;
}

export const EQUAL = `global
  maxconn 2000
defaults
  mode http
  option httpchk GET /up
  option redispatch
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend www
  bind :80
  http-response set-header X-Served-By %s
  default_backend app
backend app
  balance roundrobin
  server web1 10.0.0.11:8080 weight 10 check
  server web2 10.0.0.12:8080 weight 10 check
  server web3 10.0.0.13:8080 weight 10 check
`;

/** The outage: a zero too many on line 16, and the check lost on line 18. */
export const SKEWED = EQUAL.replace('11:8080 weight 10 check', '11:8080 weight 100 check')
  .replace('12:8080 weight 10', '12:8080 weight 20')
  .replace('13:8080 weight 10 check', '13:8080 weight 20');

export const FILE = 'lb/haproxy.cfg';

export interface Run extends ActionRun {
  readonly report: Report;
}

/** The parts of the report document that these tests look at. */
export interface Report {
  readonly outcome: string;
  readonly summary: string;
  readonly base: { readonly sha: string | null } | null;
  readonly inputs: readonly { readonly file: string }[];
  readonly findings: readonly {
    readonly rule: string;
    readonly severity: string;
    readonly file: string;
    readonly line: number;
    readonly introduced: boolean;
  }[];
  readonly checklist: readonly { readonly id: string; readonly state: string }[];
  readonly measurements: readonly { readonly outcome: string; readonly reason: string }[];
  readonly notes: readonly string[];
}

/** A repository, a GitHub that knows it, and the Action run as the runner runs it. */
export class Stage {
  readonly repo = kept(new TempRepo());
  readonly github: FakeGitHub;
  readonly state: GitHubState;
  readonly #prefix: string;
  #api: string | undefined;

  constructor(prefix = '') {
    this.#prefix = prefix;
    this.github = new FakeGitHub(prefix);
    this.state = new GitHubState(this.github).serveGit(this.repo);
  }

  /** Main as it is, and a pull request with the given files; gives its merge commit. */
  pullRequest(base: Readonly<Record<string, string>>, head: Readonly<Record<string, string>>, body = ''): PullRequest {
    const baseSha = this.repo.commit(base, 'base');
    this.repo.git('checkout', '--quiet', '-b', 'topic');
    const headSha = this.repo.commit(head, 'topic');
    this.repo.git('checkout', '--quiet', 'main');
    this.repo.git('checkout', '--quiet', '--detach');
    const merge = this.repo.mergeCommit('topic');
    this.describe(body);
    return { baseSha, headSha, merge, payload: pullRequestPayload(baseSha, headSha, body) };
  }

  /** What the description of the pull request is now, whatever an event says. */
  describe(body: string): void {
    const route = '/repos/{owner}/{repo}/pulls/{pull_number}';
    this.github.on(`GET ${route}`, () => ({ status: 200, body: { ...this.github.sample(route), body } }));
  }

  /** Runs the Action on a clone of a commit. */
  async run(
    sha: string,
    event: string,
    payload: unknown,
    options: {
      readonly inputs?: Readonly<Record<string, string>>;
      readonly env?: Readonly<Record<string, string>>;
      readonly depth?: number;
      /** A folder that is checked out already, else a clone of its own. */
      readonly workspace?: string;
    } = {},
  ): Promise<Run> {
    this.#api ??= await this.#start();
    const workspace = options.workspace ?? kept(new TempClone(this.repo, sha, options.depth ?? 2)).path;
    const result = await runAction({
      event,
      payload,
      workspace,
      inputs: { config: 'lb/*.cfg', token: 'ghs_secret', ...options.inputs },
      env: {
        GITHUB_SHA: sha,
        GITHUB_REF: 'refs/pull/7/merge',
        GITHUB_API_URL: this.#api,
        GITHUB_GRAPHQL_URL: this.#prefix === '' ? `${this.#api}/graphql` : this.#api.replace(/\/v3$/, '/graphql'),
        GITHUB_SERVER_URL: 'https://github.example',
        ...options.env,
      },
    });
    return { ...result, report: JSON.parse(result.files['report'] ?? '{}') as Report };
  }

  async #start(): Promise<string> {
    cleanups.push(() => this.github.stop());
    return this.github.start();
  }
}

export interface PullRequest {
  readonly baseSha: string;
  readonly headSha: string;
  readonly merge: string;
  readonly payload: unknown;
}

export function pullRequestPayload(baseSha: string, headSha: string, body = ''): unknown {
  return {
    pull_request: {
      number: 7,
      body,
      head: { sha: headSha, ref: 'topic', repo: { id: 1 } },
      base: { sha: baseSha, ref: 'main', repo: { id: 1 } },
    },
  };
}
