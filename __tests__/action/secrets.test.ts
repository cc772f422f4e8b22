import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { live } from './live.ts';
import { EQUAL, FILE, Stage, type Run } from './stage.ts';

const TOKEN = 'ghs_0123456789abcdefSECRET';
const BEARER = 'Bearer hunter2-0123456789';
const COOKIE = 'session=correct-horse-battery';
const SECRETS = [TOKEN, BEARER, 'hunter2', COOKIE, 'correct-horse'];

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((clean) => clean()));

/** Everything that leaves a run, without the lines by which the runner is told what to mask. */
function expectNothingLeaks(run: Run, stage: Stage): void {
  const log = run.stdout
    .split('\n')
    .filter((line) => !line.startsWith('::add-mask::'))
    .join('\n');
  const written = [
    stage.state.comments,
    stage.state.issues,
    stage.state.statuses,
    stage.github.calls.map((call) => call.body),
  ];
  const left = [
    log,
    run.stderr,
    run.summary,
    ...Object.values(run.outputs),
    ...Object.values(run.files),
    JSON.stringify(written),
  ];
  for (const text of left) for (const secret of SECRETS) expect(text).not.toContain(secret);
  for (const secret of [TOKEN, BEARER, COOKIE]) expect(run.stdout).toContain(`::add-mask::${secret}\n`);
}

const INPUTS = { token: TOKEN, headers: `Authorization: ${BEARER}\nCookie: ${COOKIE}`, comment: 'always' };

test('the token and header values stand in no log, output, report, page, comment or status', async () => {
  const stage = new Stage();
  const balancer = await live(EQUAL);
  const sha = stage.repo.commit({ [FILE]: EQUAL });
  const payload = { deployment: { id: 3, environment: 'production', sha, ref: 'main' } };
  const inputs = { ...balancer.inputs, ...INPUTS };
  const run = await stage.run(sha, 'deployment', payload, { inputs });
  expect(run.outputs['outcome']).toBe('pass');
  expect(Object.keys(run.files).toSorted()).toEqual(['counts', 'html', 'report', 'sarif']);
  expectNothingLeaks(run, stage);
}, 30_000);

test('not even when the target sends them back or refuses them, nor does the target get the token', async () => {
  const seen: IncomingHttpHeaders[] = [];
  for (const status of [200, 401, 500]) {
    const server = createServer((request, response) => {
      seen.push(request.headers);
      response.writeHead(status, `${request.headers.authorization}`, {
        'x-served-by': request.headers.authorization,
        'x-echo': request.headers.cookie,
        'set-cookie': request.headers.cookie,
      });
      response.end(JSON.stringify(request.headers));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    cleanups.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const stage = new Stage();
    const pr = stage.pullRequest({ [FILE]: EQUAL }, { 'a.txt': 'a' });
    const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const inputs = { ...INPUTS, config: FILE, target, rate: '500/s', settle: '0s', timeout: '5s' };
    const run = await stage.run(pr.merge, 'pull_request', pr.payload, { inputs });
    expect(run.outputs['outcome']).not.toBe('pass');
    expectNothingLeaks(run, stage);
  }
  expect(seen.length).toBeGreaterThan(0);
  expect(JSON.stringify(seen)).not.toContain(TOKEN);
  expect(seen.every((headers) => headers.authorization === BEARER)).toBe(true);
}, 60_000);

test('not in an error about a header that makes no sense', async () => {
  const stage = new Stage();
  const pr = stage.pullRequest({ [FILE]: EQUAL }, { 'a.txt': 'a' });
  for (const headers of [
    `Authorization ${BEARER}`,
    `Bad Name: ${BEARER}`,
    `Authorization: ${BEARER}\nCookie ${COOKIE}`,
  ]) {
    const run = await stage.run(pr.merge, 'pull_request', pr.payload, {
      inputs: { ...INPUTS, headers, config: FILE, target: 'http://127.0.0.1:9/' },
    });
    expect(run.code).toBe(2);
    for (const secret of SECRETS) expect(run.stdout + run.summary + JSON.stringify(run.files)).not.toContain(secret);
  }
});
