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

describeReal('traefik', 'a real traefik in a test', () => {
  const yaml = (urls: readonly string[]): string =>
    JSON.stringify({
      http: {
        routers: { app: { rule: 'PathPrefix(`/`)', service: 'app' } },
        services: { app: { loadBalancer: { servers: urls.map((url) => ({ url })) } } },
      },
    });
  const toml = (urls: readonly string[]): string => `[http.routers.app]
rule = "PathPrefix(\`/\`)"
service = "app"
${urls.map((url) => `[[http.services.app.loadBalancer.servers]]\nurl = "${url}"\n`).join('')}`;

  test.each([
    ['YAML', yaml],
    ['TOML', toml],
  ])(
    'balances by a file in %s, takes another one, and leaves nothing behind',
    async (_name, config) => {
      const urls = (await startBackends(['a', 'b', 'c'])).map((backend) => `http://127.0.0.1:${backend.port}`);
      const port = await freePort();
      const server = await startServer('traefik', config(urls), port);
      expect((await send(port, 60)).counts).toEqual({ a: 20, b: 20, c: 20 });

      await server.reload(config(urls.slice(0, 1)));
      expect((await send(port, 30)).counts).toEqual({ a: 30 });

      await server.stop();
      expect(await answers(port)).toBe(false);
      expect(existsSync(server.folder)).toBe(false);
    },
    30_000,
  );

  test('says in its own words why it takes no file', async () => {
    const bad = yaml(['http://127.0.0.1:1']).replace('"url"', '"urll"');
    await expect(startServer('traefik', bad, await freePort())).rejects.toThrow(/field not found, node: urll/);
  }, 30_000);
});
