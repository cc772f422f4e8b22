import { existsSync } from 'node:fs';
import { send } from '../support/real/client.ts';
import { answers } from '../support/real/ports.ts';
import {
  describeReal,
  freePort,
  startBackends,
  startServer,
  type Backend,
  type Product,
} from '../support/real-servers.ts';

/** The plainest config per product that takes turns between backends. */
const CONFIGS: Readonly<Record<Product, (port: number, backends: readonly Backend[]) => string>> = {
  nginx: (port, backends) => `worker_processes 1;
events {}
http {
  upstream app {
${backends.map((b) => `    server 127.0.0.1:${b.port};`).join('\n')}
  }
  server { listen 127.0.0.1:${port}; location / { proxy_pass http://app; } }
}`,
  haproxy: (port, backends) => `defaults
  mode http
  timeout connect 2s
  timeout client 5s
  timeout server 5s
listen app
  bind 127.0.0.1:${port}
  balance roundrobin
${backends.map((b) => `  server ${b.name} 127.0.0.1:${b.port}`).join('\n')}
`,
  apache: (port, backends) => `Listen 127.0.0.1:${port}
<Proxy balancer://app>
${backends.map((b) => `  BalancerMember http://127.0.0.1:${b.port}`).join('\n')}
</Proxy>
ProxyPass / balancer://app/
`,
  caddy: (port, backends) => `http://127.0.0.1:${port} {
  reverse_proxy ${backends.map((b) => `127.0.0.1:${b.port}`).join(' ')} {
    lb_policy round_robin
  }
}
`,
  envoy: (port, backends) => {
    const address = (at: number): object => ({ socket_address: { address: '127.0.0.1', port_value: at } });
    const lb_endpoints = backends.map((b) => ({ endpoint: { address: address(b.port) } }));
    const router = {
      name: 'envoy.filters.http.router',
      typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
    };
    const manager = {
      '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
      stat_prefix: 'in',
      route_config: {
        virtual_hosts: [
          { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'app' } }] },
        ],
      },
      http_filters: [router],
    };
    return JSON.stringify({
      clusters: [
        { name: 'app', type: 'STATIC', load_assignment: { cluster_name: 'app', endpoints: [{ lb_endpoints }] } },
      ],
      listeners: [
        {
          name: 'in',
          address: address(port),
          filter_chains: [
            { filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }] },
          ],
        },
      ],
    });
  },
};

describe.each(Object.keys(CONFIGS) as Product[])('a real %s', (product) => {
  describeReal(product, 'in a test', () => {
    test('balances, takes another config, and leaves nothing behind', async () => {
      const backends = await startBackends(['a', 'b', 'c']);
      const port = await freePort();
      const server = await startServer(product, CONFIGS[product](port, backends), port);
      const { counts } = await send(port, 60, { concurrency: 4 });
      expect(counts).toEqual({ a: expect.closeTo(20, -1), b: expect.closeTo(20, -1), c: expect.closeTo(20, -1) });

      await server.reload(CONFIGS[product](port, backends.slice(0, 1)));
      expect((await send(port, 30)).counts).toEqual({ a: 30 });

      await server.stop();
      expect(await answers(port)).toBe(false);
      expect(existsSync(server.folder)).toBe(false);
    }, 30_000);

    test('says in its own words why it does not start', async () => {
      const port = await freePort();
      await expect(
        startServer(product, product === 'envoy' ? '{"clusters":[{"bad":1}],"listeners":[]}' : 'no such { line', port),
      ).rejects.toThrow(/bad|no|such|line/);
    }, 30_000);
  });
});
