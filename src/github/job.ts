import type { Text } from '../model/text.ts';
import { InputError } from '../model/tree.ts';
import { nodePorts } from '../probe/ports.ts';
import { say, sentence } from '../text/say.ts';
import type { Revisioned } from '../verify/check.ts';
import type { Tick } from '../verify/checklist-items.ts';
import { isMeasuring, type Inputs } from '../settings/inputs.ts';
import type { WorkflowUse } from '../settings/workflow-inputs.ts';
import type { MeasurePorts } from '../measure/measure.ts';
import type { Job } from '../verify/verify.ts';
import { TOOL } from '../version.ts';
import { olderCommits } from '../workspace/commits.ts';
import { discover } from '../workspace/discover.ts';
import { adminPorts } from '../workspace/admin.ts';
import { findFiles } from '../workspace/find-files.ts';
import { quietly, type GitHubApi } from './api.ts';
import { repositoryOf, type RunContext } from './context.ts';
import type { EventFacts } from './event.ts';
import { markerFor } from './marker.ts';
import { logged, type Core } from './publish.ts';
import { lastReviewed } from './review-issue.ts';
import { openRevisions, type Revision, type RevisionRequest, type Revisions } from './revisions.ts';
import { fetchTicks } from './ticks.ts';

export interface OpenRequest {
  readonly inputs: Inputs;
  readonly context: RunContext;
  readonly event: EventFacts;
  readonly api: GitHubApi | undefined;
  readonly warn: (warning: Text) => void;
}

export interface Opened {
  readonly job: Job;
  readonly notes: readonly Text[];
  readonly head: Revision;
  readonly base: Revision | undefined;
  /** By which comments and issues of this use of the Action are found again. */
  readonly marker: { readonly verify: string; readonly review: string };
}

/** Finds what one run is about: both revisions, the configs in each, earlier revisions, ticks. Throws InputError. */
export async function openActionJob(request: OpenRequest): Promise<Opened> {
  const { inputs, context, event } = request;
  const measuring = isMeasuring(inputs);
  const use = [context.workflow, context.job, inputs.config.join('\n'), inputs.target?.href ?? '', inputs.pool ?? ''];
  const marker = { verify: markerFor('verify', ...use), review: markerFor('review', ...use) };
  const review = event.purpose === 'review';
  const { head, base, trusted, notes, git } = review
    ? await openReview(request, measuring, marker.review)
    : await openRevisions(revisionRequest(request, measuring, inputs.base));
  const found = discover(head.tree, inputs.config);
  const before = base && filesAtBase(base, inputs.config);
  if (inputs.config.length > 0 && found.files.length === 0 && (before ?? []).length === 0) {
    throw new InputError(
      `config matches no file (${inputs.config.slice(0, 5).join(', ')}); write globs from the top of the repository, such as lb/*.cfg.`,
    );
  }
  return {
    notes: [...notes, ...found.unmatched.map((glob) => say`The glob ${glob} matches no file.`)],
    head,
    base,
    marker,
    job: {
      tool: TOOL,
      head: { tree: head.tree, files: found.files, revision: { ref: head.ref, sha: head.sha } },
      base: base && before && { tree: base.tree, files: before, revision: { ref: base.ref, sha: base.sha } },
      trusted,
      proposed: event.judgedBy.from !== 'itself',
      workflow: workflowOf(context, event),
      older: measuring ? olderOf(git, found.files, base?.sha ?? head.sha, base !== undefined) : [],
      checklist: inputs.checklist,
      checklistNamed: inputs.checklistNamed,
      schemas: inputs.schema,
      all: review,
      failOn: inputs.failOn,
      onInconclusive: inputs.onInconclusive,
      measure: measuring ? inputs : undefined,
      ticks: await ticksOf(request),
      today: new Date().toISOString().slice(0, 10),
    },
  };
}

function revisionRequest(
  { inputs, context, event, api }: OpenRequest,
  measuring: boolean,
  base: string | undefined,
): RevisionRequest {
  const { checklist, schema, config } = inputs;
  return {
    context,
    event,
    base,
    measuring,
    api,
    // Includes may lie anywhere, so everything that could be a config is wanted; the rest is left at GitHub.
    wanted: (path) => path === checklist || schema.includes(path) || config.length > 0,
  };
}

/** The workflow file that the change brings itself; undefined where it is that of what the change is merged into. */
function workflowOf({ workflowFile, job, action }: RunContext, { headIsForeign }: EventFacts): WorkflowUse | undefined {
  return workflowFile === undefined || headIsForeign ? undefined : { path: workflowFile, job, action };
}

/** A review looks at everything and tells what changed since the last one, when that commit can still be had. */
async function openReview(request: OpenRequest, measuring: boolean, marker: string): Promise<Revisions> {
  const { inputs, context, api } = request;
  const last =
    inputs.base ?? (api === undefined ? undefined : await quietly(lastReviewed(api, repositoryOf(context), marker)));
  if (last !== undefined) {
    try {
      return await openRevisions(revisionRequest(request, measuring, last));
    } catch (error) {
      if (!(error instanceof InputError) || inputs.base !== undefined) throw error;
    }
  }
  return openRevisions(revisionRequest(request, measuring, undefined));
}

function filesAtBase(base: Revision, globs: readonly string[]): readonly string[] {
  return base.file === undefined ? discover(base.tree, globs).files : [base.file];
}

/** Commits that changed the configs, newest first, without the base itself. */
function olderOf(
  git: Revisions['git'],
  files: readonly string[],
  from: string | null,
  hasBase: boolean,
): readonly Revisioned[] {
  if (git === undefined || from === null || !git.has(from)) return [];
  return olderCommits(git, from, files, hasBase);
}

/** Human items can be ticked where there is a pull request; its description is read fresh, since ticks come after pushes. */
async function ticksOf(request: OpenRequest): Promise<ReadonlyMap<string, Tick> | undefined> {
  const { event, api, context, warn } = request;
  if (event.pullRequest === undefined) return undefined;
  return fetchTicks(api, repositoryOf(context), event.pullRequest.number, context.payload, warn);
}

/** What a measurement needs of the outside, on a runner. */
export function actionPorts(core: Core, context: RunContext): MeasurePorts {
  return {
    probe: nodePorts(),
    countsFiles: (glob) => findFiles(glob, context.workspace, context.workspace),
    admin: adminPorts,
    onPlan: (plan) => core.info(logged(sentence(plan))),
    onAlarm: (alarm) => core.info(logged(alarm)),
  };
}
