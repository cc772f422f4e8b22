import { request } from 'node:http';
import { followRequest, type RequestPath } from '../../src/compare/request-flow.ts';
import { reader as haproxy } from '../../src/formats/haproxy/reader.ts';
import { reader as nginx } from '../../src/formats/nginx/reader.ts';
import type { FormatReader } from '../../src/formats/reader.ts';
import { reader as traefik } from '../../src/formats/traefik/reader.ts';
import { boundsOf } from '../../src/model/share.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { describeReal, freePort, startBackends, startServer } from '../support/real-servers.ts';

/** Where the configs alone send a request is held to who answers it. Each backend is called like its pool. */

interface Wanted {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answered {
  readonly status: number;
  /** The pool whose server answers; undefined = the balancer itself. */
  readonly by: string | undefined;
}

function ask(port: number, { url, method = 'GET', headers = {} }: Wanted): Promise<Answered> {
  const { host, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    request(
      { host: '127.0.0.1', port, method, path: pathname + search, headers: { Host: host, ...headers }, agent: false },
      (response) => {
        const by = response.headers['x-backend'];
        response.resume();
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, by: by === undefined ? undefined : String(by) }),
        );
      },
    )
      .on('error', reject)
      .end();
  });
}

function follow(
  reader: FormatReader,
  file: string,
  text: string,
  { url, method = 'GET', headers = {} }: Wanted,
): RequestPath {
  const config = reader.read(file, new MemoryTree({ [file]: text }), { rootMap: {} });
  expect(config.problems).toEqual([]);
  // Every header of the request is given: it has no others.
  const none = ['x-beta', 'x-team', 'cookie', 'user-agent', 'upgrade'].map((name) => [name, ''] as const);
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return followRequest({ url: new URL(url), method, headers: new Map([...none, ...given]), address: '127.0.0.1' }, [
    config,
  ]);
}

/** The pool that takes every request like one; undefined = none of them reaches a server. */
function poolOf({ flow, servers }: RequestPath): string | undefined {
  const certain = [...flow.pools.values()].every((part) => boundsOf(part).low === 1);
  expect({ certain, unknown: flow.unknown }).toEqual({ certain: true, unknown: 0 });
  return servers[0]?.pool;
}

const POOLS = ['app', 'api', 'beta', 'files', 'other', 'post'] as const;

interface Tried {
  readonly path: string;
  readonly host?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const URLS: readonly Tried[] = [
  { path: '/' },
  { path: '/cart?id=7' },
  { path: '/api' },
  { path: '/api/v1/orders' },
  { path: '/apis' },
  { path: '/api/report.png' },
  { path: '/static/a.png' },
  { path: '/static/a.PNG' },
  { path: '/exact' },
  { path: '/exact/' },
  { path: '/admin/x' },
  { path: '/deep/in/side.png' },
  { path: '/deep/other' },
  { path: '/cart', headers: { 'X-Beta': '1' } },
  { path: '/cart', headers: { 'X-Team': 'Blue' } },
  { path: '/cart', method: 'POST' },
  { path: '/cart?debug=yes' },
  { path: '/old/page' },
  { path: '/slash' },
  { path: '/a%20b/api' },
  { path: '/', host: 'other.example' },
  { path: '/api/x', host: 'www.other.example' },
  { path: '/', host: 'unknown.example' },
];

const wantedOf = (port: number, { path, host = 'shop.example', ...rest }: Tried): Wanted => ({
  url: `http://${host}:${port}${path}`,
  ...rest,
});

const upstreams = (ports: ReadonlyMap<string, number>, line: (name: string, port: number) => string): string =>
  POOLS.map((name) => line(name, ports.get(name) ?? 0)).join('');

function haproxyConfig(port: number, ports: ReadonlyMap<string, number>): string {
  return `global
    maxconn 100
defaults
    mode http
    timeout connect 2s
    timeout client 5s
    timeout server 5s
frontend web
    bind 127.0.0.1:${port}
    acl api path_beg /api/
    acl api path /api
    acl picture path_end -i .png
    acl admin path_dir admin
    acl local src 127.0.0.0/8
    http-request deny if admin local
    http-request redirect location /new code 302 if { path_reg ^/old/ }
    use_backend post if METH_POST !api
    use_backend beta if { hdr(x-beta) -m found } || { hdr(x-team) -i blue }
    use_backend other if { hdr(host),field(1,:) -m end other.example } !api
    use_backend files if picture !{ path_beg /api }
    use_backend api if api
    use_backend other unless { hdr(host) -m sub example } || { path /exact }
    use_backend beta if { url_param(debug) yes }
    default_backend app
${upstreams(ports, (name, own) => `backend ${name}\n    http-request deny deny_status 410 if { path /exact/ }\n    server s1 127.0.0.1:${own}\n`)}`;
}

function nginxConfig(port: number, ports: ReadonlyMap<string, number>): string {
  return `worker_processes 1;
events {}
http {
    access_log off;
${upstreams(ports, (name, own) => `    upstream ${name} { server 127.0.0.1:${own}; }\n`)}
    server {
        listen 127.0.0.1:${port} default_server;
        server_name shop.example;
        if ($http_x_beta) { return 403; }
        location / {
            if ($request_method = POST) { proxy_pass http://post; }
            if ($arg_debug) { return 418; }
            proxy_pass http://app;
        }
        location = /exact { proxy_pass http://beta; }
        location /api { proxy_pass http://api; }
        location /api/ { proxy_pass http://api; }
        location ~ \\.png$ { proxy_pass http://files; }
        location ^~ /static/ { proxy_pass http://other; }
        location /deep/ {
            location ~ side { proxy_pass http://beta; }
            proxy_pass http://api;
        }
        location /admin/ { allow 10.0.0.0/8; deny all; proxy_pass http://app; }
        location /old/ { return 301 /new; }
        location /slash/ { proxy_pass http://api; }
    }
    server {
        listen 127.0.0.1:${port};
        server_name *.other.example other.example;
        location / { proxy_pass http://other; }
    }
}
`;
}

function traefikConfig(_port: number, ports: ReadonlyMap<string, number>): string {
  const routers: readonly (readonly [rule: string, service: string])[] = [
    ['Host(`shop.example`)', 'app'],
    ['Host(`shop.example`) && PathPrefix(`/api`)', 'api'],
    ['Host(`shop.example`) && Path(`/exact`)', 'beta'],
    ['Host(`shop.example`) && PathRegexp(`^/static/.*\\.png$`)', 'files'],
    ['Host(`shop.example`) && Method(`POST`) && PathPrefix(`/`)', 'post'],
    ['Host(`shop.example`) && Header(`X-Beta`, `1`) && !Path(`/exact`)', 'beta'],
    ['Host(`shop.example`) && PathPrefix(`/cart`) && Query(`debug`, `yes`)', 'other'],
    ['Host(`other.example`) || HostRegexp(`^.+\\.other\\.example$`)', 'other'],
    ['ClientIP(`10.0.0.0/8`) && PathPrefix(`/admin-and-everything-below-it-for-one-network-alone`)', 'files'],
  ];
  return `http:
  routers:
${routers.map(([rule, service], i) => `    r${i}: { rule: '${rule}', service: ${service} }\n`).join('')}  services:
${upstreams(ports, (name, own) => `    ${name}: { loadBalancer: { servers: [{ url: "http://127.0.0.1:${own}" }] } }\n`)}`;
}

describe.each([
  ['traefik', traefik, 'dynamic.yml', traefikConfig],
  ['haproxy', haproxy, 'haproxy.cfg', haproxyConfig],
  ['nginx', nginx, 'nginx.conf', nginxConfig],
] as const)('%s', (product, reader, file, configOf) => {
  describeReal(product, 'the pool that a request is said to reach is the one that answers', () => {
    let port = 0;
    let text = '';
    beforeAll(async () => {
      const backends = await startBackends(POOLS);
      port = await freePort();
      text = configOf(port, new Map(backends.map((backend) => [backend.name, backend.port])));
      await startServer(product, text, port);
    }, 30_000);

    test.each(URLS.map((one) => [JSON.stringify(one), one] as const))('%s', async (_title, tried) => {
      const one = wantedOf(port, tried);
      const path = follow(reader, file, text, one);
      const answered = await ask(port, one);
      expect({ pool: poolOf(path), lost: path.flow.lost === 1 }).toEqual({
        pool: answered.by,
        lost: answered.by === undefined && answered.status >= 400,
      });
    });
  });
});
