import { reader as nginx } from '../../../src/formats/nginx/reader.ts';
import { nameOfTarget } from '../../../src/model/route.ts';
import { place } from '../../support/place.ts';
import { http, poolOf, problems, read, unknowns } from './support.ts';

const server = (inside: string): string => http(`upstream app { server 10.0.0.1; }\nserver {\n${inside}\n}`);

describe('nginx references', () => {
  test('carry the settings in force, the nearest block first', () => {
    const config = read(
      http(`proxy_next_upstream off; proxy_read_timeout 1m30s; proxy_set_header Connection "";
upstream app { server 10.0.0.1; }
server {
  proxy_http_version 1.1;
  location / { proxy_pass http://app; }
  location /b { proxy_set_header Host $host; proxy_next_upstream timeout error; proxy_pass https://app/x; }
}`),
    );
    const [a, b] = config.references;
    const value = (name: string) => [a?.options.get(name)?.value, b?.options.get(name)?.value];
    expect([a?.pool, b?.pool, place(a?.at)]).toEqual(['app', 'app', '7:27']);
    expect(value('proxy_next_upstream')).toEqual(['off', 'error timeout']);
    expect(value('proxy_http_version')).toEqual(['1.1', '1.1']);
    // A block that sets any header of its own inherits none.
    expect(value('proxy_set_header Connection')).toEqual(['', 'close']);
    expect(value('scheme')).toEqual(['http', 'https']);
    expect([a?.timeouts.serverMs?.value, a?.timeouts.connectMs?.value, a?.timeouts.connectMs?.written]).toEqual([
      90_000,
      60_000,
      false,
    ]);
    expect(a?.options.get('proxy_next_upstream_tries')).toMatchObject({ value: '0', written: false });
  });

  test.each([
    ['proxy_pass http://10.0.0.5:81/x;', '10.0.0.5:81', { host: '10.0.0.5', port: 81 }],
    ['proxy_pass https://example.com;', 'example.com', { host: 'example.com', port: 443 }],
    ['proxy_pass http://[::1]:81;', '[::1]:81', { host: '::1', port: 81 }],
    ['proxy_pass http://unix:/run/a.sock:/uri;', 'unix:/run/a.sock', { host: 'unix:/run/a.sock', port: 0 }],
    ['proxy_pass http://localhost;', 'localhost', { host: 'localhost', port: 80 }],
    ['proxy_pass http://APP;', 'app', undefined],
    ['proxy_pass http://nobody;', 'nobody', { host: 'nobody', port: 80 }],
    ['proxy_pass http://app$request_uri;', 'app', undefined],
    ['proxy_pass http://app/$1;', 'app', undefined],
    ['proxy_pass http://$http_x_target;', undefined, undefined],
    ['fastcgi_pass app;', 'app', undefined],
    ['fastcgi_pass 127.0.0.1:9000;', '127.0.0.1:9000', { host: '127.0.0.1', port: 9000 }],
    ['fastcgi_pass unix:/run/php.sock;', 'unix:/run/php.sock', { host: 'unix:/run/php.sock', port: 0 }],
    ['grpc_pass grpcs://app;', 'app', undefined],
    ['grpc_pass app;', 'app', undefined],
    ['set $b app; proxy_pass http://$b;', 'app', undefined],
    ['set $b http://app; proxy_pass $b/x;', 'app', undefined],
  ])('%s', (lines, pool, address) => {
    const [reference] = read(server(`location / { ${lines} }`)).references;
    expect([reference?.pool, reference?.address]).toEqual([pool, address]);
  });

  test('a pool has its own ports', () => {
    expect(problems(read(server('location / { proxy_pass http://app:81; }')))).toEqual([
      'config-unparsable 5:25 app:81 has a port, but app is an upstream, which has its own.',
    ]);
  });

  test('a health check asks the servers of the pool that its location passes to', () => {
    const config = read(server('location / { proxy_pass http://app; health_check interval=2s fails=3 uri=/up; }'));
    const [checked] = poolOf(config).servers;
    expect([
      checked?.activeCheck?.type,
      checked?.activeCheck?.path?.value,
      checked?.activeCheck?.intervalMs?.value,
      checked?.activeCheck?.fall?.value,
    ]).toEqual(['http', '/up', 2000, 3]);
  });

  test('listeners and facts', () => {
    const config = read(
      http(`server { listen 80 proxy_protocol; listen [::]:8080; add_header X-Served-By $upstream_addr always; }
server { server_name b; if ($http_x_forwarded_for) { return 403; } }
log_format main '$http_x_forwarded_for';`),
    );
    expect(config.listeners.map((l) => [l.host, l.port, l.acceptsProxyProtocol])).toEqual([
      ['*', 80, true],
      ['*', 8080, false],
      ['*', 80, false],
    ]);
    expect([...config.facts].map(([name, { value, written }]) => [name, value, written])).toEqual([
      ['worker_processes', '1', false],
      ['worker_connections', '512', false],
      ['add_header X-Served-By', '$upstream_addr always', true],
      ['reads-forwarded-for', '($http_x_forwarded_for)', true],
      ['logs-forwarded-for', 'main $http_x_forwarded_for', true],
    ]);
  });
});

describe('nginx routes', () => {
  const pools = 'upstream old { server a; }\nupstream new { server b; }\n';

  test('split_clients gives percentages, * the rest', () => {
    const config = read(
      http(
        `${pools}split_clients $remote_addr $pool { 0.5% new; 2% new; * old; }\nserver { location / { proxy_pass http://$pool; } }`,
      ),
    );
    expect(config.routes.map((r) => [r.name, r.to.map((t) => [nameOfTarget(t.to), t.weight.value])])).toEqual([
      [
        '$pool',
        [
          ['new', 2.5],
          ['old', 97.5],
        ],
      ],
    ]);
    expect(config.references.map((r) => r.pool)).toEqual(['new', 'old']);
  });

  test('a map of a split is a split', () => {
    const config = read(
      http(`${pools}split_clients $request_id $v { 20% b; * a; }\nmap $v $pool { default old; b new; }`),
    );
    expect(config.routes.map((r) => r.to.map((t) => [nameOfTarget(t.to), t.weight.value]))).toEqual([
      [
        ['new', 20],
        ['old', 80],
      ],
    ]);
  });

  test('a map of what a request says has no known parts', () => {
    const config = read(
      http(
        `${pools}map $http_x_beta $pool { default old; ~^1 new; }\nserver { location / { proxy_pass http://$pool; } }`,
      ),
    );
    expect(config.routes.map((r) => r.to.map((t) => [nameOfTarget(t.to), t.weight.value]))).toEqual([
      [
        ['old', undefined],
        ['new', undefined],
      ],
    ]);
    expect(config.references.map((r) => r.pool)).toEqual(['old', 'new']);
  });

  test('set keeps the parts unless a condition may change them', () => {
    const config = read(
      http(`${pools}split_clients $request_id $split { 5% new; * old; }
server { location / { set $up $split; if ($arg_beta) { set $up new; } proxy_pass http://$up; } }`),
    );
    expect(config.references.map((r) => r.pool)).toEqual(['new', 'old']);
  });
});

describe('nginx includes', () => {
  const files = {
    'lb/nginx.conf': 'events {}\nhttp {\n include conf.d/*.conf;\n include /etc/nginx/extra.conf;\n}\n',
    'lb/conf.d/b.conf': 'upstream b { include pools/b[!x]; }\n',
    'lb/conf.d/a.conf': 'upstream a { server a; }\n',
    'lb/conf.d/.hidden.conf': 'upstream hidden { server h; }\n',
    'lb/pools/b1': 'server b1;\n',
    'lb/pools/bx': 'server bx;\n',
    'other/extra.conf': 'upstream extra { server e:1; }\n',
  };

  test('follow glob(3) from the main folder and the root map', () => {
    const config = read(files, { '/etc/nginx': './other/' });
    expect(config.pools.map((p) => [p.name, p.servers.map((s) => s.address), p.at.source.path])).toEqual([
      ['a', ['a'], 'lb/conf.d/a.conf'],
      ['b', ['b1'], 'lb/conf.d/b.conf'],
      ['extra', ['e'], 'other/extra.conf'],
    ]);
    expect([config.status, config.files.length]).toEqual(['read', 5]);
  });

  test('what is not read is said, with the way out', () => {
    const config = read({ ...files, 'third/extra.conf': '' });
    expect(problems(config)).toEqual([
      'unresolved-template-or-include 4:10 /etc/nginx/extra.conf is included but not read: it could be other/extra.conf and third/extra.conf.',
    ]);
    expect(config.status).toBe('partial');
  });

  test('an unread include in an upstream may list servers', () => {
    const config = read(http('upstream app { server a; include servers.inc; }'));
    expect(unknowns(config)).toContain('an included file that may list servers is not read');
  });

  test.each([
    ['../../etc/passwd', 'it lies outside this repository'],
    ['nginx.conf', 'it includes itself'],
    ['gone.conf', 'there is no such file here'],
  ])('include %s: %s', (path, reason) => {
    expect(problems(read(`include ${path};`))).toEqual([
      expect.stringContaining(`is included but not read: ${reason}.`),
    ]);
  });

  test('a part of a configuration may include from the folder above', () => {
    const config = read({
      'nginx/sites-enabled/app.conf': 'server { include snippets/app.conf; }',
      'nginx/snippets/app.conf': 'location / { proxy_pass http://10.0.0.1; }',
    });
    expect([config.status, config.references.length]).toEqual(['read', 1]);
  });
});

describe('nginx files', () => {
  test.each([
    ['nginx/conf.d/app.conf', 'upstream app {\n server a;\n}\n'],
    ['lb.conf', 'server {\n listen 80;\n location / {\n proxy_pass http://a;\n }\n}\n'],
    ['lb.conf', 'events {}\n'],
  ])('%s is recognised: %j', (path, text) => {
    expect(nginx.recognise(path, text)).toBeGreaterThanOrEqual(0.4);
  });

  test.each([
    ['haproxy.cfg', 'backend app\n server a 10.0.0.1:80\n'],
    ['main.tf', 'resource "aws_lb" "x" {\n  name = "x"\n}\n'],
    ['Caddyfile', 'example.com {\n reverse_proxy a:80 b:80\n}\n'],
    ['pools.yaml', 'pools:\n  - name: server\n'],
  ])('%s is not', (path, text) => {
    expect(nginx.recognise(path, text)).toBe(0);
  });

  test('a part belongs to stream when its servers pass on directly', () => {
    const config = read('upstream db { server a:1; }\nserver { listen 5432; proxy_pass db; }\n');
    expect([poolOf(config).protocol, config.references[0]?.protocol]).toEqual(['tcp', 'tcp']);
  });

  test('ignores cover their own line or the next directive', () => {
    const config = read(
      http(
        'upstream app {\nserver a weight=9; # evenkeel-ignore weight-imbalance -- big\n# evenkeel-ignore single-server -- lab\nserver b;\n}',
      ),
    );
    expect(config.ignores.map((i) => [i.rules, place(i.covers)])).toEqual([
      [['weight-imbalance'], '4:1'],
      [['single-server'], '6:1'],
    ]);
  });

  test('a broken file keeps what stands before the fault', () => {
    const config = read('events {}\nhttp {\nupstream a { server a; }\nserver { listen "80; }\n}\n');
    expect(problems(config)).toEqual(['config-unparsable 4:17 A quote is opened and never closed.']);
    expect([config.status, config.pools.length]).toEqual(['partial', 1]);
  });
});
