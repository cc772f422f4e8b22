import { followRequest, type RequestPath } from '../../src/compare/request-flow.ts';
import { reader as haproxy } from '../../src/formats/haproxy/reader.ts';
import { reader as neutral } from '../../src/formats/neutral/reader.ts';
import { reader as nginx } from '../../src/formats/nginx/reader.ts';
import type { FormatReader } from '../../src/formats/reader.ts';
import { lineOf } from '../../src/model/span.ts';
import { isInNetwork } from '../../src/text/networks.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { plain } from '../../src/text/say.ts';

interface Given {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ip?: string;
}

function follow(reader: FormatReader, text: string, url: string, { method = 'GET', headers = {}, ip }: Given = {}) {
  const file = { haproxy: 'lb.cfg', nginx: 'nginx.conf' }[reader.dialect.format] ?? 'pools.yml';
  const config = reader.read(file, new MemoryTree({ [file]: text }), { rootMap: {} });
  const request = { url: new URL(url), method, headers: new Map(Object.entries(headers)), address: ip };
  return followRequest(request, [config]);
}

const flowOf = ({ flow }: RequestPath): object => ({
  ...Object.fromEntries([...flow.pools].map(([key, part]) => [key.split('\0').at(-1), part])),
  ...(flow.lost === 0 ? {} : { lost: flow.lost }),
  ...(flow.answered === 0 ? {} : { answered: flow.answered }),
  ...(flow.unknown === 0 ? {} : { unknown: flow.unknown }),
});
const dependsOn = ({ decisions, notes }: RequestPath): string[] => [
  ...decisions.flatMap((one) => one.dependsOn.map((on) => `${lineOf(one.at)}: ${plain(on)}`)),
  ...notes.map(({ text }) => plain(text)),
];

const HAPROXY = `defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend web
    bind :80
    bind :443 ssl crt a.pem
    http-request deny if { src 192.0.2.0/24 }
    use_backend canary if { path_beg /api } { rand(100) lt 10 }
    use_backend api if { path_beg /api }
    use_backend beta if { hdr(x-beta) yes }
    use_backend listed if { path -f paths.lst }
    use_backend secure if { ssl_fc } { path /pay }
    default_backend app
frontend admin
    bind 127.0.0.1:80
    bind :9000
    http-request set-path /v2%[path] if { path_beg /old }
    use_backend api if { path_beg /api }
    default_backend app
backend app
    http-request deny if { path_beg /admin }
    server a1 192.0.2.11:80 weight 1
    server a2 192.0.2.12:80 weight 3
backend api
    server b1 192.0.2.13:80
backend beta
    server c1 192.0.2.14:80
backend canary
    server d1 192.0.2.15:80
backend listed
    server e1 192.0.2.16:80
backend secure
    server f1 192.0.2.17:80
`;

describe('a request through HAProxy', () => {
  const here = (url: string, given: Given = { ip: '198.51.100.7', headers: { 'x-beta': '' } }): RequestPath =>
    follow(haproxy, HAPROXY, url, given);
  const EVERY = { low: 0, high: 1 };

  test('reaches pools by chance, and servers by their shares', () => {
    const path = here('http://shop.example/api/x');
    expect(flowOf(path)).toEqual({ canary: 0.1, api: 0.9 });
    expect(path.servers.map(({ server, share }) => [server.name, share])).toEqual([
      ['d1', 0.1],
      ['b1', 0.9],
    ]);
    expect(path.decisions.map(({ at, certain, chance }) => [lineOf(at), certain, chance])).toEqual([
      [10, false, 0.1],
      [11, true, undefined],
    ]);
    expect(dependsOn(path)).toEqual([]);
  });

  test('depends on what is not given, with bounds and the line', () => {
    const open = here('http://shop.example/cart', {});
    expect(flowOf(open)).toEqual({ beta: EVERY, listed: EVERY, app: EVERY, lost: EVERY });
    expect(dependsOn(open)).toEqual([
      '9: the address of the client; set --ip',
      '12: the header x-beta; set --header',
      '13: path -f paths.lst',
    ]);
    expect(dependsOn(here('http://shop.example/cart'))).toEqual(['13: path -f paths.lst']);
    expect(flowOf(here('http://shop.example/cart', { ip: '192.0.2.9' }))).toEqual({ lost: 1 });
    const beta = here('http://shop.example/cart', { ip: '198.51.100.7', headers: { 'x-beta': 'yes' } });
    expect(flowOf(beta)).toEqual({ beta: 1 });
  });

  test('is refused by what answers instead of a pool, also after a line that may decide', () => {
    expect(flowOf(here('http://shop.example/admin'))).toEqual({ listed: EVERY, lost: EVERY });
  });

  test('comes in where its port and address lead, with TLS or without', () => {
    const entries = (url: string): string[] => here(url).entries.map(({ name }) => name);
    expect(entries('http://shop.example/')).toEqual(['frontend web']);
    expect(entries('http://127.0.0.1/')).toEqual(['frontend admin']);
    expect(entries('http://shop.example:9000/')).toEqual(['frontend admin']);
    expect(Object.keys(flowOf(here('https://shop.example/pay')))).toEqual(['listed', 'secure']);
    expect(dependsOn(here('http://shop.example:1234/'))).toContain(
      'no entry of these files listens on port 1234, so any of them may take it',
    );
  });

  test('is not judged by a path that a line before rewrites', () => {
    const path = here('http://shop.example:9000/api');
    expect(dependsOn(path)).toEqual(['20: path, which is rewritten before', '23: path, which is rewritten before']);
    expect(flowOf(path)).toEqual({ api: EVERY, app: EVERY, lost: EVERY });
  });
});

const NGINX = `http {
    upstream app { server 192.0.2.11; server 192.0.2.12 weight=3; }
    upstream api { server 192.0.2.13; }
    limit_req_zone $binary_remote_addr zone=slow:1m rate=5r/s;
    server {
        listen 80 default_server;
        server_name _;
        return 444;
    }
    server {
        listen 80;
        listen 443 ssl;
        server_name shop.example *.shop.example;
        location / { try_files $uri @app; }
        location @app { proxy_pass http://app; }
        location /api { limit_req zone=slow; proxy_pass http://api; }
        location /old { rewrite ^/old/(.*)$ /api/$1 last; proxy_pass http://app; }
        location /strip/ { rewrite ^/strip/(.*)$ /$1 break; proxy_pass http://app; }
        location ~ (a+)+$ { proxy_pass http://api; }
    }
}
`;

describe('a request through nginx', () => {
  const EVERY = { low: 0, high: 1 };
  const here = (path: string, host = 'shop.example'): RequestPath => follow(nginx, NGINX, `http://${host}${path}`);

  test('comes to the server that names its host best', () => {
    expect(flowOf(here('/', 'unknown.example'))).toEqual({ lost: 1 });
    expect(here('/strip/x', 'www.shop.example').entries.map(({ name }) => name)).toEqual([
      'server *.shop.example shop.example on 443, 80',
    ]);
  });

  test('depends on files, rates, rewrites and patterns that are not tried', () => {
    const pattern = '19: whether path matches (a+)+$';
    expect(dependsOn(here('/x'))).toEqual([pattern, '14: for a file that exists']);
    expect(flowOf(here('/x'))).toEqual({ api: EVERY, app: EVERY, answered: EVERY });
    expect(dependsOn(here('/api/x'))).toEqual([pattern, '16: above limit_req zone=slow']);
    expect(dependsOn(here('/old/x'))).toEqual([pattern, '17: rewrite ^/old/(.*)$ /api/$1']);
    expect(flowOf(here('/old/x'))).toEqual({ api: EVERY, app: EVERY, unknown: EVERY });
    expect(dependsOn(here('/strip/x'))).toEqual([pattern]);
  });
});

test('a request through the neutral format depends on its conditions, which are texts', () => {
  const text = `version: 1
pools:
  - { name: app, servers: [{ address: a.example, port: 80 }] }
  - { name: next, servers: [{ address: b.example, port: 80 }] }
entries:
  - name: web
    listens: [{ address: '*:80' }]
    matches:
      - { when: path /a, to: { pool: next } }
      - { chance: 0.25, to: { pool: next } }
      - { to: { pool: app } }
`;
  const path = follow(neutral, text, 'http://shop.example/');
  expect(flowOf(path)).toEqual({ next: { low: 0.25, high: 1 }, app: { low: 0, high: 0.75 } });
  expect(dependsOn(path)).toEqual(['9: path /a']);
});

test.each([
  ['192.0.2.7', '192.0.2.0/24', true],
  ['192.0.3.7', '192.0.2.0/24', false],
  ['192.0.3.7', '192.0.2.0/255.255.254.0', true],
  ['192.0.2.7', '192.0.2.7', true],
  ['10.0.0.1', '0.0.0.0/0', true],
  ['2001:db8::7', '2001:db8::/32', true],
  ['2001:db9::7', '2001:db8::/32', false],
  ['::ffff:192.0.2.7', '::/0', true],
  ['192.0.2.7', '::/0', false],
  ['192.0.2.7', 'lan', undefined],
  ['192.0.2.7', '192.0.2.0/33', undefined],
  ['192.0.2.7', '192.0.2.0/255.0.255.0', undefined],
  ['1.2.3', '0.0.0.0/0', undefined],
])('address %s in network %s: %s', (address, network, within) => {
  expect(isInNetwork(address, network)).toBe(within);
});
