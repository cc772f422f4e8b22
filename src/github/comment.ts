import { paged, type GitHubApi, type Repository } from './api.ts';
import { idAt, textAt } from './context.ts';
import { isOwn, markedBody, sameBody } from './marker.ts';

/** How many pages of 100 comments are searched for our own. */
const PAGES = 30;

export interface CommentRequest {
  readonly repository: Repository;
  readonly pullRequest: number;
  /** Markdown, without the marker. */
  readonly body: string;
  readonly marker: string;
  readonly runUrl: string;
  /** False when all is good and `comment` is not `always`: an old comment is then brought up to date, but none is written. */
  readonly mayCreate: boolean;
}

/** Keeps exactly one comment of ours on a pull request; one that says the same already is left alone. */
export async function keepComment(api: GitHubApi, request: CommentRequest): Promise<void> {
  const { repository, marker } = request;
  const body = markedBody(request.body, marker, request.runUrl);
  const own = await findOwn(api, request);
  const [first, ...extra] = own;
  if (first === undefined) {
    if (!request.mayCreate) return;
    const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
    await api.request(route, { ...repository, issue_number: request.pullRequest, body });
    return;
  }
  // Two runs at the same moment can both have created one.
  for (const { id } of extra) {
    await api.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...repository, comment_id: id });
  }
  if (sameBody(first.body, body)) return;
  await api.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
    ...repository,
    comment_id: first.id,
    body,
  });
}

interface OwnComment {
  readonly id: number;
  readonly body: string | undefined;
}

async function findOwn(api: GitHubApi, request: CommentRequest): Promise<OwnComment[]> {
  const { repository, pullRequest, marker } = request;
  const marked: unknown[] = [];
  const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
  for await (const comment of paged(api, route, { ...repository, issue_number: pullRequest }, PAGES)) {
    if (textAt(comment, 'body')?.includes(marker) === true) marked.push(comment);
  }
  // Who we are is asked only when something looks like ours.
  if (marked.length === 0) return [];
  const login = await api.login();
  return marked
    .filter((comment) => isOwn(comment, marker, login))
    .flatMap((comment) => {
      const id = idAt(comment, 'id');
      return id === undefined ? [] : [{ id, body: textAt(comment, 'body') }];
    });
}
