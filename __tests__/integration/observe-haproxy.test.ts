import { expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measurement } from '../../src/model/measurement.ts';
import { nodePorts } from '../../src/probe/ports.ts';
import { plain } from '../../src/text/say.ts';
import { adminPorts } from '../../src/workspace/admin.ts';
import { measureRequest, reportOf, revisionOf } from '../support/jobs.ts';
import { describeReal, freePort, startBackends, startServer } from '../support/real-servers.ts';
import { send } from '../support/real/client.ts';
import { say, withSocket } from '../support/stats-socket.ts';

/** Judges what the balancer counts while `between` happens, or what a target answers. */
async function judged(
  config: string,
  admin: string,
  { between, target }: { readonly between?: () => Promise<unknown>; readonly target?: URL },
): Promise<Measurement> {
  const measure = measureRequest({ target, admin, timeoutMs: 20_000 });
  const own = nodePorts();
  const probe = between === undefined ? own : { ...own, sleep: async () => void (await between()) };
  const report = await reportOf(revisionOf('lb.cfg', config), { measure }, { probe, admin: adminPorts });
  const [measurement] = report.measurements;
  if (measurement === undefined) throw new Error('nothing was measured');
  return measurement;
}

describeReal('haproxy', 'counters of a real HAProxy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'observe-'));
  const socket = join(folder, 's');
  let config: string;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    config = withSocket(port, await startBackends(['web1', 'web2', 'web3']), 'roundrobin', socket);
    await startServer('haproxy', config, port);
  }, 20_000);
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(() => say(socket, 'set server app/web3 weight 100%'));

  test('even traffic of others passes, and says whose counters it is', async () => {
    const measurement = await judged(config, `haproxy:${socket}`, { between: () => send(port, 1500) });
    expect(measurement).toMatchObject({
      source: 'admin',
      target: `haproxy:${socket}`,
      outcome: 'pass',
      requests: 1500,
    });
    expect(measurement.independent).toBeNull();
    expect(measurement.servers.map(({ name, count }) => [name, count])).toEqual([
      ['web1', 500],
      ['web2', 500],
      ['web3', 500],
    ]);
    expect(measurement.notes.map(plain).join()).toMatch(/counted by the balancer for all of its clients/);
  }, 30_000);

  test('a server that gets a tenth of its share fails', async () => {
    await say(socket, 'set server app/web3 weight 10');
    const measurement = await judged(config, `haproxy:${socket}`, { between: () => send(port, 1500) });
    expect(measurement.outcome).toBe('fail');
    expect(plain(measurement.reason)).toMatch(/web3/);
    const [read] = measurement.explanations;
    expect(read).toMatchObject({ cause: 'runtime-weight', fits: true });
    expect(read && plain(read.what)).toMatch(
      /^app\/web3 has weight 10, set at run time; its file gave 100\. Read from/,
    );
  }, 30_000);

  test('no traffic, or no interface: inconclusive', async () => {
    const quiet = await judged(config, `haproxy:${socket}`, { between: async () => undefined });
    expect(quiet.outcome).toBe('inconclusive');
    const gone = await judged(config, `haproxy:${socket}.gone`, { between: async () => undefined });
    expect(gone).toMatchObject({ outcome: 'inconclusive', requests: 0 });
    expect(plain(gone.reason)).toMatch(/cannot be read/);
  }, 30_000);

  test('beside a target it is read too, and when it cannot be the report says so', async () => {
    const target = new URL(`http://127.0.0.1:${port}/`);
    const measurement = await judged(config, `haproxy:${socket}.gone`, { target });
    expect(measurement).toMatchObject({ source: 'probe', outcome: 'pass' });
    expect(measurement.notes.map(plain).join()).toMatch(/\.gone cannot be read/);
    const with2 = await judged(config, `haproxy:${socket}`, { target });
    expect(with2.notes.map(plain).join()).not.toMatch(/cannot be read/);
  }, 30_000);
});
