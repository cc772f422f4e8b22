import { readFileSync } from 'node:fs';
import { isSha } from '../workspace/git.ts';
import type { Repository } from './api.ts';

/** What the runner says about this run. Foreign text in it (branch names, the event) is data, never words of ours. */
export interface RunContext {
  readonly eventName: string;
  /** The event's payload as GitHub wrote it; undefined when it cannot be read. */
  readonly payload: unknown;
  readonly owner: string;
  readonly repo: string;
  readonly sha: string | undefined;
  readonly ref: string | undefined;
  readonly workspace: string;
  readonly serverUrl: string;
  /** The page of this run. */
  readonly runUrl: string;
  readonly workflow: string;
  /** The workflow file in the repository; undefined when the runner does not name it. */
  readonly workflowFile: string | undefined;
  /** `owner/name` of this Action; undefined when it is a path of the repository itself. */
  readonly action: string | undefined;
  readonly job: string;
  /** A folder of this job for files that we write. */
  readonly tempDir: string;
}

/** The repository of a run, as GitHub's API wants it. */
export function repositoryOf({ owner, repo }: RunContext): Repository {
  return { owner, repo };
}

type Env = Readonly<Record<string, string | undefined>>;

/** Reads the runner's environment and the event file it names. */
export function readContext(env: Env): RunContext {
  const [owner = '', repo = ''] = (env['GITHUB_REPOSITORY'] ?? '').split('/');
  const serverUrl = (env['GITHUB_SERVER_URL'] ?? 'https://github.com').replace(/\/+$/, '');
  const sha = env['GITHUB_SHA'];
  const workspace = env['GITHUB_WORKSPACE'] ?? process.cwd();
  const page = [owner, repo, 'actions', 'runs', env['GITHUB_RUN_ID'] ?? '0'].map(encodeURIComponent).join('/');
  return {
    eventName: env['GITHUB_EVENT_NAME'] ?? '',
    payload: readPayload(env['GITHUB_EVENT_PATH']),
    owner,
    repo,
    sha: isSha(sha) ? sha : undefined,
    ref: env['GITHUB_REF'] ?? undefined,
    workspace,
    serverUrl,
    runUrl: `${serverUrl}/${page}`,
    workflow: env['GITHUB_WORKFLOW'] ?? '',
    workflowFile: /^[^/]+\/[^/]+\/(.+)@[^@]+$/.exec(env['GITHUB_WORKFLOW_REF'] ?? '')?.[1],
    action: env['GITHUB_ACTION_REPOSITORY'] || undefined,
    job: env['GITHUB_JOB'] ?? '',
    tempDir: env['RUNNER_TEMP'] ?? workspace,
  };
}

function readPayload(path: string | undefined): unknown {
  if (path === undefined || path === '') return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** The value at a path of keys in foreign JSON; undefined when any step is not an own key of an object. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  let here = value;
  for (const key of keys) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Readonly<Record<string, unknown>>)[key];
  }
  return here;
}

/** Text at a path of keys; undefined when there is none. */
export function textAt(value: unknown, ...keys: readonly string[]): string | undefined {
  const found = at(value, ...keys);
  return typeof found === 'string' ? found : undefined;
}

/** A whole number above 0 at a path of keys, such as an id; undefined when there is none. */
export function idAt(value: unknown, ...keys: readonly string[]): number | undefined {
  const found = at(value, ...keys);
  return typeof found === 'number' && Number.isSafeInteger(found) && found > 0 ? found : undefined;
}

/** A full commit name at a path of keys; undefined when there is none or it is all zeros. */
export function shaAt(value: unknown, ...keys: readonly string[]): string | undefined {
  const found = at(value, ...keys);
  return isSha(found) ? found : undefined;
}
