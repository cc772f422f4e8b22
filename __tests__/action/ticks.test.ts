import { describe, expect, test } from '@jest/globals';
import { EQUAL, FILE, Stage, type PullRequest, type Run } from './stage.ts';

const CHECKLIST = '.github/evenkeel.yml';
const REQUIRED = `version: 1
default-items: false
checklist:
  - id: capacity
    ask: The other servers can carry the load if one fails
    when: [server-removed]
    required: true
`;
/** One server of three is taken out: no fault, but a question for a person. */
const SMALLER = EQUAL.replace(/ {2}server web3 .*\n/, '');
const UNTICKED = '- [ ] The other servers can carry the load if one fails <!-- evenkeel:capacity -->';
const TICKED = UNTICKED.replace('[ ]', '[x]');
const NOT_APPLICABLE = `${UNTICKED} n/a: web3 never took traffic`;

function shrinking(body: string): { stage: Stage; pr: PullRequest } {
  const stage = new Stage();
  const pr = stage.pullRequest({ [FILE]: EQUAL, [CHECKLIST]: REQUIRED }, { [FILE]: SMALLER }, body);
  return { stage, pr };
}

function verdict(run: Run): unknown[] {
  return [run.code, run.outputs['outcome'], run.report.checklist.find((item) => item.id === 'capacity')?.state];
}

describe('a required item', () => {
  test('that was never pasted fails the run, and the comment offers the line to paste', async () => {
    const { stage, pr } = shrinking('Takes web3 out.');
    const run = await stage.run(pr.merge, 'pull_request', pr.payload);
    expect(verdict(run)).toEqual([1, 'fail', 'open']);
    expect(run.report.findings.filter((finding) => finding.severity === 'error')).toEqual([]);
    // GitHub gives bodies back with the line ends of browsers.
    expect(stage.state.comments[0]?.body).toContain(UNTICKED);
    expect(stage.github.violations).toEqual([]);
  });

  test.each([
    ['is unticked', UNTICKED, 1, 'open'],
    ['is ticked', `Takes web3 out.\r\n\r\n${TICKED}\r\n`, 0, 'pass'],
    ['does not apply, with a reason', NOT_APPLICABLE, 0, 'not-applicable'],
    ['does not apply, without a reason', `${UNTICKED} n/a:`, 1, 'open'],
    ['is there twice, once unticked', `${TICKED}\n${UNTICKED}`, 1, 'open'],
    ['is ticked in text that is no task', `I did ${TICKED}`, 1, 'open'],
    ['is another one', TICKED.replace('evenkeel:capacity', 'evenkeel:sessions'), 1, 'open'],
  ])('that %s', async (_, body, code, state) => {
    const { stage, pr } = shrinking(body);
    const run = await stage.run(pr.merge, 'pull_request', pr.payload);
    expect(verdict(run)).toEqual([code, code === 0 ? 'pass' : 'fail', state]);
  });

  test('is looked up fresh: an event that is older than the tick, and one that is older than its deletion', async () => {
    const { stage, pr } = shrinking(UNTICKED);
    const edited = { ...(pr.payload as object), action: 'edited' };
    expect(verdict(await stage.run(pr.merge, 'pull_request', edited))).toEqual([1, 'fail', 'open']);
    stage.describe(TICKED);
    expect(verdict(await stage.run(pr.merge, 'pull_request', edited))).toEqual([0, 'pass', 'pass']);
    stage.describe(NOT_APPLICABLE);
    expect(verdict(await stage.run(pr.merge, 'pull_request', edited))).toEqual([0, 'pass', 'not-applicable']);
    stage.describe('All lines gone.');
    expect(verdict(await stage.run(pr.merge, 'pull_request', edited))).toEqual([1, 'fail', 'open']);
    expect(stage.state.comments).toHaveLength(1);
    expect(stage.github.violations).toEqual([]);
  });

  test('is in a merge queue what it is in its pull request', async () => {
    const { stage, pr } = shrinking(TICKED);
    const ref = `refs/heads/gh-readonly-queue/main/pr-7-${pr.baseSha}`;
    const payload = {
      merge_group: { head_sha: pr.merge, head_ref: ref, base_sha: pr.baseSha, base_ref: 'refs/heads/main' },
    };
    const queued = () => stage.run(pr.merge, 'merge_group', payload, { env: { GITHUB_REF: ref } });
    expect(verdict(await queued())).toEqual([0, 'pass', 'pass']);
    stage.describe(UNTICKED);
    expect(verdict(await queued())).toEqual([1, 'fail', 'open']);
    expect(
      new Set(
        stage.github.named('GET /repos/{owner}/{repo}/pulls/{pull_number}').map(({ params }) => params['pull_number']),
      ),
    ).toEqual(new Set(['7']));
    expect(stage.state.comments).toEqual([]);
    expect(stage.github.violations).toEqual([]);
  });

  test('counts as the event tells it when the description cannot be read fresh, with one warning', async () => {
    const { stage, pr } = shrinking(TICKED);
    stage.github.fail(/^GET .*\/pulls\//, { status: 403, body: { message: 'Resource not accessible by integration' } });
    const run = await stage.run(pr.merge, 'pull_request', pr.payload);
    expect(verdict(run)).toEqual([0, 'pass', 'pass']);
    expect(run.annotations.filter((one) => one.message.includes('pull-requests: read'))).toHaveLength(1);
  });

  test('is not asked for when the change does not touch what it is about', async () => {
    const stage = new Stage();
    const pr = stage.pullRequest({ [FILE]: EQUAL, [CHECKLIST]: REQUIRED }, { 'README.md': 'x' });
    expect(verdict(await stage.run(pr.merge, 'pull_request', pr.payload))).toEqual([0, 'pass', 'not-applicable']);
  });
});
