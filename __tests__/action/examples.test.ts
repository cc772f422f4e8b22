import { chmodSync, readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { live } from './live.ts';
import { EQUAL, FILE, SKEWED, Stage } from './stage.ts';
import { readWorkflow, runJob, type Artifacts, type Workflow } from './workflow.ts';

/** Heavier, with its checks: what was deployed before. */
const BEFORE = EQUAL.replace('11:8080 weight 10', '11:8080 weight 100');

/** The least that each feature needs; a job that asks for more is refused here. */
const PERMISSIONS: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>> = {
  'deploy.yml': { deploy: { contents: 'read', deployments: 'read' } },
  'deployment-status.yml': { probe: { contents: 'read', deployments: 'write' } },
  'matrix.yml': { deploy: { contents: 'read' }, probe: { contents: 'read' } },
  'pull-request.yml': { check: { contents: 'read', 'pull-requests': 'write', 'security-events': 'write' } },
  'rendered.yml': { check: { contents: 'read', 'pull-requests': 'write' } },
  'review.yml': { review: { contents: 'read', issues: 'write' } },
  'several-runners.yml': {
    deploy: { contents: 'read' },
    measure: { contents: 'read' },
    judge: { contents: 'read' },
  },
};

function example(name: string): Workflow {
  return readWorkflow(`examples/workflows/${name}`);
}

/** A script of the repository that the workflow calls. */
function script(stage: Stage, path: string, body: string): void {
  stage.repo.write({ [path]: `#!/bin/sh\nset -eu\n${body}\n` });
  chmodSync(stage.repo.at(path), 0o755);
}

/** Two commits on main, of which the first is what was deployed; the scripts of deploys only tell that they ran. */
function deployed(stage: Stage, before = BEFORE) {
  for (const name of ['deploy', 'rollback-load-balancer', 'reload-load-balancer'])
    script(stage, `${name}.sh`, `echo ${name}`);
  const first = stage.repo.commit({ [FILE]: before });
  const second = stage.repo.commit({ [FILE]: EQUAL });
  stage.state.deployments.push(
    { id: 3, environment: 'production', sha: second, statuses: ['in_progress'] },
    { id: 1, environment: 'production', sha: first, statuses: ['inactive', 'success'] },
  );
  return { first, second, payload: { before: first, after: second, ref: 'refs/heads/main' } };
}

test('each asks for the least that it needs, and runs on ticks where it checks pull requests', () => {
  const asked = readdirSync('examples/workflows').map((name) => {
    const { jobs, permissions, on } = example(name);
    expect(permissions).toEqual({ contents: 'read' });
    const events = on as { readonly pull_request?: { readonly types: readonly string[]; readonly paths?: unknown } };
    if (typeof on === 'object' && events.pull_request !== undefined) {
      expect(events.pull_request.types).toContain('edited');
      expect(events.pull_request.paths).toBeUndefined();
    }
    return [name, Object.fromEntries(Object.entries(jobs).map(([id, job]) => [id, job.permissions ?? permissions]))];
  });
  expect(Object.fromEntries(asked)).toEqual(PERMISSIONS);
});

test('pull-request.yml fails the outage, comments, and hands the findings to code scanning', async () => {
  const stage = new Stage();
  const pr = stage.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
  const event = { name: 'pull_request', sha: pr.merge, payload: pr.payload, ref: 'refs/pull/7/merge' };
  const artifacts: Artifacts = new Map();
  const job = await runJob(stage, example('pull-request.yml'), 'check', event, { artifacts });
  expect(job?.failed).toBe(true);
  expect(stage.state.comments).toHaveLength(1);
  const sarif = JSON.parse(job?.uploadedSarif[0] ?? '') as { runs: { results: { ruleId: string }[] }[] };
  expect(sarif.runs[0]?.results.map((result) => result.ruleId)).toContain('weight-imbalance');
  expect([...artifacts.keys()]).toEqual(['load-balancer-report']);
  expect(stage.github.violations).toEqual([]);
});

test('deploy.yml reloads when the old file is still loaded, says what it cannot repair, and leaves an even split alone', async () => {
  const workflow = example('deploy.yml');
  const stage = new Stage();
  const { second, payload } = deployed(stage);
  const event = { name: 'push', sha: second, payload };
  const balancer = await live(BEFORE);
  const target = balancer.inputs['target'] ?? '';
  const forgotten = await runJob(stage, workflow, 'deploy', event, { target });
  expect(forgotten?.failed).toBe(true);
  expect(forgotten?.log).toBe('deploy\nreload-load-balancer\n');

  balancer.reload(EQUAL.replace('web2 10.0.0.12:8080 weight 10 check', 'web2 10.0.0.12:8080 weight 10 check disabled'));
  const down = await runJob(stage, workflow, 'deploy', event, { target });
  expect(down?.failed).toBe(true);
  expect(down?.log).toContain('No reload or rollback of the load balancer repairs this (server-down)');

  balancer.reload(EQUAL);
  const even = await runJob(stage, workflow, 'deploy', event, { target });
  expect([even?.failed, even?.log]).toEqual([false, 'deploy\n']);
  expect(stage.github.violations).toEqual([]);
}, 60_000);

test('deployment-status.yml writes the verdict on the deployment, and sits out what is no success in production', async () => {
  const workflow = example('deployment-status.yml');
  const stage = new Stage();
  const { second } = deployed(stage);
  const payload = (state: string, environment: string): unknown => ({
    deployment: { id: 3, environment, sha: second, ref: 'main' },
    deployment_status: { state, description: 'done' },
  });
  const event = (state: string, environment: string) => ({
    name: 'deployment_status',
    sha: second,
    payload: payload(state, environment),
  });
  const target = (await live(EQUAL)).inputs['target'] ?? '';
  expect(await runJob(stage, workflow, 'probe', event('failure', 'production'), { target })).toBeUndefined();
  expect(await runJob(stage, workflow, 'probe', event('success', 'staging'), { target })).toBeUndefined();
  const job = await runJob(stage, workflow, 'probe', event('success', 'production'), { target });
  expect(job?.failed).toBe(false);
  expect(stage.state.statuses.map((status) => status['state'])).toEqual(['success']);
  expect(stage.github.violations).toEqual([]);
}, 60_000);

test('matrix.yml measures the pool of each place by its own file', async () => {
  const workflow = example('matrix.yml');
  const stage = new Stage();
  const both = (config: string): string => {
    const pool = config.slice(config.indexOf('backend app'));
    return config.replaceAll('app', 'be_app') + pool.replace('backend app', 'backend be_api').replaceAll('web', 'api');
  };
  script(stage, 'deploy.sh', 'echo deploy');
  const before = stage.repo.commit({ 'lb/eu.cfg': both(EQUAL), 'lb/us.cfg': both(EQUAL) });
  const sha = stage.repo.commit({ 'a.txt': 'a' });
  const event = { name: 'push', sha, payload: { before, after: sha } };
  expect(workflow.jobs['probe']?.strategy?.matrix).toEqual({ region: ['eu', 'us'], pool: ['be_app', 'be_api'] });
  const target = (await live(EQUAL)).inputs['target'] ?? '';
  const job = await runJob(stage, workflow, 'probe', event, { target, matrix: { region: 'us', pool: 'be_app' } });
  expect(job?.failed).toBe(false);
  expect(Object.keys(JSON.parse(job?.runs[0]?.outputs['shares'] ?? '{}') as object)).toContain('be_app');
  expect(job?.runs[0]?.report.inputs.map((input) => input.file)).toEqual(['lb/us.cfg']);
  // The other pool's servers never answer there.
  const other = await runJob(stage, workflow, 'probe', event, { target, matrix: { region: 'us', pool: 'be_api' } });
  expect(other?.failed).toBe(true);
}, 60_000);

test('rendered.yml compares what both revisions render to', async () => {
  const workflow = example('rendered.yml');
  const stage = new Stage();
  const template = EQUAL.replace('11:8080 weight 10', '11:8080 weight @WEIGHT@');
  script(stage, 'render.sh', 'mkdir -p rendered\nsed "s/@WEIGHT@/$(cat weight)/" haproxy.tmpl > rendered/haproxy.cfg');
  const pr = stage.pullRequest({ 'haproxy.tmpl': template, weight: '10' }, { weight: '100' });
  const event = { name: 'pull_request', sha: pr.merge, payload: pr.payload, ref: 'refs/pull/7/merge' };
  const job = await runJob(stage, workflow, 'check', event);
  expect(job?.failed).toBe(true);
  expect(job?.runs[0]?.summary).toContain('**83%** ▲ from 33%');

  const ref = `refs/heads/gh-readonly-queue/main/pr-7-${pr.baseSha}`;
  const payload = { merge_group: { head_sha: pr.merge, head_ref: ref, base_sha: pr.baseSha, base_ref: 'main' } };
  const queued = await runJob(stage, workflow, 'check', { name: 'merge_group', sha: pr.merge, payload, ref });
  expect(queued?.runs[0]?.summary).toContain('**83%** ▲ from 33%');
  expect(stage.github.violations).toEqual([]);
}, 60_000);

test('review.yml opens its issue when the live split has drifted', async () => {
  const stage = new Stage();
  const sha = stage.repo.commit({ [FILE]: EQUAL });
  const target = (await live(SKEWED)).inputs['target'] ?? '';
  const job = await runJob(stage, example('review.yml'), 'review', { name: 'schedule', sha, payload: {} }, { target });
  expect(job?.failed).toBe(true);
  expect(stage.state.issues.map((issue) => [issue.title, issue.state])).toEqual([['Load balancer review', 'open']]);
  expect(stage.github.violations).toEqual([]);
}, 60_000);

test('several-runners.yml judges together what no single place could', async () => {
  const workflow = example('several-runners.yml');
  const stage = new Stage();
  const { second, payload } = deployed(stage, EQUAL);
  const event = { name: 'push', sha: second, payload };
  const target = (await live(EQUAL)).inputs['target'] ?? '';
  const artifacts: Artifacts = new Map();
  for (const place of workflow.jobs['measure']?.strategy?.matrix['place'] ?? []) {
    const job = await runJob(stage, workflow, 'measure', event, { target, matrix: { place }, artifacts });
    expect(job?.failed).toBe(false);
  }
  expect(artifacts.size).toBe(6);
  const judged = await runJob(stage, workflow, 'judge', event, { artifacts });
  expect(judged?.runs[0]?.outputs['outcome']).toBe('pass');
  expect(judged?.failed).toBe(false);
  expect(stage.github.violations).toEqual([]);
}, 60_000);
