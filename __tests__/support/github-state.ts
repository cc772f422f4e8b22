import type { FakeGitHub } from './fake-github.ts';
import { git, type TempRepo } from './temp-repo.ts';

const TIME = '2026-01-01T00:00:00Z';
const LINK = 'https://github.example/x';

export interface Comment {
  readonly id: number;
  readonly login: string;
  body: string;
}

export interface Issue {
  readonly number: number;
  readonly login: string;
  title: string;
  body: string;
  state: string;
}

export interface DeploymentRecord {
  readonly id: number;
  readonly environment: string;
  readonly sha: string;
  /** Newest first, as GitHub lists them. */
  readonly statuses: string[];
}

/** A user as the description asks for it. */
function user(login: string) {
  const names =
    'avatar_url events_url followers_url following_url gists_url gravatar_id html_url organizations_url received_events_url repos_url starred_url subscriptions_url url';
  const links = Object.fromEntries(names.split(' ').map((name) => [name, LINK]));
  return { ...links, login, id: 1, node_id: 'U', type: login.endsWith('[bot]') ? 'Bot' : 'User', site_admin: false };
}

/** Comments, issues, deployments and git objects of one repository, kept as GitHub keeps them. */
export class GitHubState {
  readonly comments: Comment[] = [];
  readonly issues: Issue[] = [];
  readonly deployments: DeploymentRecord[] = [];
  /** Bodies of deployment statuses that were written. */
  readonly statuses: Readonly<Record<string, unknown>>[] = [];
  readonly #github: FakeGitHub;
  #id = 100;

  constructor(github: FakeGitHub) {
    this.#github = github;
    this.#serveComments();
    this.#serveIssues();
    this.#serveDeployments();
  }

  comment(login: string, body: string): Comment {
    const comment = { id: ++this.#id, login, body };
    this.comments.push(comment);
    return comment;
  }

  issue(login: string, title: string, body: string, state = 'open'): Issue {
    const issue = { number: ++this.#id, login, title, body, state };
    this.issues.push(issue);
    return issue;
  }

  /** Serves trees and blobs of a real repository. */
  serveGit(repo: TempRepo): this {
    this.#github.on('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', ({ params }) => {
      const sha = params['tree_sha'] ?? '';
      const tree = git(repo.path, 'ls-tree', '-r', '-t', '-l', sha)
        .split('\n')
        .map((line) => {
          const [, mode, type, object, size, path] = /^(\d+) (\w+) (\w+) +(\S+)\t(.+)$/.exec(line) ?? [];
          return {
            path: path ?? '',
            mode: mode ?? '',
            type: type ?? '',
            sha: object ?? '',
            ...(size === '-' ? {} : { size: Number(size) }),
          };
        });
      return { status: 200, body: { sha, url: LINK, truncated: false, tree } };
    });
    this.#github.on('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', ({ params }) => {
      const sha = params['file_sha'] ?? '';
      const content = Buffer.from(git(repo.path, 'cat-file', 'blob', sha)).toString('base64');
      return { status: 200, body: { sha, node_id: 'B', url: LINK, size: 1, encoding: 'base64', content } };
    });
    this.#github.on('GET /repos/{owner}/{repo}/compare/{basehead}', ({ params }) => {
      const [base = '', head = ''] = (params['basehead'] ?? '').split('...');
      const merge = git(repo.path, 'merge-base', base, head);
      return { status: 200, body: comparison(merge) };
    });
    return this;
  }

  #serveComments(): void {
    this.#github.on('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', ({ query }) => ({
      status: 200,
      body: page(this.comments, query).map(shownComment),
    }));
    this.#github.on('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', ({ body }) => ({
      status: 201,
      body: shownComment(this.comment(this.#github.login, String(body?.['body']))),
    }));
    this.#github.on('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', ({ params, body }) => {
      const comment = this.comments.find((one) => one.id === Number(params['comment_id']));
      if (comment === undefined) return { status: 404, body: { message: 'Not Found' } };
      comment.body = String(body?.['body']);
      return { status: 200, body: shownComment(comment) };
    });
    this.#github.on('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', ({ params }) => {
      this.comments.splice(
        this.comments.findIndex((one) => one.id === Number(params['comment_id'])),
        1,
      );
      return { status: 204 };
    });
  }

  #serveIssues(): void {
    this.#github.on('GET /repos/{owner}/{repo}/issues', ({ query }) => {
      const by = this.issues.filter(
        (issue) => issue.login === query.get('creator') && ['all', issue.state].includes(query.get('state') ?? 'open'),
      );
      return { status: 200, body: page(by.toReversed(), query).map(shownIssue) };
    });
    this.#github.on('POST /repos/{owner}/{repo}/issues', ({ body }) => ({
      status: 201,
      body: shownIssue(this.issue(this.#github.login, String(body?.['title']), String(body?.['body']))),
    }));
    this.#github.on('PATCH /repos/{owner}/{repo}/issues/{issue_number}', ({ params, body }) => {
      const issue = this.issues.find((one) => one.number === Number(params['issue_number']));
      if (issue === undefined) return { status: 404, body: { message: 'Not Found' } };
      Object.assign(issue, body);
      return { status: 200, body: shownIssue(issue) };
    });
  }

  #serveDeployments(): void {
    const links = { url: LINK, repository_url: LINK, created_at: TIME, updated_at: TIME };
    this.#github.on('GET /repos/{owner}/{repo}/deployments', ({ query }) => {
      const wanted = this.deployments.filter(
        (one) =>
          [null, one.environment].includes(query.get('environment')) && [null, one.sha].includes(query.get('sha')),
      );
      const body = page(wanted, query).map(({ id, sha, environment }) => ({
        ...links,
        id,
        node_id: 'D',
        sha,
        ref: 'main',
        task: 'deploy',
        payload: {},
        environment,
        description: null,
        creator: user('octo'),
        statuses_url: LINK,
      }));
      return { status: 200, body };
    });
    const status = (state: unknown, description: unknown) => ({
      ...links,
      id: 1,
      node_id: 'S',
      state,
      creator: user('octo'),
      description,
      deployment_url: LINK,
      target_url: LINK,
    });
    this.#github.on('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', ({ params }) => {
      const deployment = this.deployments.find((one) => one.id === Number(params['deployment_id']));
      return { status: 200, body: (deployment?.statuses ?? []).map((state) => status(state, '')) };
    });
    this.#github.on('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', ({ body }) => {
      const description = typeof body?.['description'] === 'string' ? body['description'] : '';
      if (description.length > 140)
        return { status: 422, body: { message: 'description is too long (maximum is 140 characters)' } };
      this.statuses.push(body ?? {});
      return { status: 201, body: status(body?.['state'], description) };
    });
  }
}

const shownComment = ({ id, login, body }: Comment) => ({
  id,
  node_id: 'C',
  url: LINK,
  html_url: LINK,
  issue_url: LINK,
  // GitHub keeps line ends as browsers send them.
  body: body.replaceAll('\n', '\r\n'),
  user: user(login),
  created_at: TIME,
  updated_at: TIME,
  author_association: 'NONE',
  performed_via_github_app: null,
});

const shownIssue = ({ number, login, title, body, state }: Issue) => ({
  id: number,
  node_id: 'I',
  number,
  title,
  body,
  state,
  user: user(login),
  url: LINK,
  repository_url: LINK,
  labels_url: LINK,
  comments_url: LINK,
  events_url: LINK,
  html_url: LINK,
  labels: [],
  assignee: null,
  milestone: null,
  locked: false,
  comments: 0,
  closed_at: null,
  created_at: TIME,
  updated_at: TIME,
  author_association: 'NONE',
});

function page<T>(items: readonly T[], query: URLSearchParams): T[] {
  const size = Number(query.get('per_page') ?? 30);
  const start = (Number(query.get('page') ?? 1) - 1) * size;
  return items.slice(start, start + size);
}

function comparison(mergeBase: string) {
  const commit = {
    url: LINK,
    sha: mergeBase,
    node_id: 'C',
    html_url: LINK,
    comments_url: LINK,
    author: null,
    committer: null,
    parents: [],
    commit: {
      url: LINK,
      author: null,
      committer: null,
      message: 'm',
      comment_count: 0,
      tree: { sha: mergeBase, url: LINK },
    },
  };
  const links = { url: LINK, html_url: LINK, permalink_url: LINK, diff_url: LINK, patch_url: LINK };
  const counts = { status: 'ahead', ahead_by: 1, behind_by: 0, total_commits: 1 };
  return { ...links, ...counts, base_commit: commit, merge_base_commit: commit, commits: [], files: [] };
}
