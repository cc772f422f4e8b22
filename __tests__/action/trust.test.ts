import { describe, expect, test } from '@jest/globals';
import { EQUAL, FILE, SKEWED, Stage, type Run } from './stage.ts';

const CHECKLIST = '.github/evenkeel.yml';
const POLICY = 'lb/limit.schema.json';

const CHECKED = SKEWED.replaceAll(/(server web3 .*)$/gm, '$1 check');
/** Only the weight is wrong in it, so that one rule decides. */
const HEAVY = CHECKED;
const SMALLER = EQUAL.replace(/ {2}server web3 .*\n/, '');
const ITEM = `checklist:
  - { id: capacity, ask: The others can carry the load, when: [server-removed], required: true }
`;
const ALL_OFF = `version: 1
rules:
  weight-imbalance: off
  share-shift: off
  n-1-worse: off
  canary-jump: off
  policy: off
`;

function schema(limit: number): string {
  return JSON.stringify({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    properties: { summary: { properties: { serversRemoved: { maximum: limit } } } },
  });
}

/** One pull request that changes a config and, by the way, what it is judged by. */
async function propose(
  base: Readonly<Record<string, string>>,
  head: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const stage = new Stage();
  const pr = stage.pullRequest({ [FILE]: EQUAL, ...base }, head);
  const run = await stage.run(pr.merge, 'pull_request', pr.payload, { inputs });
  expect(stage.github.violations).toEqual([]);
  return run;
}

function expectRefused(run: Run, rule: string): void {
  expect([run.code, run.outputs['outcome']]).toEqual([1, 'fail']);
  const errors = run.report.findings.filter((finding) => finding.severity === 'error');
  expect(errors.map((finding) => finding.rule)).toContain(rule);
}

function expectTold(run: Run): void {
  expect(run.report.findings.map((finding) => finding.rule)).toContain('checklist-changed');
}

describe('a pull request cannot pass by what it changes beside the config:', () => {
  test('a rule switched off', async () => {
    const run = await propose({ [CHECKLIST]: 'version: 1\n' }, { [FILE]: HEAVY, [CHECKLIST]: ALL_OFF });
    expectRefused(run, 'weight-imbalance');
    expectTold(run);
  });

  test('a threshold raised', async () => {
    const at = (limit: string): string =>
      ALL_OFF.replace('weight-imbalance: off', `weight-imbalance: { severity: error, max-share: ${limit} }`);
    const run = await propose({ [CHECKLIST]: at('60%') }, { [FILE]: HEAVY, [CHECKLIST]: at('95%') });
    expectRefused(run, 'weight-imbalance');
    expectTold(run);
    // With the higher limit at the base it passes: the threshold alone decides here.
    const allowed = await propose({ [CHECKLIST]: at('95%') }, { [FILE]: HEAVY });
    expect(allowed.report.findings.map((finding) => finding.rule)).not.toContain('weight-imbalance');
  });

  test('a file loosened that the checklist file extends', async () => {
    const strict = 'version: 1\nrules:\n  weight-imbalance: { severity: error, max-share: 50% }\n';
    const shared = 'lb/shared.yml';
    const base = { [CHECKLIST]: `version: 1\nextends: ../${shared}\n`, [shared]: strict };
    const run = await propose(base, { [FILE]: HEAVY, [shared]: ALL_OFF });
    expectRefused(run, 'weight-imbalance');
    expectTold(run);
  });

  test('a required item deleted', async () => {
    const run = await propose({ [CHECKLIST]: `version: 1\n${ITEM}` }, { [FILE]: SMALLER, [CHECKLIST]: 'version: 1\n' });
    expect([run.code, run.outputs['outcome']]).toEqual([1, 'fail']);
    expect(run.report.checklist.find((item) => item.id === 'capacity')?.state).toBe('open');
    expectTold(run);
  });

  test('an item no longer required', async () => {
    const loose = `version: 1\n${ITEM.replace('required: true', 'required: false')}`;
    const run = await propose({ [CHECKLIST]: `version: 1\n${ITEM}` }, { [FILE]: SMALLER, [CHECKLIST]: loose });
    expect([run.code, run.outputs['outcome']]).toEqual([1, 'fail']);
    expectTold(run);
  });

  test('the built-in items taken away', async () => {
    const run = await propose(
      { [CHECKLIST]: 'version: 1\n' },
      { [FILE]: SMALLER, [CHECKLIST]: 'version: 1\ndefault-items: false\n' },
    );
    expect(run.report.checklist.find((item) => item.id === 'capacity')?.state).toBe('open');
    expectTold(run);
  });

  test('the checklist file removed', async () => {
    const stage = new Stage();
    const pr = stage.pullRequest({ [FILE]: EQUAL, [CHECKLIST]: `version: 1\n${ITEM}` }, { [FILE]: SMALLER });
    stage.repo.git('checkout', '--quiet', 'topic');
    stage.repo.git('rm', '--quiet', CHECKLIST);
    stage.repo.commit({});
    stage.repo.git('checkout', '--quiet', '--detach', pr.baseSha);
    const run = await stage.run(stage.repo.mergeCommit('topic'), 'pull_request', pr.payload);
    expect([run.code, run.outputs['outcome']]).toEqual([1, 'fail']);
    expectTold(run);
  });

  test('a checklist file added where there is none', async () => {
    const run = await propose({}, { [FILE]: HEAVY, [CHECKLIST]: ALL_OFF });
    expectRefused(run, 'weight-imbalance');
    expectTold(run);
    expect(run.report.notes.join('\n')).toContain('.github/evenkeel.yml is not at the base yet');
  });

  test('a checklist file where the base is a folder of rendered configs', async () => {
    const run = await propose(
      { [CHECKLIST]: 'version: 1\n', 'before/lb/haproxy.cfg': EQUAL },
      { [FILE]: HEAVY, [CHECKLIST]: ALL_OFF },
      { base: 'before' },
    );
    expectRefused(run, 'weight-imbalance');
    expectTold(run);
  });

  test('an ignore beside the line', async () => {
    const ignored = HEAVY.replace('  server web1', '  # evenkeel-ignore weight-imbalance -- it is fine\n  server web1');
    const run = await propose({}, { [FILE]: ignored });
    expectRefused(run, 'weight-imbalance');
    expect(run.report.findings.map((finding) => finding.rule)).toContain('suppression-added');
    expect(run.report.notes.join('\n')).toContain('is added by this change and cannot silence an error');
  });

  test('an ignore in the checklist file', async () => {
    const ignores = 'version: 1\nignores:\n  - { rule: weight-imbalance, reason: it is fine }\n';
    const run = await propose({ [CHECKLIST]: 'version: 1\n' }, { [FILE]: HEAVY, [CHECKLIST]: ignores });
    expectRefused(run, 'weight-imbalance');
    expectTold(run);
  });

  test('a schema policy loosened, whether the checklist file or an input names it', async () => {
    const named = `version: 1\nschemas:\n  - { file: ${POLICY}, applies-to: diff }\n`;
    const loose = { [FILE]: SMALLER, [POLICY]: schema(9) };
    const byFile = await propose({ [CHECKLIST]: named, [POLICY]: schema(0) }, loose);
    expectRefused(byFile, 'policy');
    expectTold(byFile);
    const byInput = await propose({ [POLICY]: schema(0) }, loose, { schema: POLICY });
    expectRefused(byInput, 'policy');
    expectTold(byInput);
  });

  test('an uneven split declared', async () => {
    const declared = 'version: 1\npools:\n  app: { expect: config }\n';
    const run = await propose({ [CHECKLIST]: 'version: 1\n' }, { [FILE]: HEAVY, [CHECKLIST]: declared });
    expectRefused(run, 'weight-imbalance');
    expectTold(run);
  });

  test('the same in a merge queue and from a fork as data', async () => {
    const stage = new Stage();
    const pr = stage.pullRequest(
      { [FILE]: EQUAL, [CHECKLIST]: 'version: 1\n' },
      { [FILE]: HEAVY, [CHECKLIST]: ALL_OFF },
    );
    const ref = `refs/heads/gh-readonly-queue/main/pr-7-${pr.baseSha}`;
    const payload = {
      merge_group: { head_sha: pr.merge, head_ref: ref, base_sha: pr.baseSha, base_ref: 'refs/heads/main' },
    };
    expectRefused(await stage.run(pr.merge, 'merge_group', payload, { env: { GITHUB_REF: ref } }), 'weight-imbalance');
    stage.repo.git('update-ref', 'refs/pull/7/merge', pr.merge);
    const env = { GITHUB_REF: 'refs/heads/main' };
    expectRefused(await stage.run(pr.baseSha, 'pull_request_target', pr.payload, { env }), 'weight-imbalance');
  });
});
