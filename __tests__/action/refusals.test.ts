import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../support/fake-github.ts';
import { live } from './live.ts';
import { EQUAL, FILE, SKEWED, Stage, type Run } from './stage.ts';

const MAIN = { GITHUB_REF: 'refs/heads/main' };

interface Feature {
  readonly name: string;
  readonly permission: string;
  readonly undone: string;
  /** The operations that the feature needs. */
  readonly routes: RegExp;
  /** Runs it on a fault and gives the run with what was written to GitHub all the same. */
  run(stage: Stage): Promise<{ run: Run; written: number }>;
}

const FEATURES: readonly Feature[] = [
  {
    name: 'the comment',
    permission: 'pull-requests: write',
    undone: 'The pull request comment was not written',
    routes: /\/comments/,
    async run(stage) {
      const pr = stage.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
      const run = await stage.run(pr.merge, 'pull_request', pr.payload);
      return { run, written: stage.state.comments.length };
    },
  },
  {
    name: 'the deployment status',
    permission: 'deployments: write',
    undone: 'The deployment status was not written',
    routes: /^POST .*\/statuses/,
    async run(stage) {
      const balancer = await live(SKEWED);
      const sha = stage.repo.commit({ [FILE]: EQUAL });
      const payload = { deployment: { id: 3, environment: 'production', sha, ref: 'main' } };
      const run = await stage.run(sha, 'deployment', payload, { env: MAIN, inputs: balancer.inputs });
      return { run, written: stage.state.statuses.length };
    },
  },
  {
    name: 'the review issue',
    permission: 'issues: write',
    undone: 'The review issue was not written',
    routes: /\/issues$/,
    async run(stage) {
      const sha = stage.repo.commit({ [FILE]: EQUAL.replace('default_backend app', 'default_backend ap') });
      const run = await stage.run(sha, 'schedule', {}, { env: MAIN });
      return { run, written: stage.state.issues.length };
    },
  },
];

const ADD = (permission: string): string => `Add ${permission} under permissions in the workflow`;
const LIMIT = "GitHub's rate limit is used up. The verdict does not depend on it";
const ANSWERS: readonly (readonly [string, Answer, (permission: string) => string])[] = [
  ['403', { status: 403, body: { message: 'Resource not accessible by integration' } }, ADD],
  ['404', { status: 404, body: { message: 'Not Found' } }, ADD],
  ['422', { status: 422, body: { message: 'Validation Failed' } }, () => 'GitHub answered 422 (Validation Failed'],
  ['429', { status: 429, body: { message: 'Too Many Requests' }, headers: { 'retry-after': '1' } }, () => LIMIT],
  [
    'a secondary rate limit',
    { status: 403, body: { message: 'You have exceeded a secondary rate limit.' } },
    () => LIMIT,
  ],
  ['500', { status: 500, body: { message: 'oops' } }, () => 'GitHub answered 500 (oops'],
  ['503', { status: 503, body: { message: 'busy' } }, () => 'GitHub answered 503 (busy'],
];

describe.each(FEATURES)('$name', (feature) => {
  test.each(ANSWERS)(
    'is given up with one warning when GitHub answers %s; the verdict stands',
    async (_, answer, says) => {
      const stage = new Stage();
      stage.github.fail(feature.routes, answer);
      const { run, written } = await feature.run(stage);
      expectVerdict(run);
      expect(written).toBe(0);
      const told = run.annotations.filter((one) => one.message.startsWith(feature.undone));
      expect(told.map((one) => one.level)).toEqual(['warning']);
      expect(told[0]?.message).toContain(says(feature.permission));
    },
  );

  test('is given up with one warning when the token only reads', async () => {
    const stage = new Stage();
    stage.github.readOnly();
    const { run, written } = await feature.run(stage);
    expectVerdict(run);
    expect(written).toBe(0);
    const named = run.annotations.filter((one) => one.message.includes(feature.permission));
    expect(named.map((one) => one.level)).toEqual(['warning']);
    expect(stage.github.violations).toEqual([]);
  });

  test('is done when a reading request fails once for a fault of GitHub', async () => {
    const stage = new Stage();
    stage.github.fail(/^GET /, { status: 502, body: { message: 'bad gateway' } }, 1);
    const { run, written } = await feature.run(stage);
    expectVerdict(run);
    expect(written).toBe(1);
    expect(run.annotations.filter((one) => one.message.startsWith(feature.undone))).toEqual([]);
  });

  test('is not tried without a token', async () => {
    const stage = new Stage();
    const none: Stage['run'] = (sha, event, payload, options) =>
      Stage.prototype.run.call(stage, sha, event, payload, {
        ...options,
        inputs: { ...options?.inputs, token: '' },
      });
    stage.run = none;
    const { run, written } = await feature.run(stage);
    expectVerdict(run);
    expect(written).toBe(0);
    expect(stage.github.calls).toEqual([]);
  });
});

/** Every event, on a change or a config that fails the run. */
const EVENTS: readonly (readonly [string, (stage: Stage) => Promise<Run>])[] = [
  ...['opened', 'synchronize', 'edited'].map(
    (action) =>
      [
        `pull_request, ${action}`,
        (stage: Stage) => {
          const pr = stage.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
          return stage.run(pr.merge, 'pull_request', { ...(pr.payload as object), action });
        },
      ] as const,
  ),
  [
    'pull_request_target',
    (stage) => {
      const pr = stage.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
      stage.repo.git('update-ref', 'refs/pull/7/merge', pr.merge);
      return stage.run(pr.baseSha, 'pull_request_target', pr.payload, { env: MAIN });
    },
  ],
  [
    'merge_group',
    (stage) => {
      const { merge, baseSha } = stage.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
      const ref = `refs/heads/gh-readonly-queue/main/pr-7-${baseSha}`;
      const queue = { head_sha: merge, head_ref: ref, base_sha: baseSha, base_ref: 'refs/heads/main' };
      return stage.run(merge, 'merge_group', { merge_group: queue }, { env: { GITHUB_REF: ref } });
    },
  ],
  [
    'push, with a probe',
    async (stage) => {
      const { inputs } = await live(SKEWED);
      const before = stage.repo.commit({ [FILE]: SKEWED });
      const after = stage.repo.commit({ [FILE]: EQUAL });
      return stage.run(after, 'push', { before, after, ref: 'refs/heads/main' }, { env: MAIN, inputs });
    },
  ],
  ...['schedule', 'workflow_dispatch'].map(
    (event) =>
      [
        event,
        (stage: Stage) => {
          const sha = stage.repo.commit({ [FILE]: EQUAL.replace('default_backend app', 'default_backend ap') });
          return stage.run(sha, event, {}, { env: MAIN });
        },
      ] as const,
  ),
  ...['deployment', 'deployment_status'].map(
    (event) =>
      [
        event,
        async (stage: Stage) => {
          const { inputs } = await live(SKEWED);
          const sha = stage.repo.commit({ [FILE]: EQUAL });
          const payload = {
            deployment: { id: 3, environment: 'production', sha, ref: 'main' },
            ...(event === 'deployment' ? {} : { deployment_status: { state: 'success', description: 'done' } }),
          };
          return stage.run(sha, event, payload, { env: MAIN, inputs });
        },
      ] as const,
  ),
];

/** How the report and the warnings tell of what could not be done. */
const UNDONE = / was not (?:written|read fresh|looked up|read through the API)/g;

const READ_ONLY: Answer = { status: 403, body: { message: 'Resource not accessible by integration' } };

describe.each(EVENTS)('%s', (_, start) => {
  test('ends by its verdict whatever GitHub refuses, and says what was not done', async () => {
    const refusals = [
      ...ANSWERS.map(([name, answer]) => [name, /.*/, answer] as const),
      ['403 to what writes', /^(POST|PATCH|PUT|DELETE) /, READ_ONLY] as const,
    ];
    // At once: most of the time goes into waiting for a second try.
    const runs = refusals.map(async ([name, routes, answer]) => {
      const stage = new Stage();
      stage.github.fail(routes, answer);
      return { name, routes, stage, run: await start(stage) };
    });
    for (const { name, routes, stage, run } of await Promise.all(runs)) {
      expectVerdict(run);
      const { comments, issues, statuses } = stage.state;
      const refused = stage.github.calls.filter((call) => routes.test(call.name));
      const told = run.stdout.match(UNDONE) ?? [];
      const warnings = run.annotations.filter((one) => one.message.match(UNDONE) !== null).map((one) => one.message);
      expect({
        name,
        written: [...comments, ...issues, ...statuses],
        violations: stage.github.violations,
        told: told.length > 0,
        twice: warnings.length - new Set(warnings).size,
      }).toEqual({ name, written: [], violations: [], told: refused.length > 0, twice: 0 });
    }
  }, 180_000);
});

function expectVerdict(run: Run): void {
  const said = run.code === 1 ? [] : run.annotations.map((one) => one.message);
  expect([run.code, run.outputs['outcome'], run.stderr, said]).toEqual([1, 'fail', '', []]);
  expect(run.summary).toContain('### ❌');
  expect(run.annotations.some((one) => one.level === 'error')).toBe(true);
}
