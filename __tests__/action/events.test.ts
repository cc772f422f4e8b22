import { describe, expect, test } from '@jest/globals';
import { live } from './live.ts';
import { EQUAL, FILE, SKEWED, Stage, type Run } from './stage.ts';

/** Heavier by intent or by mistake, with its checks: what was deployed before, in the tests of deploys. */
const BEFORE = EQUAL.replace('11:8080 weight 10', '11:8080 weight 100');
/** A fault by itself, whatever was before. */
const BROKEN = EQUAL.replace('default_backend app', 'default_backend ap');
const MAIN = { GITHUB_REF: 'refs/heads/main' };
const ZEROS = '0'.repeat(40);
const PLACES = [
  ['github.com', ''],
  ['an Enterprise server', '/api/v3'],
] as const;

function errors(run: Run): string[] {
  return run.annotations.filter((one) => one.level === 'error').map((one) => one.properties['title'] ?? '');
}

describe.each(PLACES)('on %s', (_, prefix) => {
  test.each(['opened', 'synchronize', 'edited'])(
    'pull_request, %s: compared with what it is merged into',
    async (action) => {
      const stage = new Stage(prefix);
      const pr = stage.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
      const run = await stage.run(pr.merge, 'pull_request', { ...(pr.payload as object), action });
      expect([run.code, run.outputs['outcome'], run.report.base?.sha]).toEqual([1, 'fail', pr.baseSha]);
      expect(stage.state.comments).toHaveLength(1);
      expect(stage.github.violations).toEqual([]);
    },
  );

  test('pull_request_target: the proposal is read, what is checked out is not', async () => {
    const stage = new Stage(prefix);
    const pr = stage.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
    stage.repo.git('update-ref', 'refs/pull/7/merge', pr.merge);
    const run = await stage.run(pr.baseSha, 'pull_request_target', pr.payload, { env: MAIN });
    expect([run.code, run.report.base?.sha]).toEqual([1, pr.baseSha]);
    expect(errors(run)).toEqual(['weight-imbalance', 'health-check-removed-or-weakened']);
    expect(stage.state.comments).toHaveLength(1);
    expect(stage.github.violations).toEqual([]);
  });

  test('merge_group: compared with what the queue merges into; no comment', async () => {
    const stage = new Stage(prefix);
    const pr = stage.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
    const run = await stage.run(...mergeGroup(pr.merge, pr.baseSha));
    expect([run.code, run.report.base?.sha]).toEqual([1, pr.baseSha]);
    expect(errors(run)).toEqual(['weight-imbalance', 'health-check-removed-or-weakened']);
    expect(stage.state.comments).toEqual([]);
    expect(stage.github.violations).toEqual([]);
  });

  test('push: compared with the commit before', async () => {
    const stage = new Stage(prefix);
    const before = stage.repo.commit({ [FILE]: EQUAL });
    const after = stage.repo.commit({ [FILE]: SKEWED });
    const run = await stage.run(after, 'push', { before, after, ref: 'refs/heads/main' }, { env: MAIN });
    expect([run.code, run.report.base?.sha]).toEqual([1, before]);
    expect(errors(run)).toEqual(['weight-imbalance', 'health-check-removed-or-weakened']);
    expect(stage.github.violations).toEqual([]);
  });

  test('push of a new branch: there is no before, so nothing is compared and every finding counts', async () => {
    const stage = new Stage(prefix);
    const after = stage.repo.commit({ [FILE]: BROKEN });
    const payload = { before: ZEROS, after, ref: 'refs/heads/new' };
    const run = await stage.run(after, 'push', payload, { env: { GITHUB_REF: 'refs/heads/new' } });
    expect([run.code, run.outputs['outcome'], run.report.base]).toEqual([1, 'fail', null]);
    expect(run.report.notes.join('\n')).toContain('This branch is new, so there is nothing to compare it with.');
    expect(stage.github.violations).toEqual([]);
  });

  test.each(['schedule', 'workflow_dispatch'])('%s: the whole of every config, in one issue', async (event) => {
    const stage = new Stage(prefix);
    const sha = stage.repo.commit({ [FILE]: SKEWED });
    const run = await stage.run(sha, event, {}, { env: MAIN });
    // What was there before is a warning: it fails nothing, but the issue tells of it.
    expect([run.code, run.outputs['outcome']]).toEqual([0, 'pass']);
    expect(stage.state.issues.map((issue) => [issue.title, issue.state])).toEqual([['Load balancer review', 'open']]);
    expect(stage.state.issues[0]?.body).toContain(`https://github.example/octo/edge/blob/${sha}/lb/haproxy.cfg#L16`);
    const broken = await stage.run(stage.repo.commit({ [FILE]: BROKEN }), event, {}, { env: MAIN });
    expect([broken.code, broken.outputs['outcome']]).toEqual([1, 'fail']);
    expect(stage.state.issues).toHaveLength(1);
    expect(stage.github.violations).toEqual([]);
  });

  test.each(['deployment', 'deployment_status'])(
    '%s: the live split decides, the file deployed before explains it, and the deployment is told',
    async (event) => {
      const stage = new Stage(prefix);
      const { first, second } = deployed(stage);
      const balancer = await live(BEFORE);
      const forgotten = await stage.run(second, event, deployment(second, event), {
        env: MAIN,
        inputs: balancer.inputs,
      });
      expect([forgotten.code, forgotten.outputs['outcome']]).toEqual([1, 'fail']);
      expect(forgotten.report.base?.sha).toBe(first);
      expect(forgotten.outputs['cause']).toBe('old-file-loaded');
      expect(forgotten.summary).toContain(first.slice(0, 7));
      expect(stage.state.statuses.map((status) => [status['state'], status['auto_inactive']])).toEqual([
        ['failure', false],
      ]);
      expect(stage.state.statuses[0]?.['description']).toMatch(/^evenkeel: .*web1/);

      balancer.reload(EQUAL);
      const even = await stage.run(second, event, deployment(second, event), { env: MAIN, inputs: balancer.inputs });
      expect([even.code, even.outputs['outcome'], even.outputs['cause']]).toEqual([0, 'pass', '']);
      expect(stage.state.statuses.map((status) => status['state'])).toEqual(['failure', 'success']);
      expect(stage.github.violations).toEqual([]);
    },
    30_000,
  );

  test('deployment_status: our own status starts nothing', async () => {
    const stage = new Stage(prefix);
    const { second } = deployed(stage);
    const payload = {
      ...(deployment(second, 'deployment_status') as object),
      deployment_status: { state: 'failure', description: 'evenkeel: web1 answers 71% of the requests' },
    };
    const run = await stage.run(second, 'deployment_status', payload, { env: MAIN });
    expect([run.code, run.outputs['outcome']]).toEqual([0, 'pass']);
    expect(run.stdout).toContain('there is nothing to do');
    expect(stage.github.calls).toEqual([]);
  });
});

test('push after a deploy step: the file that ran before is found by the environment of the commit', async () => {
  const stage = new Stage();
  const { first, second } = deployed(stage);
  const balancer = await live(BEFORE);
  const payload = { before: first, after: second, ref: 'refs/heads/main' };
  const run = await stage.run(second, 'push', payload, { env: MAIN, inputs: balancer.inputs });
  expect([run.code, run.outputs['cause'], run.report.base?.sha]).toEqual([1, 'old-file-loaded', first]);
  expect(stage.state.statuses).toEqual([]);
  expect(stage.github.violations).toEqual([]);
}, 30_000);

test('a tolerated inconclusive measurement writes no status: it must not look like a pass', async () => {
  const stage = new Stage();
  const { second } = deployed(stage);
  const nobody = {
    config: FILE,
    target: 'http://127.0.0.1:9/',
    settle: '0s',
    timeout: '5s',
    'on-inconclusive': 'warn',
  };
  const balancer = await live(EQUAL);
  const unnamed = { ...balancer.inputs, 'identify-by': 'header:X-Nowhere', 'on-inconclusive': 'warn' };
  const run = await stage.run(second, 'deployment', deployment(second, 'deployment'), { env: MAIN, inputs: unnamed });
  expect([run.code, run.outputs['outcome']]).toEqual([0, 'inconclusive']);
  expect(stage.state.statuses).toEqual([]);
  const down = await stage.run(second, 'deployment', deployment(second, 'deployment'), { env: MAIN, inputs: nobody });
  expect(down.outputs['outcome']).toBe('fail');
  expect(stage.state.statuses.map((status) => status['state'])).toEqual(['failure']);
}, 30_000);

test('an event that says nothing of what was before is told so', async () => {
  const stage = new Stage();
  const sha = stage.repo.commit({ [FILE]: EQUAL });
  const run = await stage.run(sha, 'repository_dispatch', {}, { env: MAIN });
  expect(run.report.notes.join('\n')).toContain('This event does not say what was before it');
});

describe('which files', () => {
  test('several globs, one that takes files out, and one that matches nothing', async () => {
    const stage = new Stage();
    const files = {
      'lb/a.cfg': EQUAL,
      'edge/b.cfg': EQUAL.replaceAll('app', 'api'),
      'edge/old.cfg': 'no config at all',
    };
    const pr = stage.pullRequest(files, { 'edge/b.cfg': SKEWED.replaceAll('app', 'api') });
    const inputs = { config: 'lb/*.cfg\nedge/*.cfg\n!edge/old.cfg\nnowhere/*.conf' };
    const run = await stage.run(pr.merge, 'pull_request', pr.payload, { inputs });
    expect(run.code).toBe(1);
    expect(run.report.inputs.map((input) => input.file)).toEqual(['edge/b.cfg', 'lb/a.cfg']);
    expect(new Set(run.report.findings.map((finding) => finding.file))).toEqual(new Set(['edge/b.cfg']));
    expect(run.report.notes.join('\n')).toContain('The glob nowhere/*.conf matches no file.');
  });

  test('a change that touches no load balancer asks GitHub for as little as it can', async () => {
    const stage = new Stage();
    const pr = stage.pullRequest({ [FILE]: EQUAL, 'a.txt': 'a' }, { 'a.txt': 'b' });
    const run = await stage.run(pr.merge, 'pull_request', pr.payload);
    expect([run.code, run.outputs['outcome']]).toEqual([0, 'pass']);
    expect(stage.github.calls.map(({ name }) => name)).toEqual([
      'GET /repos/{owner}/{repo}/pulls/{pull_number}',
      'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
    ]);
  });
});

function mergeGroup(head: string, base: string) {
  const ref = `refs/heads/gh-readonly-queue/main/pr-7-${base}`;
  const payload = {
    action: 'checks_requested',
    merge_group: { head_sha: head, head_ref: ref, base_sha: base, base_ref: 'refs/heads/main' },
  };
  return [head, 'merge_group', payload, { env: { GITHUB_REF: ref } }] as const;
}

/** Main with a heavier file that was deployed, and its mend, which is being deployed. */
function deployed(stage: Stage): { first: string; second: string } {
  const first = stage.repo.commit({ [FILE]: BEFORE });
  const second = stage.repo.commit({ [FILE]: EQUAL });
  stage.state.deployments.push(
    { id: 3, environment: 'production', sha: second, statuses: ['in_progress'] },
    { id: 2, environment: 'production', sha: ZEROS.replace('0', '1'), statuses: ['failure', 'in_progress'] },
    { id: 1, environment: 'production', sha: first, statuses: ['inactive', 'success', 'in_progress'] },
  );
  return { first, second };
}

function deployment(sha: string, event: string): unknown {
  return {
    deployment: { id: 3, environment: 'production', sha, ref: 'main' },
    ...(event === 'deployment_status' ? { deployment_status: { state: 'success', description: 'done' } } : {}),
  };
}
