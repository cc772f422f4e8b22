import type { Text } from '../model/text.ts';
import { InputError } from '../model/tree.ts';
import { LIMITS } from '../text/limits.ts';
import { say } from '../text/say.ts';
import { openBase } from '../workspace/base.ts';
import { DiskTree } from '../workspace/disk-tree.ts';
import { GitTree } from '../workspace/git-tree.ts';
import { Git } from '../workspace/git.ts';
import { shown, type ListedTree } from '../workspace/listed-tree.ts';
import { courtesy, quietly, type GitHubApi } from './api.ts';
import { fetchTree } from './api-tree.ts';
import { shaAt, type RunContext } from './context.ts';
import type { BaseHint, EventFacts } from './event.ts';
import { environmentOf, lastDeployed } from './last-deployed.ts';

/** One side of the comparison. */
export interface Revision {
  readonly ref: string | null;
  /** Null for a folder that is no commit. */
  readonly sha: string | null;
  readonly tree: ListedTree;
  /** Set when one file was named as the base: its path in the tree. */
  readonly file?: string;
}

export interface Revisions {
  readonly head: Revision;
  readonly base: Revision | undefined;
  /** The commit that settings are read from: the base, or what a proposal is merged into when it is compared with a folder. */
  readonly trusted: ListedTree | undefined;
  /** What the reader has to know about how they were found. */
  readonly notes: readonly Text[];
  readonly git: Git | undefined;
}

export interface RevisionRequest {
  readonly context: RunContext;
  readonly event: EventFacts;
  /** The `base` input. */
  readonly base: string | undefined;
  /** A measurement is asked for: "before" then means "last deployed". */
  readonly measuring: boolean;
  readonly api: GitHubApi | undefined;
  /** Which files may matter, when they must be fetched one by one. */
  readonly wanted: (path: string) => boolean;
}

interface Place {
  readonly ref: string | null;
  readonly sha: string;
}

/** Finds head and base of a run. Throws InputError when the head or a base that was named cannot be had. */
export async function openRevisions(request: RevisionRequest): Promise<Revisions> {
  return new Finder(request).open();
}

class Finder {
  readonly #request: RevisionRequest;
  readonly #git: Git | undefined;
  readonly #checkedOut: string | undefined;
  readonly #notes: Text[] = [];

  constructor(request: RevisionRequest) {
    this.#request = request;
    const git = Git.holding(request.context.workspace, true);
    this.#git = git;
    this.#checkedOut = git?.resolve('HEAD');
  }

  async open(): Promise<Revisions> {
    const { event, context } = this.#request;
    const proposal = event.headIsForeign ? await this.#proposal() : undefined;
    const headPlace = proposal?.head ?? this.#headPlace();
    const base = await this.#base(headPlace?.sha, proposal?.base);
    const trusted = await this.#trusted(base, headPlace?.sha, proposal?.base);
    const head = await this.#head(headPlace);
    if (head === undefined) {
      throw new InputError(
        context.workspace === '' || this.#git === undefined
          ? 'The workspace is no git checkout; put a step with actions/checkout before this one.'
          : 'The commit to check is not in the checkout and could not be fetched; check it out with actions/checkout (ref, fetch-depth: 2).',
      );
    }
    return { head, base, trusted, notes: this.#notes, git: this.#git };
  }

  /** What is checked out is what is looked at, so that files rendered by an earlier step count. */
  #headPlace(): Place | undefined {
    const { event, context } = this.#request;
    const sha =
      event.purpose === 'deployment' ? (event.headSha ?? this.#checkedOut) : (this.#checkedOut ?? context.sha);
    return sha === undefined ? undefined : { ref: event.headRef, sha };
  }

  async #head(place: Place | undefined): Promise<Revision | undefined> {
    const { context } = this.#request;
    if (place === undefined || place.sha === this.#checkedOut) {
      if (this.#git === undefined) return undefined;
      return { ref: place?.ref ?? null, sha: place?.sha ?? null, tree: new DiskTree(context.workspace) };
    }
    return this.#revision(place);
  }

  /** Throws InputError when it is not known by what a proposal has to be judged: it must not pass by what it says itself. */
  async #trusted(
    base: Revision | undefined,
    head: string | undefined,
    proposalBase: Place | undefined,
  ): Promise<ListedTree | undefined> {
    const { event } = this.#request;
    if (base !== undefined && base.sha !== null) return base.tree;
    if (!event.proposed) return undefined;
    const place = proposalBase ?? (await this.#hinted(event.base, head));
    const merged = place && (await this.#revision(place));
    if (merged === undefined) {
      throw new InputError(
        'What this change is merged into could not be read, so neither the change nor the rules that it is held to are known. Use fetch-depth: 2 or more in actions/checkout.',
      );
    }
    return merged.tree;
  }

  async #base(head: string | undefined, proposalBase: Place | undefined): Promise<Revision | undefined> {
    const { base, measuring, event } = this.#request;
    if (base !== undefined) return this.#named(base);
    const place =
      proposalBase ?? (measuring ? await this.#deployed(head) : undefined) ?? (await this.#hinted(event.base, head));
    if (place === undefined) return undefined;
    const revision = await this.#revision(place);
    if (revision === undefined) {
      this.#note(
        say`The commit before this change (${place.sha.slice(0, 7)}) could not be read, so nothing is compared with it. Use ${'fetch-depth: 2'} or more in ${'actions/checkout'}.`,
      );
    }
    return revision;
  }

  /** The `base` input: a folder or file of the workspace (rendered configs), else a ref. */
  async #named(base: string): Promise<Revision> {
    const { workspace } = this.#request.context;
    const found = openBase(base, workspace, this.#git, workspace);
    if (found.kind !== 'commit')
      return { ref: base, sha: null, tree: found.tree, ...(found.kind === 'file' ? { file: found.path } : {}) };
    const revision = await this.#revision({ ref: base, sha: found.sha });
    if (revision === undefined)
      throw new InputError(`The base ${shown(base)} could not be fetched; check it out first.`);
    return revision;
  }

  async #hinted(hint: BaseHint, head: string | undefined): Promise<Place | undefined> {
    switch (hint.from) {
      case 'commit':
        return { ref: hint.ref, sha: hint.sha };
      case 'merge-commit':
        return this.#targetOfMerge();
      case 'last-deployed': {
        const place = await this.#deployed(head);
        if (place === undefined)
          this.#note(say`No earlier successful deployment of this environment was found, so nothing is compared.`);
        return place;
      }
      case 'nowhere':
      default:
        if (hint.why === 'new-branch') this.#note(say`This branch is new, so there is nothing to compare it with.`);
        if (hint.why === 'unknown-event')
          this.#note(say`This event does not say what was before it, so nothing is compared. Give ${'base'}.`);
        return undefined;
    }
  }

  /** The first parent of the merge commit that is checked out is the target branch as it will be merged into. */
  async #targetOfMerge(): Promise<Place | undefined> {
    const { context, event } = this.#request;
    const { pullRequest } = event;
    const ref = pullRequest?.baseRef ?? null;
    if (this.#git !== undefined && this.#checkedOut !== undefined) {
      const [first, second] = this.#git.parents(this.#checkedOut);
      const isMerge = second !== undefined && (second === pullRequest?.headSha || this.#checkedOut === context.sha);
      if (isMerge && first !== undefined) return { ref, sha: first };
    }
    if (pullRequest?.baseSha === undefined) return undefined;
    return this.#forkPoint(pullRequest.baseSha, this.#checkedOut ?? pullRequest.headSha, ref);
  }

  /** Where a branch left its target: found in the clone, else by the API, else the target as the event names it. */
  async #forkPoint(base: string, head: string | undefined, ref: string | null): Promise<Place> {
    if (head !== undefined) {
      const here = this.#git?.has(base) === true && this.#git.has(head) ? this.#git.mergeBase(base, head) : undefined;
      const sha = here ?? (await this.#comparedBase(base, head));
      if (sha !== undefined) return { ref, sha };
    }
    this.#note(
      say`What is checked out is not the merge commit of the pull request, so it is compared with the target branch as it was when the pull request last changed.`,
    );
    return { ref, sha: base };
  }

  async #comparedBase(base: string, head: string): Promise<string | undefined> {
    const { api, context } = this.#request;
    if (api === undefined) return undefined;
    const answer = await quietly(
      api.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
        owner: context.owner,
        repo: context.repo,
        basehead: `${base}...${head}`,
        per_page: 1,
      }),
    );
    return shaAt(answer?.data, 'merge_base_commit', 'sha');
  }

  /** pull_request_target: the merge that GitHub prepared when it is of this very head, else the head and where it left its target. */
  async #proposal(): Promise<{ head: Place; base: Place } | undefined> {
    const { event } = this.#request;
    const { pullRequest } = event;
    if (pullRequest?.headSha === undefined || pullRequest.baseSha === undefined) return undefined;
    const merge = this.#git?.remoteRef(`refs/pull/${pullRequest.number}/merge`);
    if (merge !== undefined && this.#git?.fetch(merge) === true) {
      const [first, second] = this.#git.parents(merge);
      if (first !== undefined && second === pullRequest.headSha) {
        return { head: { ref: event.headRef, sha: merge }, base: { ref: pullRequest.baseRef, sha: first } };
      }
    }
    const base = await this.#forkPoint(pullRequest.baseSha, pullRequest.headSha, pullRequest.baseRef);
    return { head: { ref: event.headRef, sha: pullRequest.headSha }, base };
  }

  async #deployed(head: string | undefined): Promise<Place | undefined> {
    const { api, context, event } = this.#request;
    if (api === undefined || head === undefined) return undefined;
    const repository = { owner: context.owner, repo: context.repo };
    const sha = await courtesy(
      'The last deployed commit was not looked up',
      'deployments: read',
      async () => {
        const environment = event.deployment?.environment ?? (await environmentOf(api, repository, head));
        return environment === undefined ? undefined : lastDeployed(api, repository, environment, head);
      },
      (warning) => this.#note(warning),
    );
    return sha === undefined ? undefined : { ref: null, sha };
  }

  /** The tree of a commit: from the clone, by fetching it, else through the API. */
  async #revision({ ref, sha }: Place): Promise<Revision | undefined> {
    const git = this.#git;
    if (git?.fetch(sha) === true) return { ref, sha, tree: GitTree.of(git, sha) };
    const { api, context, wanted } = this.#request;
    if (api === undefined) return undefined;
    const local = (object: string): Uint8Array | undefined => this.#localBlobs().get(object)?.();
    const fetched = await courtesy(
      'A commit was not read through the API',
      'contents: read',
      () => fetchTree(api, { owner: context.owner, repo: context.repo }, sha, local, wanted),
      (warning) => this.#note(warning),
    );
    if (fetched === undefined) return undefined;
    if (fetched.left > 0) {
      this.#note(
        say`${fetched.left} files of ${sha.slice(0, 7)} were not fetched through the API; what includes them cannot be told.`,
      );
    }
    return { ref, sha, tree: fetched.tree };
  }

  #blobs: Map<string, () => Uint8Array | undefined> | undefined;

  /** Objects that the checked-out commit has, by name. */
  #localBlobs(): Map<string, () => Uint8Array | undefined> {
    if (this.#blobs !== undefined) return this.#blobs;
    const git = this.#git;
    const blobs = new Map<string, () => Uint8Array | undefined>();
    if (git !== undefined && this.#checkedOut !== undefined) {
      for (const { object } of git.listTree(this.#checkedOut))
        blobs.set(object, () => git.blob(object, LIMITS.fileBytes));
    }
    return (this.#blobs = blobs);
  }

  #note(text: Text): void {
    this.#notes.push(text);
  }
}
