import { plain } from '../../../src/text/say.ts';
import { place } from '../../support/place.ts';
import { http, poolOf, problems, read, unknowns, upstream } from './support.ts';

describe('nginx servers', () => {
  test('parameters, their defaults and their places', () => {
    const p = upstream(
      'server 10.0.0.1:81 weight=3 max_fails=2 fail_timeout=1m max_conns=9;\nserver 10.0.0.2 down;\nserver 10.0.0.3:81 backup;',
    );
    const [a, b, c] = p.servers;
    expect([a?.name, a?.address, a?.port?.value, a?.weight.value, place(a?.weight.at), place(a?.at)]).toEqual([
      '10.0.0.1:81',
      '10.0.0.1',
      81,
      3,
      '4:20',
      '4:1',
    ]);
    expect([a?.passiveCheck?.maxFails.value, a?.passiveCheck?.ejectMs?.value, a?.maxConnections?.value]).toEqual([
      2, 60_000, 9,
    ]);
    expect([b?.name, b?.port?.value, b?.port?.written, b?.state.value, place(b?.state.at)]).toEqual([
      '10.0.0.2:80',
      80,
      false,
      'down',
      '5:17',
    ]);
    expect([b?.passiveCheck?.maxFails.value, b?.passiveCheck?.ejectMs?.value, b?.weight.written]).toEqual([
      1,
      10_000,
      false,
    ]);
    expect([c?.priority.value, c?.activeCheck]).toEqual([1, undefined]);
    expect([p.algorithm.value?.kind, p.algorithm.written, p.spill.standby, p.dynamic]).toEqual([
      'round-robin',
      false,
      'all',
      false,
    ]);
  });

  test.each([
    ['[2001:db8::1]:81', '2001:db8::1', 81, '[2001:db8::1]:81'],
    ['[::1]', '::1', 80, '[::1]:80'],
    ['unix:/run/app.sock', 'unix:/run/app.sock', undefined, 'unix:/run/app.sock'],
    ['app.example', 'app.example', 80, 'app.example:80'],
    ['"app:3000"', 'app', 3000, 'app:3000'],
  ])('address %s', (written, address, port, name) => {
    const [server] = upstream(`server ${written};`).servers;
    expect([server?.address, server?.port?.value, server?.name]).toEqual([address, port, name]);
  });

  test('parameters of NGINX Plus and of newer versions', () => {
    const p = upstream(
      'zone z 64k;\nserver app.example service=_http._tcp resolve;\nserver 10.0.0.1 route=a slow_start=30s drain;',
    );
    const [named, drained] = p.servers;
    expect([p.dynamic, named?.options.get('service')?.value, named?.options.has('resolve')]).toEqual([
      true,
      '_http._tcp',
      true,
    ]);
    expect([drained?.stickyValue?.value, drained?.slowStartMs?.value, drained?.state.value]).toEqual([
      'a',
      30_000,
      'drain',
    ]);
  });

  test('one address twice is two servers', () => {
    expect(upstream('server 10.0.0.1;\nserver 10.0.0.1:80;').servers.map((s) => s.name)).toEqual([
      '10.0.0.1:80',
      '10.0.0.1:80#2',
    ]);
  });

  test.each([
    ['server a wieght=3;', 'config-unparsable 4:10 Unknown parameter wieght=3 of server; did you mean weight=3?'],
    ['server a donw;', 'config-unparsable 4:10 Unknown parameter donw of server; did you mean down?'],
    ['server a weight=0;', 'invalid-weight 4:10 Invalid weight weight=0: nginx accepts whole numbers from 1.'],
    ['server a weight=1.5;', 'invalid-weight 4:10 Invalid weight weight=1.5: nginx accepts whole numbers from 1.'],
    ['server a max_conns=1k;', 'config-unparsable 4:10 max_conns=1k is not a whole number.'],
    ['server a fail_timeout=;', 'config-unparsable 4:10 fail_timeout= is not a duration in whole seconds.'],
    ['server a fail_timeout=10ms;', 'config-unparsable 4:10 fail_timeout=10ms is not a duration in whole seconds.'],
    ['server http://a:80;', 'config-unparsable 4:8 Invalid address http://a:80: server takes no http://.'],
    ['server a:80/x;', 'config-unparsable 4:8 A server takes no path, but a:80/x has one.'],
    ['server a:99999;', 'config-unparsable 4:8 Invalid port 99999.'],
    ['server a backup;', 'config-unparsable 3:1 Every server of app is a backup.'],
    ['least_conn;', 'config-unparsable 3:1 The upstream app has no server.'],
    ['lest_conn;\nserver a;', 'config-unparsable 4:1 Unknown directive lest_conn; did you mean least_conn?'],
    ['hash;\nserver a;', 'config-unparsable 4:1 Directive hash has no argument, and needs one.'],
    ['ip_hash;\nserver a backup;\nserver b;', 'config-unparsable 5:10 backup cannot be used with ip_hash.'],
  ])('%s', (lines, problem) => {
    expect(problems(read(http(`upstream app {\n${lines}\n}`)))).toEqual([problem]);
  });

  test.each([
    ['host example.com;', []],
    ['gzip_vary on;', []],
    ['roto /srv;', ['config-unparsable Unknown directive roto; did you mean root?']],
    ['maps $uri $way { default a; }', ['config-unparsable Unknown directive maps; did you mean map?']],
    ['sever { listen 80; }', ['config-unparsable Unknown directive sever; did you mean server?']],
  ])('a short name of another module is no misspelling, a name that begins alike is one: %s', (line, expected) => {
    const { problems: found } = read(http(`upstream a { server b; }\n${line}`));
    expect(found.map(({ rule, what }) => `${rule} ${plain(what)}`)).toEqual(expected);
  });

  test('a missing semicolon is named where it belongs, and both lines are read', () => {
    const config = read(http('upstream app {\nkeepalive 8\nserver 10.0.0.1 weight=3\nserver 10.0.0.2;\n}'));
    expect(problems(config)).toEqual([
      'config-unparsable 4:1 Directive keepalive runs on into server on a later line.',
      'config-unparsable 5:1 Directive server runs on into server on a later line.',
    ]);
    expect(config.problems.map(({ fix }) => plain(fix))).toEqual(['Add ; at its end.', 'Add ; at its end.']);
    expect(poolOf(config).servers.map((s) => [s.name, s.weight.value])).toEqual([
      ['10.0.0.1:80', 3],
      ['10.0.0.2:80', 1],
    ]);
  });

  test('a missing semicolon before a brace does not hide the rest of the file', () => {
    const config = read(http('upstream app {\nserver a;\nserver b\n}\nupstream next { server c; }'));
    expect(problems(config)).toEqual(['config-unparsable 5:1 Directive server is not ended by ; before }.']);
    expect(config.pools.map((p) => p.servers.length)).toEqual([2, 1]);
  });
});

describe('nginx methods', () => {
  const hashBy = (of: string, native: string, hash: string): object => ({
    kind: 'hash',
    key: { of, native },
    lookup: { table: hash === 'crc32-chain' ? 'ring' : 'slots', hash },
  });

  test.each([
    ['least_conn;', { kind: 'least-connections', idle: 'by-weight', loaded: 'by-weight' }],
    ['ip_hash;', hashBy('source', '$remote_addr/24', 'octets')],
    ['hash $remote_addr;', hashBy('source', '$remote_addr', 'crc32-15')],
    ['hash $binary_remote_addr consistent;', hashBy('source', '$binary_remote_addr', 'crc32-chain')],
    ['hash $request_uri consistent;', hashBy('uri', '$request_uri', 'crc32-chain')],
    ['hash "${scheme}${uri}";', hashBy('uri', '${scheme}${uri}', 'crc32-15')],
    ['hash $cookie_user;', hashBy('cookie', '$cookie_user', 'crc32-15')],
    ['hash $host;', hashBy('header', '$host', 'crc32-15')],
    ['random;', { kind: 'random', choices: 1, draw: 'by-weight' }],
    ['random two;', { kind: 'random', choices: 2, draw: 'by-weight', idle: 'inverted' }],
    ['random two least_conn;', { kind: 'random', choices: 2, draw: 'by-weight', idle: 'inverted' }],
    ['random two least_time=header;', { kind: 'least-time' }],
    ['least_time last_byte inflight;', { kind: 'least-time' }],
    ['balancer_by_lua_block { local s = "}" --[[ } ]] f({}) }', { kind: 'unknown' }],
    ['ip_hash; least_conn;', { kind: 'least-connections' }],
  ])('%s', (line, meaning) => {
    expect(upstream(`${line}\nserver a;\nserver b;`).algorithm.value).toMatchObject(meaning);
  });

  test.each([
    ['sticky cookie srv_id expires=1h domain=.example.com path=/;', 'cookie', 'srv_id', 3_600_000],
    ['sticky cookie srv_id expires=max;', 'cookie', 'srv_id', undefined],
    ['sticky route $route_cookie $route_uri;', 'app-cookie', '$route_cookie $route_uri', undefined],
    ['sticky route $arg_r;', 'header', '$arg_r', undefined],
    ['sticky learn create=$upstream_cookie_s lookup=$cookie_s zone=c:1m;', 'app-cookie', '$cookie_s', 600_000],
    ['sticky name=route;', 'cookie', 'route', undefined],
    ['sticky;', 'cookie', undefined, undefined],
  ])('%s', (line, type, name, ttl) => {
    const { stickiness } = upstream(`server a;\n${line}`);
    expect([stickiness?.type, stickiness?.name?.value, stickiness?.ttlMs?.value]).toEqual([type, name, ttl]);
  });

  test('other settings of the pool, without those that say the default', () => {
    const p = upstream(
      'server a;\nzone z 64k;\nkeepalive 16;\nkeepalive_timeout 1m;\nkeepalive_requests 50;\nqueue 10 timeout=2s;',
    );
    expect([...p.options].map(([name, { value }]) => [name, value])).toEqual([
      ['zone', 'z 64k'],
      ['keepalive', '16'],
      ['keepalive_requests', '50'],
      ['queue', '10 timeout=2s'],
    ]);
    expect(p.timeouts.queueMs?.value).toBe(2000);
  });

  test('the check of the widespread third-party module', () => {
    const p = upstream('server a;\nserver b;\ncheck interval=3000 rise=2 fall=4 type=http;');
    expect(
      p.servers.map((s) => [s.activeCheck?.type, s.activeCheck?.intervalMs?.value, s.activeCheck?.fall?.value]),
    ).toEqual([
      ['http', 3000, 4],
      ['http', 3000, 4],
    ]);
  });
});

describe('what nginx is not told', () => {
  test('a template in one parameter leaves the others as they are written', () => {
    const config = read(
      'upstream app {\n server 10.0.0.1:80 weight={{ weight }} max_fails=3;\n server ${HOST}:8080 weight=2;\n server web:${PORT};\n}\n',
    );
    expect(
      poolOf(config).servers.map((s) => [s.address, s.port?.value, s.weight.value, s.passiveCheck?.maxFails.value]),
    ).toEqual([
      ['10.0.0.1', 80, undefined, 3],
      [undefined, 8080, 2, 1],
      ['web', undefined, 1, 1],
    ]);
    expect(unknowns(config)).toEqual([
      'the weight of 10.0.0.1:80 is filled in by a template',
      'the address of ${HOST}:8080 is filled in by a template',
      'the port of web:${PORT} is filled in by a template',
    ]);
    expect(problems(config)).toEqual([
      'unresolved-template-or-include 2:21 This is filled in by a template, so what it says is not checked.',
    ]);
    expect(config.status).toBe('partial');
  });

  test('a whole parameter from a template may be any of them', () => {
    const [server] = poolOf(read('upstream app { server a:1 {{ extra }} weight=2; }')).servers;
    expect([server?.weight.value, server?.state.value, server?.priority.value]).toEqual([2, undefined, undefined]);
  });

  test.each([
    ['{% for s in servers %}\n server {{ s }}:80;\n{% endfor %}\n server 10.0.0.9;'],
    ['{{- range .Servers }}\n server {{ .Host }}:80;\n{{- end }}\n server 10.0.0.9;'],
    ['<% @servers.each do |s| %>\n server <%= s %>:80;\n<% end %>\n server 10.0.0.9;'],
    ['{{#servers}}\n server {{host}}:80;\n{{/servers}}\n server 10.0.0.9;'],
  ])('servers in a loop are not told, those beside it are: %s', (lines) => {
    const config = read(http(`upstream app {\n${lines}\n}\nupstream other { server b; }`));
    expect(poolOf(config, 'app').servers.map((s) => [s.address, s.state.value])).toEqual([
      [undefined, undefined],
      ['10.0.0.9', 'up'],
    ]);
    expect(poolOf(config, 'other').unknowns).toEqual([]);
  });
});

describe('stream upstreams', () => {
  test('have no default port, and datagrams are told by the listener', () => {
    const config = read(
      'events {}\nstream {\nupstream db { server a:1; server b; }\nserver { listen 53 udp; proxy_pass db; }\n}',
    );
    expect([poolOf(config).protocol, problems(config)]).toEqual(['udp', ['config-unparsable 3:34 b has no port.']]);
  });
});
