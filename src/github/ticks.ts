import type { Text } from '../model/text.ts';
import { readTicks } from '../report/ticks.ts';
import type { Tick } from '../verify/checklist-items.ts';
import { courtesy, type GitHubApi, type Repository } from './api.ts';
import { textAt } from './context.ts';

/**
 * What the description of a pull request says about human items. It is asked of the API, since the event keeps the text of
 * the moment it happened; without a token the event's own text counts.
 */
export async function fetchTicks(
  api: GitHubApi | undefined,
  repository: Repository,
  pullRequest: number,
  payload: unknown,
  warn: (message: Text) => void,
): Promise<ReadonlyMap<string, Tick>> {
  const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
  const answer =
    api === undefined
      ? undefined
      : await courtesy(
          'The pull request description was not read fresh',
          'pull-requests: read',
          () => api.request(route, { ...repository, pull_number: pullRequest }),
          warn,
        );
  const fresh = answer === undefined ? undefined : (textAt(answer.data, 'body') ?? '');
  return readTicks(fresh ?? textAt(payload, 'pull_request', 'body') ?? '');
}
