import { createServer, type AddressInfo } from 'node:net';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { EQUAL, FILE, SKEWED, Stage } from './stage.ts';

/** What surrounds a run may be silent, full or shared; the verdict stands, or one sentence says why not. */

test('a GitHub that takes connections and never answers is given up after one question; the verdict stands', async () => {
  const asked: string[] = [];
  const silent = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => void asked.push(data.toString('latin1').split(' ', 2).join(' ')));
  });
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  try {
    const stage = new Stage();
    const pr = stage.pullRequest({ [FILE]: EQUAL }, { [FILE]: SKEWED });
    const env = { GITHUB_API_URL: url, GITHUB_GRAPHQL_URL: `${url}/graphql` };
    const run = await stage.run(pr.merge, 'pull_request', pr.payload, { env });
    expect([run.code, run.outputs['outcome']]).toEqual([1, 'fail']);
    expect(run.annotations.filter(({ message }) => message.includes('no answer within 10 s'))).toHaveLength(2);
    // The second question is not asked any more, so that silence costs one time limit and not one for each.
    expect(asked).toEqual(['GET /repos/octo/edge/pulls/7']);
  } finally {
    silent.close();
  }
});

test('two uses in one job keep their files apart', async () => {
  const stage = new Stage();
  const pr = stage.pullRequest({ [FILE]: EQUAL, 'lb/b.cfg': EQUAL }, { [FILE]: SKEWED });
  const shared = mkdtempSync(join(tmpdir(), 'evenkeel-job-'));
  const use = (config: string) =>
    stage.run(pr.merge, 'pull_request', pr.payload, { env: { RUNNER_TEMP: shared }, inputs: { config } });
  const [first, second] = [await use(FILE), await use('lb/b.cfg')];
  expect([first.outputs['outcome'], second.outputs['outcome']]).toEqual(['fail', 'pass']);
  for (const name of ['report', 'html', 'sarif']) {
    const [a = '', b = ''] = [first.outputs[name], second.outputs[name]];
    expect(a).not.toBe(b);
    expect([existsSync(a), existsSync(b)]).toEqual([true, true]);
  }
  const report = JSON.parse(readFileSync(first.outputs['report'] ?? '', 'utf8')) as { outcome: string };
  expect(report.outcome).toBe('fail');
});

test.each([
  ['full', '/dev/full'],
  ['missing', '/nowhere/output'],
])('outputs that cannot be written (%s) are one sentence and exit code 4', async (_, path) => {
  const stage = new Stage();
  const pr = stage.pullRequest({ [FILE]: EQUAL }, { [FILE]: EQUAL.replace('weight 10', 'weight 11') });
  const run = await stage.run(pr.merge, 'pull_request', pr.payload, { env: { GITHUB_OUTPUT: path } });
  expect(run.code).toBe(4);
  expect(run.annotations.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
    expect.stringMatching(/^The outputs could not be written \(.*\); look for a full disk/),
  ]);
  expect(run.stderr).toBe('');
});

test('an open required question is an annotation of its own', async () => {
  const item = '{ id: room, ask: The others can carry the load, when: [server-removed], required: true }';
  const stage = new Stage();
  const head = EQUAL.replace(/ {2}server web3 .*\n/, '');
  const pr = stage.pullRequest(
    { [FILE]: EQUAL, '.github/evenkeel.yml': `version: 1\nchecklist: [${item}]\n` },
    { [FILE]: head },
  );
  const errors = async (body: string): Promise<readonly string[]> => {
    stage.describe(body);
    const run = await stage.run(pr.merge, 'pull_request', pr.payload);
    return run.annotations.filter(({ level }) => level === 'error').map(({ message }) => message);
  };
  expect(await errors('')).toEqual([
    expect.stringMatching(
      /^1 required question is still open: The others can carry the load\. Tick it in the description/,
    ),
  ]);
  expect(await errors('- [x] The others can carry the load <!-- evenkeel:room -->')).toEqual([]);
});

test.each([
  ['vary', 'colour', 'vary is "colour"; write header:NAME, query:NAME, cookie:NAME or path.'],
  ['for', '1y', 'for is "1y"; write a time from 1s to 24h, such as 10m.'],
])('the input %s is checked as the option of the command line is', async (name, value, message) => {
  const stage = new Stage();
  const sha = stage.repo.commit({ [FILE]: EQUAL });
  const run = await stage.run(
    sha,
    'workflow_dispatch',
    {},
    { inputs: { target: 'http://127.0.0.1:9/', [name]: value } },
  );
  expect([run.code, run.annotations[0]?.message]).toEqual([2, message]);
});
