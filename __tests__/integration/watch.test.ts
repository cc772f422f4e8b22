import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runJob } from '../../src/cli/run.ts';
import { ioInto, probeByCommand } from '../support/command.ts';
import { describeReal, freePort, startBackends, startServer } from '../support/real-servers.ts';
import { say, withSocket } from '../support/stats-socket.ts';
import { TempDir } from '../support/temp-repo.ts';

/** `probe --for`: a fault in the middle ends it at once, and without one it lasts as long as it was asked to. */
describeReal('haproxy', 'watching a real HAProxy', () => {
  let target = '';
  let socket = '';
  const dir = new TempDir();
  afterAll(() => dir.remove());

  beforeAll(async () => {
    const backends = await startBackends(['web1', 'web2', 'web3'], { nameless: true });
    const port = await freePort();
    socket = join(dir.path, 'sock');
    const text = withSocket(port, backends, 'roundrobin', socket);
    dir.write({ 'haproxy.cfg': text });
    await startServer('haproxy', text, port);
    target = `http://127.0.0.1:${port}/`;
  }, 30_000);

  const flags = (more: Readonly<Record<string, string>>) => ({
    config: [dir.at('haproxy.cfg')],
    pool: 'app',
    settle: '0s',
    ...more,
  });

  test('goes as slowly as its requests last, and passes at the end', async () => {
    const told = await probeByCommand(target, flags({ for: '4s', tolerance: '50%' }));
    expect(told).toMatchObject({ code: 0, reason: 'even within 50% of each share' });
    expect(told.seconds).toBeGreaterThan(3.5);
    expect(told.requests).toBeLessThanOrEqual(200);
  }, 30_000);

  test('is slowed down where the limit of requests would end it early', async () => {
    const told = await probeByCommand(target, flags({ for: '4s', maxRequests: '100', tolerance: '50%' }));
    expect(told.seconds).toBeGreaterThan(3.5);
    expect(told.requests).toBeLessThanOrEqual(100);
  }, 30_000);

  test('tells a fault in its middle at once, and judges what came after it began', async () => {
    const printed: string[] = [];
    const log: string[] = [];
    const io = { ...ioInto(printed), err: (text: string): void => void log.push(text) };
    setTimeout(() => void say(socket, 'set weight app/web2 10'), 2000);
    const counts = dir.at('counts.json');
    const code = await runJob({ target, ...flags({ for: '60s', rate: '100/s', counts }) }, io);
    expect(code).toBe(1);
    // Had it gone on to the end, these would be about 6,000.
    const { servers } = JSON.parse(readFileSync(counts, 'utf8')) as { servers: Readonly<Record<string, number>> };
    expect(Object.values(servers).reduce((a, b) => a + b)).toBeLessThan(3000);
    expect(log).toEqual([
      expect.stringMatching(/^Testing whether 3 servers get even shares/),
      'Watching for 60 s at 100 requests/s. A fault ends it at once.',
      'Alarm at 127.0.0.1: a fault is proved. Looking for its cause.',
    ]);
    expect(printed.join('\n')).toMatch(/In the last \d+ requests: web2 answers/);
    await say(socket, 'set weight app/web2 100');
  }, 120_000);
});
