import { idAt, shaAt, textAt, type RunContext } from './context.ts';

/** Where the "before" of a run is to be found. */
export type BaseHint =
  /** What a merge commit was merged into: its first parent. */
  | { readonly from: 'merge-commit' }
  | { readonly from: 'commit'; readonly sha: string; readonly ref: string | null }
  /** The last commit that was deployed to the environment. */
  | { readonly from: 'last-deployed' }
  /** Where a branch left the default one: what was on the branch before is its author's too. */
  | { readonly from: 'fork-point'; readonly of: string }
  | { readonly from: 'nowhere'; readonly why: 'new-branch' | 'review' | 'unknown-event' };

export interface PullRequest {
  readonly number: number;
  /** Undefined in a merge queue, where the event does not tell it. */
  readonly headSha: string | undefined;
  readonly baseSha: string | undefined;
  readonly baseRef: string | null;
}

export interface Deployment {
  readonly id: number;
  readonly environment: string;
  readonly sha: string | undefined;
}

/**
 * Which commit the settings, schemas and ignores of a run come from: always one that the change itself cannot write.
 * `before`: the commit that a push to the default branch found there. `itself`: what is merged already. `nothing`: none is known.
 */
export type JudgedBy =
  | { readonly from: 'base' | 'before' | 'itself' | 'nothing' }
  /** `name` is undefined where the event does not tell it. */
  | { readonly from: 'default-branch'; readonly name: string | undefined };

/** What an event asks for, as far as its payload tells. */
export interface EventFacts {
  readonly purpose: 'change' | 'review' | 'deployment';
  /** The commit to look at when it is not the one that is checked out. */
  readonly headSha: string | undefined;
  readonly headRef: string | null;
  readonly base: BaseHint;
  readonly judgedBy: JudgedBy;
  /** The proposal is data only: never what is checked out (pull_request_target). */
  readonly headIsForeign: boolean;
  readonly pullRequest: PullRequest | undefined;
  readonly deployment: Deployment | undefined;
  /** The event was caused by a status that this action wrote itself: answering it would never end. */
  readonly ownEcho: boolean;
}

/** How descriptions of our own deployment statuses begin. */
export const STATUS_PREFIX = 'evenkeel: ';

/** Reads an event. Anything missing from the payload becomes "nowhere", never a guess. */
export function readEvent(context: RunContext): EventFacts {
  const { payload, sha } = context;
  const facts: EventFacts = {
    purpose: 'change',
    headSha: sha,
    headRef: context.ref ?? null,
    base: { from: 'nowhere', why: 'unknown-event' },
    judgedBy: { from: 'default-branch', name: textAt(payload, 'repository', 'default_branch') },
    headIsForeign: false,
    pullRequest: undefined,
    deployment: undefined,
    ownEcho: false,
  };
  switch (context.eventName) {
    case 'pull_request':
      return { ...facts, base: { from: 'merge-commit' }, judgedBy: BY_BASE, pullRequest: pullRequestOf(payload) };
    case 'pull_request_target': {
      const pullRequest = pullRequestOf(payload);
      return {
        ...facts,
        headSha: pullRequest?.headSha,
        headRef: textAt(payload, 'pull_request', 'head', 'ref') ?? null,
        base: { from: 'merge-commit' },
        judgedBy: BY_BASE,
        headIsForeign: true,
        pullRequest,
      };
    }
    case 'merge_group':
      return {
        ...facts,
        headSha: shaAt(payload, 'merge_group', 'head_sha') ?? sha,
        headRef: textAt(payload, 'merge_group', 'head_ref') ?? facts.headRef,
        base: commitHint(shaAt(payload, 'merge_group', 'base_sha'), textAt(payload, 'merge_group', 'base_ref')),
        judgedBy: BY_BASE,
        pullRequest: queuedPullRequest(textAt(payload, 'merge_group', 'head_ref')),
      };
    case 'push':
      return {
        ...facts,
        headSha: shaAt(payload, 'after') ?? sha,
        base: pushBase(payload),
        judgedBy: pushJudge(payload),
      };
    case 'schedule':
      // It only ever runs on the default branch.
      return { ...facts, purpose: 'review', base: { from: 'nowhere', why: 'review' }, judgedBy: { from: 'itself' } };
    case 'workflow_dispatch':
      return { ...facts, purpose: 'review', base: { from: 'nowhere', why: 'review' } };
    case 'deployment':
    case 'deployment_status': {
      const deployment = deploymentOf(payload);
      return {
        ...facts,
        purpose: 'deployment',
        headSha: deployment?.sha ?? sha,
        headRef: textAt(payload, 'deployment', 'ref') ?? facts.headRef,
        base: { from: 'last-deployed' },
        deployment,
        ownEcho: textAt(payload, 'deployment_status', 'description')?.startsWith(STATUS_PREFIX) ?? false,
      };
    }
    default:
      return facts;
  }
}

const BY_BASE: JudgedBy = { from: 'base' };

/** A push may be to any branch, and its author wrote what was on that branch before, unless it is the default one. */
function pushJudge(payload: unknown): JudgedBy {
  const name = textAt(payload, 'repository', 'default_branch');
  if (name === undefined) return { from: 'nothing' };
  return textAt(payload, 'ref') === `refs/heads/${name}` ? { from: 'before' } : { from: 'default-branch', name };
}

function pullRequestOf(payload: unknown): PullRequest | undefined {
  const number = idAt(payload, 'pull_request', 'number');
  if (number === undefined) return undefined;
  return {
    number,
    headSha: shaAt(payload, 'pull_request', 'head', 'sha'),
    baseSha: shaAt(payload, 'pull_request', 'base', 'sha'),
    baseRef: textAt(payload, 'pull_request', 'base', 'ref') ?? null,
  };
}

/** A merge queue names its branches `gh-readonly-queue/<base>/pr-<number>-<sha of the base>`. */
function queuedPullRequest(ref: string | undefined): PullRequest | undefined {
  const [, baseRef, number] =
    /^refs\/heads\/gh-readonly-queue\/(.+)\/pr-(\d{1,15})-[0-9a-f]{40}$/.exec(ref ?? '') ?? [];
  if (number === undefined) return undefined;
  return { number: Number(number), headSha: undefined, baseSha: undefined, baseRef: baseRef ?? null };
}

function pushBase(payload: unknown): BaseHint {
  const name = textAt(payload, 'repository', 'default_branch');
  const ref = textAt(payload, 'ref');
  if (name !== undefined && ref?.startsWith('refs/heads/') === true && ref !== `refs/heads/${name}`)
    return { from: 'fork-point', of: name };
  const before = shaAt(payload, 'before');
  if (before === undefined) return { from: 'nowhere', why: 'new-branch' };
  return { from: 'commit', sha: before, ref: ref ?? null };
}

function commitHint(sha: string | undefined, ref: string | undefined): BaseHint {
  return sha === undefined ? { from: 'nowhere', why: 'unknown-event' } : { from: 'commit', sha, ref: ref ?? null };
}

function deploymentOf(payload: unknown): Deployment | undefined {
  const id = idAt(payload, 'deployment', 'id');
  const environment = textAt(payload, 'deployment', 'environment');
  if (id === undefined || environment === undefined) return undefined;
  return { id, environment, sha: shaAt(payload, 'deployment', 'sha') };
}
