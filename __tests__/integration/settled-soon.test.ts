import { probeByCommand } from '../support/command.ts';
import { configOf, type PoolPlan } from '../support/real/configs.ts';
import type { Product } from '../support/real/products.ts';
import { describeReal, freePort, startBackends, startServer } from '../support/real-servers.ts';
import { TempDir } from '../support/temp-repo.ts';

/**
 * Whoever cannot get a verdict hears so within 5 s, with what to do. All limits and waits are the defaults: 2 s of `settle`, then
 * 50 requests/s, so that it is requests that are counted here; `script/bench defaults` looks at a clock.
 */
const MOST_REQUESTS = 150;

async function serve(
  product: Product,
  more: Omit<PoolPlan, 'servers'>,
): Promise<{ port: number; text: string; asked: () => number }> {
  const backends = await startBackends(['web1', 'web2', 'web3'], { nameless: true });
  const port = await freePort();
  const text = configOf(
    product,
    { servers: backends.map(({ name, port: at }) => ({ name, port: at })), ...more },
    port,
  );
  await startServer(product, text, port);
  return { port, text, asked: () => backends.reduce((sum, backend) => sum + backend.requests, 0) };
}

describe.each(['nginx', 'haproxy'] as const)('a real %s', (product) => {
  describeReal(product, 'that cannot be measured', () => {
    test('names no server: the line that makes it', async () => {
      const { port, asked } = await serve(product, { nameless: true });
      const { code, reason } = await probeByCommand(`http://127.0.0.1:${port}/`);
      expect(code).toBe(3);
      expect(asked()).toBeLessThanOrEqual(MOST_REQUESTS);
      expect(reason).toMatch(/Nothing in 10 answers identifies a server.*http-response set-header X-Served-By/);
    }, 20_000);

    test('hashes the client, and its config is known: several runners', async () => {
      const { port, text, asked } = await serve(product, { method: 'source-hash' });
      const dir = new TempDir().write({ 'lb.cfg': text });
      try {
        const { code, reason } = await probeByCommand(`http://127.0.0.1:${port}/`, {
          config: [dir.at('lb.cfg')],
          pool: 'app',
        });
        expect(code).toBe(3);
        expect(reason).toMatch(/one client sees one server: measure from several runners/);
        expect(asked()).toBeLessThanOrEqual(MOST_REQUESTS);
      } finally {
        dir.remove();
      }
    }, 20_000);

    test('hashes the client, and no config is known: what it may be, and how to tell', async () => {
      const { port, asked } = await serve(product, { method: 'source-hash' });
      const { code, reason } = await probeByCommand(`http://127.0.0.1:${port}/`);
      expect(code).toBe(3);
      expect(asked()).toBeLessThanOrEqual(MOST_REQUESTS);
      expect(reason).toMatch(/^only \S+ was seen: .*a hash of the client.*give the config.*--vary/);
    }, 20_000);
  });
});

test('a name that does not resolve: check the name', async () => {
  const { code, reason } = await probeByCommand('http://nowhere.invalid/');
  expect(code).toBe(3);
  expect(reason).toMatch(/nowhere\.invalid does not resolve from here: nothing was asked\. Check the name/);
}, 20_000);

test('a port where nothing listens: the target is down', async () => {
  const { code, reason } = await probeByCommand(`http://127.0.0.1:${await freePort()}/`);
  expect(code).toBe(1);
  expect(reason).toMatch(/the target is down/);
}, 20_000);
