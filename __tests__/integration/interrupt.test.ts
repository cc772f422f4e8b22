import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startBackends } from '../support/real-servers.ts';

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** The command line against one server, told to stop once that was asked `after` times. */
async function interrupted(after: number, signal: 'SIGINT' | 'SIGTERM', ...more: readonly string[]): Promise<Ended> {
  const [backend] = await startBackends(['web1']);
  if (backend === undefined) throw new Error('no server');
  const child = spawn(
    process.execPath,
    ['src/cli.ts', 'probe', `http://127.0.0.1:${backend.port}/`, '--settle', '0s', '--for', '60s', ...more],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let out = '';
  child.stdout.on('data', (data) => (out += String(data)));
  const ended = once(child, 'close') as Promise<[number | null]>;
  try {
    while (backend.requests < after && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill(signal);
    const [code] = await ended;
    return { code, out };
  } finally {
    child.kill('SIGKILL');
  }
}

test('a probe that is interrupted prints one valid document of what it counted', async () => {
  const { code, out } = await interrupted(80, 'SIGINT', '--json');
  expect(code).toBe(130);
  const { outcome, measurements } = JSON.parse(out) as {
    outcome: string;
    measurements: { reason: string; requests: number }[];
  };
  expect(outcome).toBe('inconclusive');
  expect(measurements[0]?.requests).toBeGreaterThan(0);
  expect(measurements[0]?.reason).toMatch(/^interrupted after \d+ requests: only web1 was seen/);
}, 30_000);

test('one that has counted nothing yet says so', async () => {
  const { code, out } = await interrupted(3, 'SIGTERM');
  expect(code).toBe(130);
  expect(out).toMatch(/Interrupted after 0 requests: nothing was measured/);
}, 30_000);
