import { entryFlow } from '../../src/compare/flow.ts';
import { without } from '../../src/compare/loss.ts';
import { predict } from '../../src/compare/predict.ts';
import { poolsOf } from '../../src/compare/references.ts';
import { reader } from '../../src/formats/caddy/reader.ts';
import { mainShare } from '../../src/model/share.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { send } from '../support/real/client.ts';
import { describeReal, freePort, startBackends, startServer } from '../support/real-servers.ts';

const NAMES = ['a', 'b', 'c', 'd'];

/** What the file says each backend gets of the requests for `/`, by its address. */
function predicted(text: string, down?: number): ReadonlyMap<string, number> {
  const config = reader.read('Caddyfile', new MemoryTree({ Caddyfile: text }), { rootMap: {} });
  const [entry] = config.entries;
  if (entry === undefined) throw new Error('no entry');
  const { classes } = entryFlow(entry, [config]);
  const asked = classes.find(({ when }) => when === 'path /') ?? classes.find(({ when }) => when === undefined);
  const shares = new Map<string, number>();
  for (const [key, part] of asked?.flow.pools ?? []) {
    const pool = poolsOf([config]).byKey(key)?.pool;
    if (pool === undefined || typeof part !== 'number') throw new Error('not known');
    predict(down === undefined ? pool : without(pool, down)).shares.forEach((share, i) => {
      const server = pool.servers[i];
      const address = `${server?.address ?? ''}:${server?.port?.value ?? ''}`;
      shares.set(address, (shares.get(address) ?? 0) + part * (mainShare(share) ?? Number.NaN));
    });
  }
  return shares;
}

/** Turns come out to a request per block of weights; random picks of 2,000 are within 4.5 sigma (error under 1e-5). */
describeReal('caddy', 'shares that a real Caddy serves', () => {
  const proxy = (policy: string, upstreams = 'A B C'): string =>
    `reverse_proxy ${upstreams} {\n\t\tlb_policy ${policy}\n\t}`;
  const RANDOM = 101;
  test.each([
    ['no policy', 'reverse_proxy A B C', 2000, RANDOM],
    ['round robin', proxy('round_robin'), 600, 1],
    ['weights that match', proxy('weighted_round_robin 5 3 2'), 600, 5],
    ['too few weights', proxy('weighted_round_robin 3 1'), 600, 3],
    ['surplus weights', proxy('weighted_round_robin 3 1 2', 'A B'), 600, 3],
    ['many surplus weights', proxy('weighted_round_robin 3 1 2 5', 'A B'), 660, 5],
    ['a weight of 0', proxy('weighted_round_robin 2 0 1'), 600, 2],
    ['one weight alone', proxy('weighted_round_robin 4'), 200, 0],
    ['the first one', proxy('first'), 200, 0],
    ['the least busy one, idle', proxy('least_conn'), 2000, RANDOM],
    ['a sample of two of two, idle', proxy('random_choose 2', 'A B'), 300, 0],
    ['a sample of two of three, idle', proxy('random_choose 2'), 2000, RANDOM],
    ['a sample of two of four, idle', proxy('random_choose 2', 'A B C D'), 2000, RANDOM],
    ['a sample of three of four, idle', proxy('random_choose 3', 'A B C D'), 2000, RANDOM],
    ['an upstream that is listed twice', proxy('round_robin', 'A B A'), 600, 1],
    ['a cookie that clients drop', proxy('cookie lb {\n\t\t\tfallback round_robin\n\t\t}'), 600, 1],
    [
      'a handler with a path that does not match',
      `handle /x/* {\n\t\treverse_proxy D\n\t}\n\t${proxy('round_robin')}`,
      300,
      1,
    ],
    [
      'a handler that goes on',
      `handle / {\n\t\theader X-Seen 1\n\t}\n\thandle {\n\t\treverse_proxy D\n\t}\n\t${proxy('round_robin')}`,
      300,
      1,
    ],
    ['a block that keeps its order', `route {\n\t\treverse_proxy D\n\t\t${proxy('round_robin')}\n\t}`, 100, 0],
    ['handle before reverse_proxy', `${proxy('round_robin')}\n\thandle {\n\t\treverse_proxy D\n\t}`, 100, 0],
  ])(
    '%s',
    async (_name, handlers, requests, within) => {
      const backends = await startBackends(NAMES);
      const addresses = backends.map(({ port }) => `127.0.0.1:${port}`);
      const port = await freePort();
      const body = handlers.replaceAll(/\b[A-D]\b(?!-)/g, (letter) => addresses[letter.charCodeAt(0) - 65] ?? '');
      const text = `http://:${port} {\n\tbind 127.0.0.1\n\t${body}\n}\n`;
      const server = await startServer('caddy', text, port);
      const { counts } = await send(port, requests);
      await server.stop();
      const shares = predicted(text);
      expect(shares.size).toBeGreaterThan(0);
      NAMES.forEach((name, i) => {
        const share = shares.get(addresses[i] ?? '') ?? 0;
        expect(Math.abs((counts[name] ?? 0) - share * requests)).toBeLessThanOrEqual(within);
      });
    },
    30_000,
  );

  /** The upstream in the middle is not there; a check takes it out before the first request. */
  test.each([
    ['round robin', 'round_robin', 600, 1],
    ['weights', 'weighted_round_robin 5 3 2', 600, 6],
    ['other weights', 'weighted_round_robin 1 2 6', 600, 7],
    ['the first one', 'first', 200, 0],
  ])(
    '%s with one upstream down',
    async (_name, policy, requests, within) => {
      const backends = await startBackends(['a', 'c']);
      const addresses = [backends[0]?.port, await freePort(), backends[1]?.port].map((one) => `127.0.0.1:${one ?? 0}`);
      const port = await freePort();
      const checks = 'health_uri /\n\t\thealth_interval 100ms';
      const lines = `reverse_proxy ${addresses.join(' ')} {\n\t\tlb_policy ${policy}\n\t\t${checks}\n\t}`;
      const text = `http://:${port} {\n\tbind 127.0.0.1\n\t${lines}\n}\n`;
      const server = await startServer('caddy', text, port);
      await send(port, 20);
      const { counts } = await send(port, requests);
      await server.stop();
      const shares = predicted(text, 1);
      ['a', 'c'].forEach((name, i) => {
        const share = shares.get(addresses[i * 2] ?? '') ?? 0;
        expect(Math.abs((counts[name] ?? 0) - share * requests)).toBeLessThanOrEqual(within);
      });
    },
    30_000,
  );
});
