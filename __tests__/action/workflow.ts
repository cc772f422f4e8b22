import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import picomatch from 'picomatch';
import { parse } from 'yaml';
import { TempClone, TempDir } from '../support/temp-repo.ts';
import { kept, type Run, type Stage } from './stage.ts';

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'continue-on-error'?: boolean;
}

export interface Workflow {
  readonly on: unknown;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly if?: string;
        readonly permissions?: Readonly<Record<string, string>>;
        readonly strategy?: { readonly matrix: Readonly<Record<string, readonly (string | number)[]>> };
        readonly steps: readonly Step[];
      }
    >
  >;
}

export interface Event {
  readonly name: string;
  readonly sha: string;
  readonly payload: unknown;
  readonly ref?: string;
}

export interface JobRun {
  readonly failed: boolean;
  /** Runs of our own action, in their order. */
  readonly runs: readonly Run[];
  /** What the shell steps printed. */
  readonly log: string;
  readonly uploadedSarif: readonly string[];
}

export function readWorkflow(path: string): Workflow {
  return parse(readFileSync(path, 'utf8')) as Workflow;
}

/** Artifacts of one workflow run: what one job keeps for another. */
export type Artifacts = Map<string, TempDir>;

/** Runs one job of a workflow as GitHub does: checkout, shell steps, our action, artifacts, and the conditions between them. */
export async function runJob(
  stage: Stage,
  workflow: Workflow,
  job: string,
  event: Event,
  options: {
    /** Stands for the target that the workflow names. */
    readonly target?: string;
    readonly matrix?: Readonly<Record<string, string | number>>;
    readonly artifacts?: Artifacts;
  } = {},
): Promise<JobRun | undefined> {
  const { if: condition, steps = [] } = workflow.jobs[job] ?? {};
  const results: Record<string, { outputs: Readonly<Record<string, string>> }> = {};
  for (const { id } of steps) if (id !== undefined) results[id] = { outputs: {} };
  let failed = false;
  const names = {
    github: { event: event.payload, event_name: event.name },
    matrix: options.matrix ?? {},
    steps: results,
    always: () => true,
    failure: () => failed,
  };
  const value = (expression: string): unknown => runInNewContext(expression, names) ?? '';
  const filled = (text: string): string =>
    text.replaceAll(/\$\{\{(.*?)\}\}/g, (_, expression: string) => String(value(expression)));
  const inputsOf = (step: Step): Record<string, string> =>
    Object.fromEntries(Object.entries(step.with ?? {}).map(([key, text]) => [key, filled(String(text))]));
  if (condition !== undefined && value(condition) !== true) return undefined;

  let workspace = '';
  const runs: Run[] = [];
  const uploadedSarif: string[] = [];
  let log = '';
  for (const step of steps) {
    const always = /\b(always|failure)\(\)/.test(step.if ?? '');
    if ((failed && !always) || (step.if !== undefined && value(step.if) !== true)) continue;
    const inputs = inputsOf(step);
    const [action] = (step.uses ?? '').split('@');
    if (step.run !== undefined) {
      const own = Object.fromEntries(Object.entries(step.env ?? {}).map(([key, text]) => [key, filled(text)]));
      const eventFile = kept(new TempDir())
        .write({ 'event.json': JSON.stringify(event.payload) })
        .at('event.json');
      const env = { PATH: process.env['PATH'] ?? '', HOME: workspace, GITHUB_EVENT_PATH: eventFile, ...own };
      const shell = spawnSync('bash', ['-eo', 'pipefail', '-c', step.run], { cwd: workspace, env, encoding: 'utf8' });
      log += shell.stdout + shell.stderr;
      failed ||= shell.status !== 0;
    } else if (action === 'actions/checkout') {
      const depth = Number(inputs['fetch-depth'] ?? 1);
      workspace = kept(new TempClone(stage.repo, inputs['ref'] ?? event.sha, depth === 0 ? 1000 : depth)).path;
    } else if (action === 'evenkeel/evenkeel') {
      const target = options.target === undefined ? {} : { target: options.target, rate: '500/s', settle: '0s' };
      const run = await stage.run(event.sha, event.name, event.payload, {
        workspace,
        inputs: { ...inputs, ...(inputs['target'] === undefined ? {} : target) },
        env: { GITHUB_REF: event.ref ?? 'refs/heads/main' },
      });
      runs.push(run);
      if (step.id !== undefined) results[step.id] = { outputs: { ...run.outputs, ...keep(run) } };
      failed ||= run.code !== 0 && step['continue-on-error'] !== true;
    } else if (action === 'actions/upload-artifact') {
      const dir = kept(new TempDir());
      cpSync(inputs['path'] ?? '', dir.at(basename(inputs['path'] ?? '')));
      options.artifacts?.set(inputs['name'] ?? '', dir);
    } else if (action === 'actions/download-artifact') {
      for (const [name, dir] of options.artifacts ?? []) {
        if (picomatch.isMatch(name, inputs['pattern'] ?? '')) {
          cpSync(dir.path, join(workspace, inputs['path'] ?? '', name), { recursive: true });
        }
      }
    } else if (action === 'github/codeql-action/upload-sarif') {
      uploadedSarif.push(readFileSync(inputs['sarif_file'] ?? '', 'utf8'));
    } else throw new Error(`A step that this runner does not know: ${JSON.stringify(step)}`);
  }
  return { failed, runs, log, uploadedSarif };
}

/** Files that a step's outputs name live as long as the job; the runner of single steps has cleaned up already. */
function keep(run: Run): Record<string, string> {
  const dir = kept(new TempDir());
  return Object.fromEntries(
    Object.entries(run.files).map(([name, text]) => {
      const path = dir.at(basename(run.outputs[name] ?? name));
      mkdirSync(dir.path, { recursive: true });
      writeFileSync(path, text);
      return [name, path];
    }),
  );
}
