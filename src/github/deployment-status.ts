import type { Outcome } from '../model/finding.ts';
import type { GitHubApi, Repository } from './api.ts';
import { STATUS_PREFIX } from './event.ts';

/** Longest description that GitHub takes, in characters. */
const DESCRIPTION_LIMIT = 140;

export interface DeploymentVerdict {
  readonly repository: Repository;
  readonly deployment: number;
  readonly outcome: Outcome;
  /** The run ends well although the outcome is inconclusive (`on-inconclusive: warn`). */
  readonly tolerated: boolean;
  /** One sentence for people, plain text. */
  readonly description: string;
  readonly runUrl: string;
}

/**
 * Writes the verdict on the deployment that triggered the run. A tolerated "inconclusive" writes nothing: it must not look
 * like a pass, and nobody asked for it to be a failure.
 */
export async function setDeploymentStatus(api: GitHubApi, verdict: DeploymentVerdict): Promise<void> {
  const state = stateOf(verdict);
  if (state === undefined) return;
  await api.request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
    ...verdict.repository,
    deployment_id: verdict.deployment,
    state,
    description: shorten(`${STATUS_PREFIX}${verdict.description}`),
    log_url: verdict.runUrl,
    // Which deployment is the live one is for the deploying tool to say.
    auto_inactive: false,
  });
}

const STATES = { pass: 'success', fail: 'failure', inconclusive: 'failure', error: 'error' } as const;

function stateOf({ outcome, tolerated }: DeploymentVerdict): (typeof STATES)[Outcome] | undefined {
  return outcome === 'inconclusive' && tolerated ? undefined : STATES[outcome];
}

function shorten(text: string): string {
  const line = text.replaceAll(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  if (line.length <= DESCRIPTION_LIMIT) return line;
  // A cut pair of surrogates would be refused as invalid text.
  return `${line.slice(0, DESCRIPTION_LIMIT - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
