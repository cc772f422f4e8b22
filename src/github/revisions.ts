import type { Text } from '../model/text.ts';
import { InputError } from '../model/tree.ts';
import { LIMITS } from '../text/limits.ts';
import { say } from '../text/say.ts';
import { openBase } from '../workspace/base.ts';
import { DiskTree } from '../workspace/disk-tree.ts';
import { GitTree } from '../workspace/git-tree.ts';
import { Git } from '../workspace/git.ts';
import { shown, type ListedTree } from '../workspace/listed-tree.ts';
import { courtesy, type GitHubApi } from './api.ts';
import { fetchTree } from './api-tree.ts';
import { repositoryOf, type RunContext } from './context.ts';
import type { EventFacts } from './event.ts';
import { Places, type Place } from './places.ts';

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
  /** What settings, schemas and ignores are read from: nothing that this change can write; undefined when there is no such commit. */
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

/** Finds head and base of a run. Throws InputError when the head or a base that was named cannot be had. */
export async function openRevisions(request: RevisionRequest): Promise<Revisions> {
  return new Finder(request).open();
}

class Finder {
  readonly #request: RevisionRequest;
  readonly #git: Git | undefined;
  readonly #checkedOut: string | undefined;
  readonly #places: Places;
  readonly #notes: Text[] = [];

  constructor(request: RevisionRequest) {
    this.#request = request;
    const git = Git.holding(request.context.workspace, true);
    const checkedOut = git?.resolve('HEAD');
    this.#git = git;
    this.#checkedOut = checkedOut;
    this.#places = new Places({ ...request, git, checkedOut, note: (text) => this.#note(text) });
  }

  async open(): Promise<Revisions> {
    const { event, context } = this.#request;
    const proposal = event.headIsForeign ? await this.#places.proposal() : undefined;
    const headPlace = proposal?.head ?? this.#headPlace();
    const base = await this.#base(headPlace?.sha, proposal?.base);
    const head = await this.#head(headPlace);
    if (head === undefined) {
      throw new InputError(
        context.workspace === '' || this.#git === undefined
          ? 'The workspace is not a git checkout; add a step with actions/checkout before this one.'
          : 'The commit to check is not in the checkout and could not be fetched; check it out with actions/checkout (ref, fetch-depth: 2).',
      );
    }
    const trusted = await this.#trusted(head, base, proposal?.base);
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

  async #trusted(
    head: Revision,
    base: Revision | undefined,
    proposalBase: Place | undefined,
  ): Promise<ListedTree | undefined> {
    const { event, base: named, measuring } = this.#request;
    const { judgedBy } = event;
    switch (judgedBy.from) {
      case 'itself':
        return head.tree;
      case 'base': {
        // A base that was named or deployed is what to compare with, and may be written by whoever proposes.
        if (base !== undefined && named === undefined && !measuring) return base.tree;
        return this.#mergedInto(head.sha ?? undefined, proposalBase);
      }
      case 'before':
        return event.base.from === 'commit'
          ? (await this.#revision({ ref: null, sha: event.base.sha }))?.tree
          : undefined;
      case 'default-branch': {
        const place = this.#places.defaultBranch(judgedBy.name);
        return place && (await this.#revision(place))?.tree;
      }
      case 'nothing':
      default:
        return undefined;
    }
  }

  /** Throws InputError when it is not known by what a proposal has to be judged: it must not pass by what it says itself. */
  async #mergedInto(head: string | undefined, proposalBase: Place | undefined): Promise<ListedTree> {
    const place = proposalBase ?? (await this.#places.hinted(this.#request.event.base, head));
    const merged = place && (await this.#revision(place));
    if (merged === undefined) {
      throw new InputError(
        'The branch that this change is merged into could not be read, so the change and its rules are unknown. Set fetch-depth: 2 or more in actions/checkout.',
      );
    }
    return merged.tree;
  }

  async #base(head: string | undefined, proposalBase: Place | undefined): Promise<Revision | undefined> {
    const { base, measuring, event } = this.#request;
    if (base !== undefined) return this.#named(base);
    const place =
      proposalBase ??
      (measuring ? await this.#places.deployed(head) : undefined) ??
      (await this.#places.hinted(event.base, head));
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
      () => fetchTree(api, repositoryOf(context), sha, local, wanted),
      (warning) => this.#note(warning),
    );
    if (fetched === undefined) return undefined;
    if (fetched.left > 0) {
      this.#note(
        say`${fetched.left} files of ${sha.slice(0, 7)} were not fetched through the API; configs that include them are read in part only.`,
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
