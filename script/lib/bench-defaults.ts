/**
 * How long the probe takes with everything at its default, in real time, 50 requests/s: ten equal servers behind real round
 * robins are proved even within 120 s, and what cannot be measured is settled within 5 s. Exits 1 when one is late.
 */
import { plain } from '../../src/text/say.ts';
import { probeByCommand } from '../../__tests__/support/command.ts';
import { configOf } from '../../__tests__/support/real/configs.ts';
import { freePort } from '../../__tests__/support/real/ports.ts';
import { probeReal } from '../../__tests__/support/real/probing.ts';
import { startBackends, startServer, stopAll } from '../../__tests__/support/real-servers.ts';

const SERVERS = 10;
const RATE = 50;
const MOST_SECONDS = 120;
const SOON_SECONDS = 5;

try {
  const backends = await startBackends(
    Array.from({ length: SERVERS }, (_, i) => `web${i + 1}`),
    { nameless: true },
  );
  const head = { servers: backends.map(({ name, port }) => ({ name, port })) };
  for (const product of ['nginx', 'haproxy'] as const) {
    const port = await freePort();
    const server = await startServer(product, configOf(product, head, port), port);
    const began = performance.now();
    const [measured] = await probeReal(product, port, { head, rate: RATE });
    const seconds = (performance.now() - began) / 1000;
    await server.stop();
    const holds = measured?.outcome === 'pass' && seconds <= MOST_SECONDS;
    const what = measured === undefined ? 'not measured' : `${plain(measured.reason)}, ${measured.requests} requests`;
    console.log(`${holds ? 'ok  ' : 'FAIL'} ${product}: ${what} in ${seconds.toFixed(1)} s (at most ${MOST_SECONDS})`);
    if (!holds) process.exitCode = 1;
  }
  const behind = { servers: head.servers.slice(0, 3) };
  for (const product of ['nginx', 'haproxy'] as const) {
    for (const [what, more] of [
      ['without identity', { nameless: true }],
      ['that hashes the client', { method: 'source-hash' }],
    ] as const) {
      const port = await freePort();
      const server = await startServer(product, configOf(product, { ...behind, ...more }, port), port);
      await settled(`${product} ${what}`, `http://127.0.0.1:${port}/`);
      await server.stop();
    }
  }
  await settled('a name that does not resolve', 'http://nowhere.invalid/');
} finally {
  await stopAll();
}

async function settled(what: string, target: string): Promise<void> {
  const { code, tookMs } = await probeByCommand(target);
  const holds = code === 3 && tookMs <= SOON_SECONDS * 1000;
  console.log(
    `${holds ? 'ok  ' : 'FAIL'} ${what}: settled in ${(tookMs / 1000).toFixed(1)} s (at most ${SOON_SECONDS})`,
  );
  if (!holds) process.exitCode = 1;
}
