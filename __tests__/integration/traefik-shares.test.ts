import { entryFlow } from '../../src/compare/flow.ts';
import { predict } from '../../src/compare/predict.ts';
import { poolsOf } from '../../src/compare/references.ts';
import { reader } from '../../src/formats/traefik/reader.ts';
import { mainShare } from '../../src/model/share.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { send } from '../support/real/client.ts';
import { describeReal, freePort, startBackends, startServer } from '../support/real-servers.ts';

const NAMES = ['a', 'b', 'c', 'd'];

/** What the config says each server gets of all requests: its share of its pool times its pool's part of the entry. */
function predicted(text: string, urls: ReadonlyMap<string, string>): Record<string, number> {
  const config = reader.read('dynamic.yml', new MemoryTree({ 'dynamic.yml': text }), { rootMap: {} });
  const [entry] = config.entries;
  if (entry === undefined) throw new Error('no entry');
  const { pools } = entryFlow(entry, [config]).total;
  const shares: Record<string, number> = {};
  for (const [key, part] of pools) {
    const pool = poolsOf([config]).byKey(key)?.pool;
    if (pool === undefined || typeof part !== 'number') throw new Error('not known');
    predict(pool).shares.forEach((share, i) => {
      const name = urls.get(pool.servers[i]?.name ?? '') ?? '';
      shares[name] = (shares[name] ?? 0) + part * (mainShare(share) ?? Number.NaN);
    });
  }
  return shares;
}

/** Deterministic splits come out to a request per level; two random choices of 1,200 are within 4.5 sigma (error under 1e-5). */
describeReal('traefik', 'shares that a real Traefik serves', () => {
  const pool = (servers: string): string =>
    `{ loadBalancer: { healthCheck: { path: /, interval: 500ms }, ${servers} } }`;
  test.each([
    ['equal servers', 'app: { loadBalancer: { servers: [A, B, C] } }', 600, 1],
    ['weights 5, 3 and 2', 'app: { loadBalancer: { servers: [A(5), B(3), C(2)] } }', 600, 1],
    ['a weight of 0', 'app: { loadBalancer: { servers: [A(0), B(1), C(1)] } }', 400, 1],
    [
      'weighted services',
      `app: { weighted: { services: [{ name: x, weight: 3 }, { name: y, weight: 1 }] } }\n    x: ${pool('servers: [A, B]')}\n    y: ${pool('servers: [C]')}`,
      800,
      4,
    ],
    [
      'two levels of weighted services',
      `app: { weighted: { services: [{ name: in, weight: 1 }, { name: z, weight: 1 }] } }\n    in: { weighted: { services: [{ name: x, weight: 3 }, { name: y, weight: 1 }] } }\n    x: ${pool('servers: [A]')}\n    y: ${pool('servers: [B]')}\n    z: ${pool('servers: [C]')}`,
      800,
      4,
    ],
    [
      'two random choices while idle',
      'app: { loadBalancer: { strategy: p2c, servers: [A(9), B(1), C(1)] } }',
      1200,
      74,
    ],
    [
      'a failover whose main service is up',
      `app: { failover: { service: x, fallback: y } }\n    x: ${pool('servers: [A, B]')}\n    y: ${pool('servers: [C]')}`,
      200,
      1,
    ],
    [
      'a mirror, which takes no share',
      `app: { mirroring: { service: x, mirrors: [{ name: y, percent: 20 }] } }\n    x: { loadBalancer: { servers: [A, B] } }\n    y: { loadBalancer: { servers: [C] } }`,
      200,
      1,
    ],
  ])(
    '%s',
    async (_name, services, requests, within) => {
      const backends = await startBackends(NAMES);
      const addresses = backends.map(({ port }) => `127.0.0.1:${port}`);
      const text = `http:
  routers: { app: { rule: "PathPrefix(\`/\`)", service: app } }
  services:
    ${services.replaceAll(/\b([A-D])(?:\((\d+)\))?(?=[,\]])/g, (_, letter: string, weight?: string) => {
      const url = `http://${addresses[letter.charCodeAt(0) - 65] ?? ''}`;
      return `{ url: "${url}"${weight === undefined ? '' : `, weight: ${weight}`} }`;
    })}
`;
      const port = await freePort();
      const server = await startServer('traefik', text, port);
      const { counts } = await send(port, requests);
      await server.stop();
      const expected = predicted(text, new Map(addresses.map((address, i) => [address, NAMES[i] ?? ''])));
      expect(Object.keys(expected).length).toBeGreaterThan(0);
      for (const [name, share] of Object.entries(expected)) {
        expect(Math.abs((counts[name] ?? 0) - share * requests)).toBeLessThanOrEqual(within);
      }
    },
    30_000,
  );
});
