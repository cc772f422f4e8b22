import { say, words } from '../text/say.ts';
import type { Text } from '../model/text.ts';

/** The part of octokit that is used. Routes are GitHub's own: `GET /repos/{owner}/{repo}/...`. */
export interface GitHubApi {
  request(route: string, parameters: Readonly<Record<string, unknown>>): Promise<{ readonly data: unknown }>;
  /** The login that the token acts as: what tells our own comments from those that only look like ours. */
  login(): Promise<string>;
}

export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

/** What a token has to be allowed, as it is written under `permissions:`. */
export type Permission =
  | 'contents: read'
  | 'pull-requests: read'
  | 'pull-requests: write'
  | 'issues: write'
  | 'deployments: read'
  | 'deployments: write';

/** Longest time for one answer, ms. */
const ANSWER_MS = 10_000;

/**
 * An API of GitHub for a token. The library is loaded here only, so that runs without a token do not pay for it. One question that is
 * not answered in time is the last one that is waited for: a verdict is not kept up by a server that takes connections and is silent.
 */
export async function connect(token: string): Promise<GitHubApi> {
  const { getOctokit } = await import('@actions/github');
  const octokit = getOctokit(token);
  let silent = false;
  const within = async <T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const late = (cause?: unknown): Error => new Error(`no answer within ${ANSWER_MS / 1000} s`, { cause });
    if (silent) throw late();
    const signal = AbortSignal.timeout(ANSWER_MS);
    try {
      return await ask(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      silent = true;
      throw late(error);
    }
  };
  const api: GitHubApi = {
    request: (route, parameters) => within((signal) => octokit.request(route, { ...parameters, request: { signal } })),
    // REST does not tell this for the token of a workflow, GraphQL does for every kind.
    login: () =>
      within(async (signal) => {
        const options = { request: { signal } };
        const { viewer } = await octokit.graphql<{ viewer: { login: string } }>('{viewer{login}}', options);
        return viewer.login;
      }),
  };
  return withRetry(api, (ms) => new Promise((done) => setTimeout(done, ms)));
}

/** Asks once more after a second when a reading request met a fault of GitHub's own. Writing ones could act twice. */
function withRetry(api: GitHubApi, wait: (ms: number) => Promise<void>): GitHubApi {
  return {
    login: () => api.login(),
    async request(route, parameters) {
      try {
        return await api.request(route, parameters);
      } catch (error) {
        if (!route.startsWith('GET ') || (statusOf(error) ?? 0) < 500) throw error;
        await wait(1000);
        return api.request(route, parameters);
      }
    },
  };
}

/** The HTTP status that a failed request was answered with; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}

/**
 * Does something on GitHub that the verdict does not depend on. A failure becomes one warning that says what was not done
 * and what to change, and the result is undefined. `task` is our own words: `The pull request comment was not written`.
 */
export async function courtesy<T>(
  task: string,
  permission: Permission,
  action: () => Promise<T>,
  warn: (message: Text) => void,
): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    warn(explain(task, permission, error));
    return undefined;
  }
}

/** What GitHub answers, where any failure means that the answer is not known. */
export async function quietly<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch {
    return undefined;
  }
}

/** Why GitHub did not do something, and what to change. */
export function explain(task: string, permission: Permission, error: unknown): Text {
  const status = statusOf(error);
  const message = (error instanceof Error ? error.message : '').slice(0, 200);
  if (status === 429 || (status === 403 && /rate limit/i.test(message))) {
    return say`${words(task)}: GitHub's rate limit is used up. The verdict does not depend on it; run the job again later.`;
  }
  if (status === 401) {
    return say`${words(task)}: GitHub refused the token. Leave the ${'token'} input at its default, or give a valid one.`;
  }
  if (status === 403 || status === 404) {
    return say`${words(task)}: the token may not do that. Add ${permission} under ${'permissions'} in the workflow; pull requests from forks always get a token that only reads.`;
  }
  if (status === undefined) return say`${words(task)}: GitHub did not answer (${message || 'no reason given'}).`;
  return say`${words(task)}: GitHub answered ${status} (${message || 'no reason given'}).`;
}

/** Every item of a paged listing, at most `pages` pages of 100. */
export async function* paged(
  api: GitHubApi,
  route: string,
  parameters: Readonly<Record<string, unknown>>,
  pages: number,
): AsyncGenerator {
  for (let page = 1; page <= pages; page++) {
    const { data } = await api.request(route, { ...parameters, per_page: 100, page });
    if (!Array.isArray(data)) return;
    yield* data as unknown[];
    if (data.length < 100) return;
  }
}
