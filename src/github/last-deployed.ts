import { paged, type GitHubApi, type Repository } from './api.ts';
import { at, idAt, shaAt, textAt } from './context.ts';

/** How many deployments back are looked at. */
const LOOK_BACK = 30;

/**
 * The commit of the last deployment of an environment that succeeded and is not `head`: what ran before this deploy.
 * A later deployment makes an earlier success "inactive", so its whole list of statuses counts, not only the last one.
 */
export async function lastDeployed(
  api: GitHubApi,
  repository: Repository,
  environment: string,
  head: string,
): Promise<string | undefined> {
  let looked = 0;
  for await (const deployment of paged(
    api,
    'GET /repos/{owner}/{repo}/deployments',
    { ...repository, environment },
    1,
  )) {
    const id = idAt(deployment, 'id');
    const sha = shaAt(deployment, 'sha');
    if (id === undefined || sha === undefined || sha === head) continue;
    if (++looked > LOOK_BACK) return undefined;
    if (await succeeded(api, repository, id)) return sha;
  }
  return undefined;
}

/** The one environment that a commit is being deployed to; undefined when there is none or several. */
export async function environmentOf(api: GitHubApi, repository: Repository, sha: string): Promise<string | undefined> {
  const names = new Set<string>();
  for await (const deployment of paged(api, 'GET /repos/{owner}/{repo}/deployments', { ...repository, sha }, 1)) {
    const name = textAt(deployment, 'environment');
    if (name !== undefined) names.add(name);
  }
  const [only] = names;
  return names.size === 1 ? only : undefined;
}

async function succeeded(api: GitHubApi, repository: Repository, id: number): Promise<boolean> {
  const route = 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses';
  for await (const status of paged(api, route, { ...repository, deployment_id: id }, 1)) {
    if (at(status, 'state') === 'success') return true;
  }
  return false;
}
