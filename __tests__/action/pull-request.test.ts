import { describe, expect, test } from '@jest/globals';
import { EQUAL, FILE, SKEWED, Stage, type Run } from './stage.ts';

function expectTheOutage(run: Run): void {
  expect(run.code).toBe(1);
  expect(run.outputs['outcome']).toBe('fail');
  const errors = run.annotations.filter((one) => one.level === 'error');
  expect(errors.map((one) => [one.properties['file'], one.properties['line'], one.properties['title']])).toEqual([
    [FILE, '16', 'weight-imbalance'],
    [FILE, '18', 'health-check-removed-or-weakened'],
  ]);
  expect(errors[0]?.properties['col']).toBe('37');
  expect(run.summary).toContain('### ❌ Load balancers: 2 problems in `lb/haproxy.cfg`');
  expect(run.summary).toContain('**71%** ▲ from 33%');
  expect(JSON.parse(run.outputs['shares'] ?? '')).toEqual({
    app: { web1: 100 / 140, web2: 20 / 140, web3: 20 / 140 },
  });
  expect(run.report.outcome).toBe('fail');
  expect(run.stderr).toBe('');
}

describe('a pull request that would cause the outage', () => {
  test.each([1, 2, 50])('fails with the two lines, checked out %i deep', async (depth) => {
    const stage = new Stage();
    const pr = stage.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
    const run = await stage.run(pr.merge, 'pull_request', pr.payload, { depth });
    expectTheOutage(run);
    expect(run.report.base?.sha).toBe(pr.baseSha);
    expect(stage.state.comments).toHaveLength(1);
    expect(stage.state.comments[0]?.body).toContain('`web1` gets 71%');
    expect(stage.github.violations).toEqual([]);
  });

  test('fails with the same words and one warning that names the permission when the token only reads', async () => {
    const stage = new Stage();
    stage.github.readOnly();
    const pr = stage.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
    const run = await stage.run(pr.merge, 'pull_request', pr.payload);
    expectTheOutage(run);
    const warnings = run.annotations.filter((one) => one.level === 'warning' && one.message.includes('permissions'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain('pull-requests: write');
    expect(stage.state.comments).toHaveLength(0);
    expect(stage.github.violations).toEqual([]);
  });

  test('is checked without a token, and on an Enterprise server under its path', async () => {
    const none = new Stage();
    const pr = none.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
    expectTheOutage(await none.run(pr.merge, 'pull_request', pr.payload, { inputs: { token: '' } }));
    expect(none.github.calls).toEqual([]);

    const enterprise = new Stage('/api/v3');
    const there = enterprise.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
    expectTheOutage(await enterprise.run(there.merge, 'pull_request', there.payload));
    expect(enterprise.state.comments[0]?.body).toContain('https://github.example/octo/edge/blob/');
    expect(enterprise.github.violations).toEqual([]);
  });

  test.each([
    ['404', { status: 404, body: { message: 'Not Found' } }],
    ['422', { status: 422, body: { message: 'Validation Failed' } }],
    ['429', { status: 429, body: { message: 'Too Many Requests' }, headers: { 'retry-after': '1' } }],
    ['500', { status: 500, body: { message: 'oops' } }],
    ['a secondary rate limit', { status: 403, body: { message: 'You have exceeded a secondary rate limit.' } }],
  ])('keeps its verdict when the API answers %s to everything', async (_, answer) => {
    const stage = new Stage();
    stage.github.fail(/.*/, answer);
    const pr = stage.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
    const run = await stage.run(pr.merge, 'pull_request', pr.payload);
    expectTheOutage(run);
    expect(run.annotations.some((one) => one.level === 'warning')).toBe(true);
  });
});

test('ten pushes to one pull request leave one comment, which turns green when the fault is gone', async () => {
  const stage = new Stage();
  const pr = stage.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
  for (let push = 0; push < 9; push++) {
    stage.repo.git('checkout', '--quiet', 'topic');
    stage.repo.commit({ [FILE]: `# push ${push}\n${SKEWED}` });
    stage.repo.git('checkout', '--quiet', '--detach', pr.baseSha);
    const run = await stage.run(stage.repo.mergeCommit('topic'), 'pull_request', pr.payload);
    expect(run.code).toBe(1);
    expect(stage.state.comments).toHaveLength(1);
  }
  stage.repo.git('checkout', '--quiet', 'topic');
  stage.repo.commit({ [FILE]: `# mended\n${EQUAL}` });
  stage.repo.git('checkout', '--quiet', '--detach', pr.baseSha);
  const run = await stage.run(stage.repo.mergeCommit('topic'), 'pull_request', pr.payload);
  expect(run.code).toBe(0);
  expect(stage.state.comments).toHaveLength(1);
  expect(stage.state.comments[0]?.body).toContain('✅');
  expect(stage.github.violations).toEqual([]);
}, 60_000);

test('a comment with our marker by somebody else is never touched', async () => {
  const stage = new Stage();
  const pr = stage.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
  await stage.run(pr.merge, 'pull_request', pr.payload);
  const ours = stage.state.comments.splice(0)[0]?.body ?? '';
  stage.state.comment('mallory', ours.replace('❌', '✅'));
  await stage.run(pr.merge, 'pull_request', pr.payload);
  expect(stage.state.comments.map((comment) => comment.login)).toEqual(['mallory', 'github-actions[bot]']);
  expect(stage.state.comments[0]?.body).toContain('✅');
});

test('a change without effect passes quietly: no comment, no annotation of an error', async () => {
  const stage = new Stage();
  const pr = stage.pullRequest({ [FILE]: EQUAL, 'README.md': 'a' }, { 'README.md': 'b' });
  const run = await stage.run(pr.merge, 'pull_request', pr.payload);
  expect(run.code).toBe(0);
  expect(run.outputs['outcome']).toBe('pass');
  expect(stage.state.comments).toEqual([]);
  expect(run.annotations.filter((one) => one.level === 'error')).toEqual([]);
});

test('renamed and deleted configs are seen', async () => {
  const stage = new Stage();
  const pr = stage.pullRequest(
    { [FILE]: EQUAL, 'lb/old.cfg': EQUAL.replaceAll('app', 'api') },
    { 'lb/new.cfg': EQUAL },
  );
  stage.repo.git('checkout', '--quiet', 'topic');
  stage.repo.git('rm', '--quiet', FILE, 'lb/old.cfg');
  stage.repo.commit({});
  stage.repo.git('checkout', '--quiet', '--detach', pr.baseSha);
  const run = await stage.run(stage.repo.mergeCommit('topic'), 'pull_request', pr.payload);
  const diff = (run.report as unknown as { diff: { pools: { name: string; change: string }[] } }).diff;
  expect(diff.pools.map((pool) => [pool.name, pool.change])).toEqual([
    ['app', 'same'],
    ['api', 'removed'],
  ]);
  expect(run.summary).toContain('Pool `api` is removed.');
  expect(run.report.findings.map(({ rule }) => rule)).toContain('pool-removed');
});

test('pull_request_target reads the proposal as data: what is checked out is not what is judged', async () => {
  const stage = new Stage();
  const pr = stage.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
  stage.repo.git('update-ref', 'refs/pull/7/merge', pr.merge);
  const run = await stage.run(pr.baseSha, 'pull_request_target', pr.payload, {
    env: { GITHUB_REF: 'refs/heads/main' },
  });
  expectTheOutage(run);
});

test('input that makes no sense is one sentence, an outcome of error and a valid report', async () => {
  const stage = new Stage();
  const pr = stage.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
  const run = await stage.run(pr.merge, 'pull_request', pr.payload, { inputs: { 'max-errors': 'many' } });
  expect(run.code).toBe(2);
  expect(run.outputs['outcome']).toBe('error');
  expect(run.annotations.map((one) => one.message)).toEqual([
    'max-errors is "many"; write a share of the requests below 100%, such as 1%.',
  ]);
  expect(run.report.outcome).toBe('error');
  const none = await stage.run(pr.merge, 'pull_request', pr.payload, { inputs: { config: 'nginx/*.conf' } });
  expect(none.code).toBe(2);
  expect(none.annotations[0]?.message).toContain('config matches no file (nginx/*.conf)');
});
