import type { Text } from '../model/text.ts';
import { say } from '../text/say.ts';
import type { Git } from '../workspace/git.ts';
import { courtesy, quietly, type GitHubApi } from './api.ts';
import { repositoryOf, shaAt, type RunContext } from './context.ts';
import type { BaseHint, EventFacts } from './event.ts';
import { environmentOf, lastDeployed } from './last-deployed.ts';

/** A commit and what it is called. */
export interface Place {
  readonly ref: string | null;
  readonly sha: string;
}

export interface PlacesRequest {
  readonly context: RunContext;
  readonly event: EventFacts;
  readonly api: GitHubApi | undefined;
  readonly git: Git | undefined;
  readonly checkedOut: string | undefined;
  /** Takes what the reader has to know about how a commit was found. */
  readonly note: (text: Text) => void;
}

/** Which commits a run is about: what an event only hints at is looked up in the clone, else at GitHub. */
export class Places {
  readonly #of: PlacesRequest;

  constructor(of: PlacesRequest) {
    this.#of = of;
  }

  /** What an event says was before; undefined where there is nothing, with a note that says so. `head`: the commit that is looked at. */
  async hinted(hint: BaseHint, head: string | undefined): Promise<Place | undefined> {
    switch (hint.from) {
      case 'commit':
        return { ref: hint.ref, sha: hint.sha };
      case 'merge-commit':
        return this.#targetOfMerge();
      case 'fork-point':
        return this.#leftDefault(hint.of, head);
      case 'last-deployed': {
        const place = await this.deployed(head);
        if (place === undefined)
          this.#of.note(say`No earlier successful deployment of this environment was found, so nothing is compared.`);
        return place;
      }
      case 'nowhere':
      default:
        if (hint.why === 'new-branch') this.#of.note(say`This branch is new, so there is nothing to compare it with.`);
        if (hint.why === 'unknown-event')
          this.#of.note(say`This event does not say what was before it, so nothing is compared. Give ${'base'}.`);
        return undefined;
    }
  }

  /** The first parent of the merge commit that is checked out is the target branch as it will be merged into. */
  async #targetOfMerge(): Promise<Place | undefined> {
    const { context, event } = this.#of;
    const { pullRequest } = event;
    const ref = pullRequest?.baseRef ?? null;
    if (this.#of.git !== undefined && this.#of.checkedOut !== undefined) {
      const [first, second] = this.#of.git.parents(this.#of.checkedOut);
      const isMerge = second !== undefined && (second === pullRequest?.headSha || this.#of.checkedOut === context.sha);
      if (isMerge && first !== undefined) return { ref, sha: first };
    }
    if (pullRequest?.baseSha === undefined) return undefined;
    return this.#targetOr(pullRequest.baseSha, this.#of.checkedOut ?? pullRequest.headSha, ref);
  }

  /** Where a branch left the default branch, else that branch as it is now. */
  async #leftDefault(name: string, head: string | undefined): Promise<Place | undefined> {
    const place = this.defaultBranch(name);
    if (place === undefined) {
      this.#of.note(say`The branch ${name} could not be found, so nothing is compared with it.`);
      return undefined;
    }
    return (await this.#forkPoint(place.sha, head, place.ref)) ?? place;
  }

  /** Where a branch left its target: found in the clone, else by the API; undefined when neither knows. */
  async #forkPoint(base: string, head: string | undefined, ref: string | null): Promise<Place | undefined> {
    if (head === undefined) return undefined;
    const here =
      this.#of.git?.has(base) === true && this.#of.git.has(head) ? this.#of.git.mergeBase(base, head) : undefined;
    const sha = here ?? (await this.#comparedBase(base, head));
    return sha === undefined ? undefined : { ref, sha };
  }

  /** Where a pull request left its target, else the target as the event names it, with a note. */
  async #targetOr(base: string, head: string | undefined, ref: string | null): Promise<Place> {
    const place = await this.#forkPoint(base, head, ref);
    if (place !== undefined) return place;
    this.#of.note(
      say`The checkout is not the merge commit of the pull request. It is compared with the target branch as of the last push to the pull request.`,
    );
    return { ref, sha: base };
  }

  async #comparedBase(base: string, head: string): Promise<string | undefined> {
    const { api, context } = this.#of;
    if (api === undefined) return undefined;
    const answer = await quietly(
      api.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
        ...repositoryOf(context),
        basehead: `${base}...${head}`,
        per_page: 1,
      }),
    );
    return shaAt(answer?.data, 'merge_base_commit', 'sha');
  }

  /** pull_request_target: the merge that GitHub prepared when it is of this very head, else the head and where it left its target. */
  async proposal(): Promise<{ head: Place; base: Place } | undefined> {
    const { event } = this.#of;
    const { pullRequest } = event;
    if (pullRequest?.headSha === undefined || pullRequest.baseSha === undefined) return undefined;
    const merge = this.#of.git?.remoteRef(`refs/pull/${pullRequest.number}/merge`);
    if (merge !== undefined && this.#of.git?.fetch(merge) === true) {
      const [first, second] = this.#of.git.parents(merge);
      if (first !== undefined && second === pullRequest.headSha) {
        return { head: { ref: event.headRef, sha: merge }, base: { ref: pullRequest.baseRef, sha: first } };
      }
    }
    const base = await this.#targetOr(pullRequest.baseSha, pullRequest.headSha, pullRequest.baseRef);
    return { head: { ref: event.headRef, sha: pullRequest.headSha }, base };
  }

  /** The newest commit of the default branch, asked of `origin`; undefined when it does not answer. */
  defaultBranch(name: string | undefined): Place | undefined {
    const ref = name === undefined ? 'HEAD' : `refs/heads/${name}`;
    const sha = this.#of.git?.remoteRef(ref);
    return sha === undefined ? undefined : { ref: name ?? null, sha };
  }

  /** What ran before: the last successful deployment to the environment of `head`; undefined when none is known. */
  async deployed(head: string | undefined): Promise<Place | undefined> {
    const { api, context, event, note } = this.#of;
    if (api === undefined || head === undefined) return undefined;
    const repository = repositoryOf(context);
    const sha = await courtesy(
      'The last deployed commit was not looked up',
      'deployments: read',
      async () => {
        const environment = event.deployment?.environment ?? (await environmentOf(api, repository, head));
        return environment === undefined ? undefined : lastDeployed(api, repository, environment, head);
      },
      (warning) => note(warning),
    );
    return sha === undefined ? undefined : { ref: null, sha };
  }
}
