import { compare } from '../../src/compare/compare.ts';
import { FORMATS } from '../../src/formats/list.ts';
import type { Config } from '../../src/model/config.ts';
import { RULES } from '../../src/rules/list.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { FILE_NAMES, findings, shown } from '../support/run-rules.ts';

/** The base text, and other ways to write the same. Several files: the first is the one that is named. */
type Rewritten = string | Readonly<Record<string, string>>;
type Rewrites = Readonly<Record<string, (text: string) => Rewritten>>;

function read(format: string, written: Rewritten): Config {
  const files = typeof written === 'string' ? { [FILE_NAMES[format] ?? format]: written } : written;
  const reader = FORMATS.find((candidate) => candidate.dialect.format === format);
  if (reader === undefined) throw new Error(`no reader for ${format}`);
  return reader.read(Object.keys(files)[0] ?? '', new MemoryTree(files), { rootMap: {} });
}

/** Every change and every introduced finding, in words. */
function told(base: readonly Config[], head: readonly Config[]): string[] {
  const estate = compare(base, head);
  return [
    ...estate.pools
      .filter(({ change }) => change !== 'same')
      .map(({ change, head: side }) => `${change} ${side?.pool.name ?? ''}`),
    ...estate.pools.flatMap(({ changes }) =>
      changes.map((c) => `${c.kind} ${c.server ?? ''} ${c.setting}: ${c.before} -> ${c.after}`),
    ),
    ...estate.routes
      .filter(({ change }) => change !== 'same')
      .map(({ change, head: route }) => `${change} ${route?.name ?? ''}`),
    ...findings(RULES, estate)
      .filter(({ introduced }) => introduced)
      .map(shown),
  ];
}

/** Replaces what must be there: a rewrite that changes nothing would prove nothing. */
function swap(from: string | RegExp, to: string): (text: string) => string {
  return (text) => {
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`nothing to rewrite: ${String(from)}`);
    return changed;
  };
}

/** The pieces between lines that start a block, so that whole blocks can be put in another order. */
function blocks(text: string, starts: RegExp): string[] {
  return text.split(starts).filter((piece) => piece !== '');
}

const NGINX = `worker_processes 2;
events {}
http {
    split_clients $request_id $target {
        10% api;
        * web;
    }
    upstream web {
        zone web 64k;
        server 10.1.0.1:8080 weight=3 max_fails=2 fail_timeout=30s;
        server 10.1.0.2:8080 weight=2 max_fails=2 fail_timeout=30s;
        server 10.1.0.3:8080 weight=2 backup;
        keepalive 16;
    }
    upstream api {
        zone api 64k;
        least_conn;
        server 10.2.0.1;
        server 10.2.0.2;
    }
    upstream cache {
        zone cache 64k;
        hash $request_uri consistent;
        server 10.3.0.1:6081;
        server 10.3.0.2:6081;
    }
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    server {
        listen 8080;
        add_header X-Served-By $upstream_addr always;
        location / {
            proxy_connect_timeout 5s;
            proxy_read_timeout 90s;
            proxy_pass http://$target;
        }
        location /img/ {
            proxy_pass http://cache;
        }
    }
}
`;

const webServer = '        server 10.1.0.1:8080 weight=3 max_fails=2 fail_timeout=30s;\n';
const upstreamsOf = (text: string): string =>
  text.slice(text.indexOf('    upstream web'), text.indexOf('    proxy_http_version'));

const NGINX_REWRITES: Rewrites = {
  'comments on their own lines': (text) => text.replace(/^/gm, '# note: server 9.9.9.9; { "\n'),
  'comments at the ends of lines': swap(/;$/gm, "; # it's so; {"),
  'comments between arguments': swap('server 10.1.0.1:8080 weight=3', 'server # here }\n 10.1.0.1:8080 # ;\n weight=3'),
  'empty lines': swap(/\n/g, '\n\n  \n'),
  tabs: swap(/ {4}/g, '\t'),
  'no indentation': swap(/^ +/gm, ''),
  'lines of Windows': swap(/\n/g, '\r\n'),
  'one line': swap(/\n\s*/g, ' '),
  'one word a line': swap(/ +/g, '\n'),
  quotes: swap('10.1.0.1:8080 weight=3', '"10.1.0.1:8080" \'weight=3\''),
  'order of pools': (text) => {
    const pools = upstreamsOf(text);
    return text.replace(
      pools,
      blocks(pools, /(?= {4}upstream )/)
        .toReversed()
        .join(''),
    );
  },
  'pools behind the servers that use them': (text) => {
    const pools = upstreamsOf(text);
    return text.replace(pools, '').replace(/\}\n$/, `${pools}}\n`);
  },
  'order of servers in turn': (text) =>
    text.replace(webServer, '').replace('        keepalive 16;', `${webServer}        keepalive 16;`),
  'order of servers by connections': swap(
    'server 10.2.0.1;\n        server 10.2.0.2;',
    'server 10.2.0.2;\n        server 10.2.0.1;',
  ),
  'order of servers on a ring': swap(
    'server 10.3.0.1:6081;\n        server 10.3.0.2:6081;',
    'server 10.3.0.2:6081;\n        server 10.3.0.1:6081;',
  ),
  'order of parameters': swap('weight=3 max_fails=2 fail_timeout=30s', 'fail_timeout=30s max_fails=2 weight=3'),
  'order of locations': (text) => {
    const img = text.slice(text.indexOf('        location /img/'), text.lastIndexOf('    }'));
    return text.replace(img, '').replace('        location / {', `${img}        location / {`);
  },
  'weight=1 written out': swap('server 10.2.0.1;', 'server 10.2.0.1 weight=1;'),
  'passive checks written out': swap('server 10.2.0.1;', 'server 10.2.0.1 max_fails=1 fail_timeout=10s;'),
  'no limit written out': swap('server 10.2.0.1;', 'server 10.2.0.1 max_conns=0;'),
  'port 80 written out': swap('server 10.2.0.1;', 'server 10.2.0.1:80;'),
  'keepalive settings written out': swap(
    'keepalive 16;',
    'keepalive 16;\nkeepalive_timeout 1m;\nkeepalive_requests 1000;\nkeepalive_time 60m;',
  ),
  'failover written out': swap(
    'proxy_pass http://cache;',
    'proxy_next_upstream timeout error;\nproxy_next_upstream_tries 0;\nproxy_pass http://cache;',
  ),
  'timeouts written out': swap(
    'proxy_pass http://cache;',
    'proxy_connect_timeout 60;\nproxy_read_timeout 1m;\nproxy_send_timeout 60s;\nproxy_pass http://cache;',
  ),
  'another unit': swap('proxy_read_timeout 90s', 'proxy_read_timeout 1m30s'),
  'a setting in the block around': (text) =>
    text
      .replace('            proxy_connect_timeout 5s;\n', '')
      .replace('location / {', 'location / {\n')
      .replace('        listen 8080;', '        listen 8080;\n        proxy_connect_timeout 5s;')
      .replace('proxy_pass http://cache;', 'proxy_connect_timeout 60s;\nproxy_pass http://cache;'),
  'a URI behind the pool': swap('proxy_pass http://cache;', 'proxy_pass http://cache/img/;'),
  'upper case': swap('proxy_pass http://cache;', 'proxy_pass HTTP://CACHE;'),
  'pools in included files': (text) => {
    const pools = upstreamsOf(text);
    const [web = '', ...others] = blocks(pools, /(?= {4}upstream )/);
    return {
      'nginx.conf': text.replace(pools, '    include pools/*.conf;\n'),
      'pools/a.conf': others.join(''),
      'pools/b.conf': web,
    };
  },
  'servers in an included file': (text) => ({
    'nginx.conf': text.replace(webServer, '        include web.servers;\n'),
    'web.servers': webServer,
  }),
};

const HAPROXY = `global
    maxconn 2000
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
    option redispatch
frontend www
    bind :8080
    http-response set-header X-Served-By %s
    use_backend api if { path_beg /api }
    default_backend web
backend web
    balance roundrobin
    option httpchk GET /up
    server web1 10.1.0.1:8080 weight 3 check inter 3s maxconn 200
    server web2 10.1.0.2:8080 weight 2 check inter 3s maxconn 200
    server web3 10.1.0.3:8080 weight 2 check inter 3s maxconn 200
backend api
    balance leastconn
    option httpchk GET /up
    server api1 10.2.0.1:8080 check
    server api2 10.2.0.2:8080 check
`;

const backendsOf = (text: string): string => text.slice(text.indexOf('backend web\n    balance'));

const HAPROXY_REWRITES: Rewrites = {
  'comments on their own lines': (text) => text.replace(/^/gm, '# server x 9.9.9.9:1 "\n'),
  'comments at the ends of lines': swap(/(?<=check)$/gm, " # it's so"),
  'comments without a space before them': swap(/(?<=check)$/gm, '#weight 9'),
  'empty lines': swap(/\n/g, '\n\n   \n'),
  tabs: swap(/ {4}/g, '\t'),
  'no indentation': swap(/^ +/gm, ''),
  'lines of Windows': swap(/\n/g, '\r\n'),
  'many spaces': swap(/(?<=\S) (?=\S)/g, '     '),
  'double quotes': swap('server web1 10.1.0.1:8080', 'server "web1" "10.1.0.1:8080"'),
  'single quotes': swap('weight 3', "'weight' '3'"),
  'order of backends': (text) => {
    const backends = backendsOf(text);
    return text.replace(
      backends,
      blocks(backends, /(?=^backend )/m)
        .toReversed()
        .join(''),
    );
  },
  'frontends last': (text) => {
    const front = text.slice(text.indexOf('frontend'), text.indexOf('backend web\n    balance'));
    return text.replace(front, '') + front;
  },
  'order of servers in turn': (text) => {
    const line = /^ {4}server web1.*\n/m.exec(text)?.[0] ?? '';
    return text.replace(line, '').replace('backend api\n', `${line}backend api\n`);
  },
  'order of servers by connections': (text) => {
    const line = /^ {4}server api1.*\n/m.exec(text)?.[0] ?? '';
    return `${text.replace(line, '')}${line}`;
  },
  'order of options': swap('weight 3 check inter 3s maxconn 200', 'maxconn 200 inter 3s check weight 3'),
  'order of lines': swap(
    'balance roundrobin\n    option httpchk GET /up',
    'option httpchk GET /up\n    balance roundrobin',
  ),
  'weight 1 written out': swap('api1 10.2.0.1:8080 check', 'api1 10.2.0.1:8080 check weight 1'),
  'check times written out': swap('api1 10.2.0.1:8080 check', 'api1 10.2.0.1:8080 check inter 2s rise 2 fall 3'),
  'no limit written out': swap('api1 10.2.0.1:8080 check', 'api1 10.2.0.1:8080 check maxconn 0'),
  'enabled written out': swap('api1 10.2.0.1:8080 check', 'api1 10.2.0.1:8080 check enabled'),
  'retries written out': swap('option redispatch', 'option redispatch\n    retries 3'),
  'another unit': swap(/timeout server 30s/, 'timeout server 30000'),
  'another unit of checks': swap(/inter 3s/g, 'inter 3000'),
  'options for all servers': (text) =>
    text
      .replace(/ check inter 3s maxconn 200/g, '')
      .replace('\nbackend web\n', '\nbackend web\n    default-server check inter 3s maxconn 200\n'),
  'named defaults': (text) =>
    text.replace('defaults\n', 'defaults base\n').replace('backend api\n', 'backend api from base\n'),
  'settings in each section': (text) =>
    text
      .replace(/ {4}timeout (?:connect|server).*\n/g, '')
      .replace(/^(backend|frontend) (\w+)$/gm, '$1 $2\n    timeout connect 5s\n    timeout server 30s'),
  'method for all backends': swap(/(?<=option redispatch\n)/, '    balance roundrobin\n'),
  'a variable that the file sets': (text) =>
    text.replace('global\n', 'global\n    setenv W 3\n').replace('weight 3', 'weight "${W}"'),
};

const NEUTRAL = `version: 1
pools:
  - name: web
    algorithm: round-robin
    healthCheck: { type: http, path: /up, interval: 3s }
    timeouts: { connect: 5s, request: 1m }
    servers:
      - { name: web1, address: 10.1.0.1, port: 8080, weight: 3 }
      - { name: web2, address: 10.1.0.2, port: 8080, weight: 2 }
      - { name: web3, address: 10.1.0.3, port: 8080, weight: 2, tier: backup }
  - name: api
    algorithm: least-connections
    healthCheck: { type: tcp }
    passiveHealth: { maxFails: 3, window: 30s, ejectFor: 30s }
    servers:
      - { name: api1, address: 10.2.0.1, port: 8080 }
      - { name: api2, address: 10.2.0.2, port: 8080 }
routes:
  - name: split
    to: [{ pool: web, weight: 9 }, { pool: api, weight: 1 }]
`;

const poolsOf = (text: string): string => text.slice(text.indexOf('  - name: web'), text.indexOf('routes:'));
const web1 = '{ name: web1, address: 10.1.0.1, port: 8080, weight: 3 }';
const api1 = '{ name: api1, address: 10.2.0.1, port: 8080 }';

const NEUTRAL_REWRITES: Rewrites = {
  'comments on their own lines': (text) => text.replace(/^/gm, '# - { name: x }\n'),
  'comments at the ends of lines': swap(/$/gm, ' # weight: 9'),
  'empty lines': swap(/\n/g, '\n\n'),
  'lines of Windows': swap(/\n/g, '\r\n'),
  'a byte order mark': (text) => `\uFEFF${text}`,
  'a document marker': (text) => `---\n${text}`,
  'deeper indentation': swap(/^( +)/gm, '$1  '),
  'double quotes': swap('name: web1, address: 10.1.0.1', 'name: "web1", "address": "10.1.0.1"'),
  'single quotes': swap(/interval: 3s/, "interval: '3s'"),
  'block style': swap(web1, 'name: web1\n        address: 10.1.0.1\n        port: 8080\n        weight: 3'),
  'order of keys': swap(web1, '{ weight: 3, port: 8080, address: 10.1.0.1, name: web1 }'),
  'order of pools': (text) => {
    const pools = poolsOf(text);
    return text.replace(
      pools,
      blocks(pools, /(?=^ {2}- name: )/m)
        .toReversed()
        .join(''),
    );
  },
  'order of servers in turn': (text) =>
    text.replace(`      - ${web1}\n`, '').replace('  - name: api\n', `      - ${web1}\n  - name: api\n`),
  'order of servers by connections': (text) =>
    text.replace(`      - ${api1}\n`, '').replace('routes:', `      - ${api1}\nroutes:`),
  'order of a route': swap(
    '{ pool: web, weight: 9 }, { pool: api, weight: 1 }',
    '{ pool: api, weight: 1 }, { pool: web, weight: 9 }',
  ),
  'weight 1 written out': swap(api1, '{ name: api1, address: 10.2.0.1, port: 8080, weight: 1 }'),
  'tier and state written out': swap(
    api1,
    '{ name: api1, address: 10.2.0.1, port: 8080, tier: primary, state: up, count: 1 }',
  ),
  'no limit written out': swap(api1, '{ name: api1, address: 10.2.0.1, port: 8080, maxConnections: 0 }'),
  'check times written out': swap(
    '{ type: tcp }',
    '{ enabled: true, type: tcp, interval: 5s, timeout: 2s, healthyAfter: 2, unhealthyAfter: 3 }',
  ),
  'protocol written out': swap('  - name: api\n', '  - name: api\n    protocol: http\n    dynamic: false\n'),
  'the default method left out': swap('    algorithm: round-robin\n', ''),
  'another unit': swap('request: 1m', 'request: 60s'),
  'another unit below seconds': swap('interval: 3s', 'interval: 3000ms'),
  'defaults for all pools': (text) =>
    text
      .replace('    algorithm: round-robin\n', '')
      .replace('pools:\n', 'defaults: { algorithm: round-robin, server: { port: 8080 } }\npools:\n')
      .replaceAll(', port: 8080', ''),
  'an anchor and an alias': (text) => text.replace('window: 30s, ejectFor: 30s', 'window: &time 30s, ejectFor: *time'),
  'another scale of a route': swap('weight: 9 }, { pool: api, weight: 1 }', 'weight: 0.9e1 }, { pool: api }'),
  JSON: () =>
    JSON.stringify(
      {
        version: 1,
        pools: [
          {
            name: 'web',
            algorithm: 'round-robin',
            healthCheck: { type: 'http', path: '/up', interval: '3s' },
            timeouts: { connect: '5s', request: '1m' },
            servers: [
              { name: 'web1', address: '10.1.0.1', port: 8080, weight: 3 },
              { name: 'web2', address: '10.1.0.2', port: 8080, weight: 2 },
              { name: 'web3', address: '10.1.0.3', port: 8080, weight: 2, tier: 'backup' },
            ],
          },
          {
            name: 'api',
            algorithm: 'least-connections',
            healthCheck: { type: 'tcp' },
            passiveHealth: { maxFails: 3, window: '30s', ejectFor: '30s' },
            servers: [
              { name: 'api1', address: '10.2.0.1', port: 8080 },
              { name: 'api2', address: '10.2.0.2', port: 8080 },
            ],
          },
        ],
        routes: [
          {
            name: 'split',
            to: [
              { pool: 'web', weight: 9 },
              { pool: 'api', weight: 1 },
            ],
          },
        ],
      },
      null,
      2,
    ),
};

describe.each<[string, string, Rewrites]>([
  ['nginx', NGINX, NGINX_REWRITES],
  ['haproxy', HAPROXY, HAPROXY_REWRITES],
  ['neutral', NEUTRAL, NEUTRAL_REWRITES],
])('%s written in another way changes nothing', (format, text, rewrites) => {
  const base = read(format, text);

  test('the base is read in full', () => {
    expect([base.status, base.problems]).toEqual(['read', []]);
  });

  test.each(Object.keys(rewrites))('%s', (name) => {
    const rewritten = rewrites[name]?.(text) ?? text;
    expect(rewritten).not.toBe(text);
    const head = read(format, rewritten);
    expect(head.problems).toEqual([]);
    expect(told([base], [head])).toEqual([]);
    expect(told([head], [base])).toEqual([]);
  });

  test('and a weight that differs is a change', () => {
    const head = read(format, text.replace(/weight(=|:? )3/, 'weight$19'));
    expect(told([base], [head])).toContainEqual(expect.stringMatching(/^weight-changed /));
  });
});
