import { paged, type GitHubApi, type Repository } from './api.ts';
import { at, idAt, textAt } from './context.ts';
import { isOwn, markedBody, sameBody } from './marker.ts';

/** How many pages of 100 issues of our own are searched. */
const PAGES = 10;

/** The line in the issue that remembers which commit was reviewed. */
const REVIEWED = /<!-- evenkeel:reviewed:([0-9a-f]{40}) -->/;

export interface ReviewRequest {
  readonly repository: Repository;
  readonly title: string;
  /** Markdown, without markers. */
  readonly body: string;
  readonly marker: string;
  readonly runUrl: string;
  /** The commit that was reviewed. */
  readonly sha: string | undefined;
  /** Nothing to complain of. */
  readonly clean: boolean;
}

interface OwnIssue {
  readonly number: number;
  readonly open: boolean;
  readonly title: string | undefined;
  readonly body: string | undefined;
}

/** Keeps exactly one issue for the review: opened by the first finding, kept up to date, closed when clean, opened again later. */
export async function keepReviewIssue(api: GitHubApi, request: ReviewRequest): Promise<void> {
  const { repository, title, clean } = request;
  const reviewed = request.sha === undefined ? '' : `\n\n<!-- evenkeel:reviewed:${request.sha} -->`;
  const body = markedBody(`${request.body.trimEnd()}${reviewed}`, request.marker, request.runUrl);
  const issue = await findIssue(api, repository, request.marker);
  if (issue === undefined) {
    if (!clean) await api.request('POST /repos/{owner}/{repo}/issues', { ...repository, title, body });
    return;
  }
  const change = stateChange(issue.open, clean);
  if (change.state === undefined && sameBody(issue.body, body) && issue.title === title) return;
  const route = 'PATCH /repos/{owner}/{repo}/issues/{issue_number}';
  await api.request(route, { ...repository, issue_number: issue.number, title, body, ...change });
}

function stateChange(open: boolean, clean: boolean): { readonly state?: string; readonly state_reason?: string } {
  if (open === !clean) return {};
  return clean ? { state: 'closed', state_reason: 'completed' } : { state: 'open', state_reason: 'reopened' };
}

/** The commit that the last review looked at, to tell what changed since; undefined when there was none. */
export async function lastReviewed(
  api: GitHubApi,
  repository: Repository,
  marker: string,
): Promise<string | undefined> {
  const issue = await findIssue(api, repository, marker);
  return REVIEWED.exec(issue?.body ?? '')?.[1];
}

/** Our issue with this marker, open or closed; an open one before a closed one, then the newest. */
async function findIssue(api: GitHubApi, repository: Repository, marker: string): Promise<OwnIssue | undefined> {
  const login = await api.login();
  const found: OwnIssue[] = [];
  const parameters = { ...repository, state: 'all', creator: login, sort: 'created', direction: 'desc' };
  for await (const item of paged(api, 'GET /repos/{owner}/{repo}/issues', parameters, PAGES)) {
    const number = idAt(item, 'number');
    if (number === undefined || at(item, 'pull_request') !== undefined || !isOwn(item, marker, login)) continue;
    found.push({
      number,
      open: at(item, 'state') === 'open',
      title: textAt(item, 'title'),
      body: textAt(item, 'body'),
    });
  }
  return found.find((issue) => issue.open) ?? found[0];
}
