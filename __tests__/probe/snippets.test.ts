import { parse } from 'yaml';
import { runTry } from '../../src/cli/run.ts';
import { advise, SNIPPETS } from '../../src/probe/snippets.ts';
import { plainText } from '../../src/report/escape.ts';
import { ioInto } from '../support/command.ts';
import { describeReal, freePort, startServer, type Product } from '../support/real-servers.ts';
import { ask, known, obstacleOf, request } from './asking.ts';
import { web, type Listening } from './servers.ts';

/** A balancer over two servers, with a place for one line where its snippet says to put it. */
type Config = (port: number, servers: readonly number[], line: string) => string;

const nginx: Config = (port, [a, b], line) => `worker_processes 1; events {}
http {
  upstream app { server 127.0.0.1:${a}; server 127.0.0.1:${b}; }
  server { listen 127.0.0.1:${port}; location / { proxy_pass http://app; ${line} } }
}`;

const haproxy: Config = (port, [a, b], line) => `defaults
  mode http
  timeout connect 2s
  timeout client 5s
  timeout server 5s
frontend in
  bind 127.0.0.1:${port}
  default_backend app
backend app
  balance roundrobin
  ${line}
  server s1 127.0.0.1:${a}
  server s2 127.0.0.1:${b}
`;

const apache: Config = (port, [a, b], line) => `Listen 127.0.0.1:${port}
<VirtualHost *:${port}>
${line}
<Proxy balancer://app>
  BalancerMember http://127.0.0.1:${a}
  BalancerMember http://127.0.0.1:${b}
</Proxy>
ProxyPass / balancer://app/
</VirtualHost>
`;

const caddy: Config = (port, [a, b], line) => `http://127.0.0.1:${port} {
  reverse_proxy 127.0.0.1:${a} 127.0.0.1:${b} {
    lb_policy round_robin
    ${line}
  }
}
`;

const envoy: Config = (port, servers, line) => {
  const address = (at: number): object => ({ socket_address: { address: '127.0.0.1', port_value: at } });
  const endpoints = servers.map((server) => ({ endpoint: { address: address(server) } }));
  const type = 'type.googleapis.com/envoy.extensions.filters';
  const route_config = {
    ...(line === '' ? {} : (parse(line) as object)),
    virtual_hosts: [{ name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'app' } }] }],
  };
  const manager = {
    '@type': `${type}.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: 'in',
    route_config,
    http_filters: [{ name: 'envoy.filters.http.router', typed_config: { '@type': `${type}.http.router.v3.Router` } }],
  };
  const filters = [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }];
  return JSON.stringify({
    clusters: [
      {
        name: 'app',
        type: 'STATIC',
        load_assignment: { cluster_name: 'app', endpoints: [{ lb_endpoints: endpoints }] },
      },
    ],
    listeners: [{ name: 'in', address: address(port), filter_chains: [{ filters }] }],
  });
};

const BALANCERS: readonly { product: Product; balancer: string; config: Config; named: boolean }[] = [
  { product: 'nginx', balancer: 'nginx', config: nginx, named: false },
  { product: 'haproxy', balancer: 'HAProxy', config: haproxy, named: true },
  { product: 'apache', balancer: 'Apache', config: apache, named: false },
  { product: 'caddy', balancer: 'Caddy', config: caddy, named: false },
  { product: 'envoy', balancer: 'Envoy', config: envoy, named: false },
];

describe.each(BALANCERS)('the snippet for $balancer', ({ product, balancer, config, named }) => {
  describeReal(product, 'on the real one', () => {
    let servers: Listening[];
    beforeAll(async () => {
      servers = await Promise.all([1, 2].map(() => web((_, response) => response.end('ok'))));
    });
    afterAll(() => Promise.all(servers.map((server) => server.close())));

    test('is printed when nothing tells servers apart, and makes the next probe work', async () => {
      const behind = servers.map((server) => server.port);
      const port = await freePort();
      const server = await startServer(product, config(port, behind, ''), port);
      const mute = await ask(request(port));
      expect(mute).toMatchObject({ down: false, counts: { servers: {} } });
      expect(obstacleOf(mute)).toMatch(/^Nothing in 10 answers identifies a server\. Let the balancer say/);

      const line = printedLine(await triedBy(`http://127.0.0.1:${port}/`), balancer);
      await server.stop();
      await startServer(product, config(port, behind, line), port);

      const names = named ? ['s1', 's2'] : behind.map((at) => `127.0.0.1:${at}`);
      // Workers take turns each on their own: off by a request or two.
      const even = Object.fromEntries(names.map((name) => [name, expect.closeTo(25, -1)]));
      const result = await ask(request(port, { settleMs: 300, known: known(...names) }));
      expect(obstacleOf(result)).toBe('');
      expect(result.counts.servers).toEqual(even);
      const withoutConfig = await ask(request(port));
      expect(withoutConfig.counts.servers).toEqual(even);
    }, 40_000);
  });
});

test('a config that is known decides whose words the advice is in', async () => {
  const server = await web((_, response) => response.end('ok'));
  try {
    const result = await ask(request(server.port, { format: 'nginx' }));
    expect(obstacleOf(result)).toMatch(/\$upstream_addr/);
    expect(obstacleOf(result)).not.toMatch(/HAProxy|Envoy/);
  } finally {
    await server.close();
  }
});

test.each(SNIPPETS)('a report shows the line for $product whole', ({ line }) => {
  expect(plainText(advise(SNIPPETS))).toContain(line);
});

/** What `evenkeel probe URL --try` prints. */
async function triedBy(target: string): Promise<string> {
  const printed: string[] = [];
  expect(await runTry({ target, settle: '0s' }, ioInto(printed))).toBe(3);
  return printed.join('\n');
}

/** The line that stands below a balancer's name. */
function printedLine(printed: string, balancer: string): string {
  const lines = printed.split('\n');
  const title = lines.findIndex((text) => text.startsWith(`${balancer}, `));
  expect(lines[title + 1]).toMatch(/^ {2}\S/);
  return lines[title + 1]?.trim() ?? '';
}
