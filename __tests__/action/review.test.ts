import { expect, test } from '@jest/globals';
import { live } from './live.ts';
import { EQUAL, FILE, SKEWED, Stage, type Run } from './stage.ts';

const WRITES = /^(POST|PATCH|DELETE) /;

/** The review of one repository, run again and again as the runner runs it. */
class Reviews {
  readonly stage = new Stage();
  readonly #inputs: Readonly<Record<string, string>>;

  constructor(inputs: Readonly<Record<string, string>> = {}) {
    this.#inputs = inputs;
  }

  /** Commits the config when it is given, reviews, and tells what became of the issue. */
  async next(config?: string): Promise<{ run: Run; did: string; body: string }> {
    const { repo, state, github } = this.stage;
    const sha = config === undefined ? repo.git('rev-parse', 'HEAD') : repo.commit({ [FILE]: config });
    const before = github.calls.length;
    const opened = state.issues.length;
    const env = { GITHUB_REF: 'refs/heads/main' };
    const run = await this.stage.run(sha, 'schedule', {}, { env, depth: 1, inputs: this.#inputs });
    const writes = github.calls.slice(before).filter(({ name }) => WRITES.test(name));
    expect(writes.length).toBeLessThanOrEqual(1);
    expect(state.issues.length).toBeLessThanOrEqual(1);
    const issue = state.issues[0];
    const what = state.issues.length > opened ? 'opened' : writes.length === 0 ? 'untouched' : 'written';
    return { run, did: `${what}, ${issue?.state ?? 'no issue'}`, body: issue?.body ?? '' };
  }
}

/** Each step: what is committed before it, what becomes of the issue, and what the issue then says. */
test('ten reviews of configs that degrade and are mended keep one issue', async () => {
  const reviews = new Reviews();
  const worse = SKEWED.replace('weight 20 check', 'weight 20 check disabled');
  const steps: readonly (readonly [string | undefined, string, ...string[]])[] = [
    [EQUAL, 'untouched, no issue'],
    [SKEWED, 'opened, open', 'passed, with 2 warnings', '`web1` gets 71%'],
    // Now there is a review to compare with: what is still wrong still counts.
    [undefined, 'written, open', '│ = at the last review', '`web1` gets 71%'],
    [undefined, 'untouched, open'],
    [worse, 'written, open', 'Settings that changed since the last review', 'It is new since the last review.'],
    [EQUAL, 'written, closed', 'traffic becomes even', '33%** ▲ from'],
    [undefined, 'written, closed', 'unchanged'],
    [undefined, 'untouched, closed'],
    [SKEWED, 'written, open', '`web1` takes 71% of the traffic (33% at the last review)'],
    [EQUAL, 'written, closed', 'traffic becomes even'],
  ];
  for (const [i, [config, expected, ...texts]] of steps.entries()) {
    const { did, body } = await reviews.next(config);
    expect([i + 1, did]).toEqual([i + 1, expected]);
    for (const text of texts) expect(body).toContain(text);
  }
  const [issue] = reviews.stage.state.issues;
  expect(issue?.login).toBe('github-actions[bot]');
  expect(reviews.stage.github.violations).toEqual([]);
}, 180_000);

test('a live split that drifts from an unchanged config opens the issue, and closes it when it is mended', async () => {
  const balancer = await live(EQUAL);
  const reviews = new Reviews(balancer.inputs);
  expect((await reviews.next(EQUAL)).did).toBe('untouched, no issue');

  balancer.reload(SKEWED);
  const drifted = await reviews.next();
  expect([drifted.run.code, drifted.run.outputs['outcome'], drifted.did]).toEqual([1, 'fail', 'opened, open']);
  expect(drifted.body).toContain('After deploy: traffic is uneven');
  expect(drifted.body).toMatch(/`web1` \| .*\*\*7\d%\*\* ▲/);

  balancer.reload(EQUAL);
  const mended = await reviews.next();
  expect([mended.run.code, mended.did]).toEqual([0, 'written, closed']);
  expect(mended.body).toContain('After deploy: traffic is even');
  expect(reviews.stage.github.violations).toEqual([]);
}, 180_000);

test('an ignore holds until its date and not a day longer', async () => {
  const reviews = new Reviews();
  const ignored = (until: string): string =>
    `${SKEWED.replace('  server web1', `  # evenkeel-ignore weight-imbalance until ${until} -- web1 is bigger\n  server web1`)} check\n`.replace(
      '\n check',
      ' check',
    );
  const held = await reviews.next(ignored('2999-12-31'));
  expect(held.did).toBe('untouched, no issue');
  const expired = await reviews.next(ignored('2026-01-31'));
  expect(expired.did).toBe('opened, open');
  expect(expired.body).toContain('`web1` gets 71%');
  expect(expired.body).toContain('expired on `2026-01-31`: set a later date or fix the finding.');
});

test('an issue with our marker by somebody else is never touched', async () => {
  const reviews = new Reviews();
  const { body } = await reviews.next(SKEWED);
  const { state } = reviews.stage;
  state.issues.length = 0;
  const theirs = state.issue('mallory', 'Load balancer review', body, 'closed');
  await reviews.stage.run(reviews.stage.repo.git('rev-parse', 'HEAD'), 'schedule', {}, { depth: 1 });
  expect(state.issues.map((issue) => issue.login)).toEqual(['mallory', 'github-actions[bot]']);
  expect([theirs.body, theirs.state]).toEqual([body, 'closed']);
});
