import { existsSync } from 'node:fs';
import { send } from '../support/real/client.ts';
import { configOf } from '../support/real/configs.ts';
import { answers } from '../support/real/ports.ts';
import { PRODUCTS } from '../support/real/products.ts';
import { describeReal, freePort, startBackends, startServer } from '../support/real-servers.ts';

describe.each(PRODUCTS)('a real %s', (product) => {
  describeReal(product, 'in a test', () => {
    test('balances, takes another config, and leaves nothing behind', async () => {
      const servers = await startBackends(['a', 'b', 'c']);
      const port = await freePort();
      const server = await startServer(product, configOf(product, { servers }, port), port);
      const { counts } = await send(port, 60, { concurrency: 4 });
      expect(counts).toEqual({ a: expect.closeTo(20, -1), b: expect.closeTo(20, -1), c: expect.closeTo(20, -1) });

      await server.reload(configOf(product, { servers: servers.slice(0, 1) }, port));
      expect((await send(port, 30)).counts).toEqual({ a: 30 });

      await server.stop();
      expect(await answers(port)).toBe(false);
      expect(existsSync(server.folder)).toBe(false);
    }, 30_000);

    test('says in its own words why it does not start', async () => {
      const bad = product === 'envoy' ? '{"clusters":[{"bad":1}],"listeners":[]}' : 'no such { line';
      await expect(startServer(product, bad, await freePort())).rejects.toThrow(/bad|no|such|line/);
    }, 30_000);
  });
});
