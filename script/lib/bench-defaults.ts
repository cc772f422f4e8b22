/**
 * How long the probe takes with everything at its default, in real time: ten equal servers behind real round robins, 50
 * requests/s. Exits 1 unless each is proved even within 120 s.
 */
import { plain } from '../../src/text/say.ts';
import { configOf } from '../../__tests__/support/real/configs.ts';
import { freePort } from '../../__tests__/support/real/ports.ts';
import { probeReal } from '../../__tests__/support/real/probing.ts';
import { startBackends, startServer, stopAll } from '../../__tests__/support/real-servers.ts';

const SERVERS = 10;
const RATE = 50;
const MOST_SECONDS = 120;

try {
  const backends = await startBackends(Array.from({ length: SERVERS }, (_, i) => `web${i + 1}`));
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
} finally {
  await stopAll();
}
