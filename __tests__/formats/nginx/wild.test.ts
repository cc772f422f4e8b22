import { activeServers } from '../../../src/compare/stages.ts';
import { predict } from '../../../src/compare/predict.ts';
import type { Algorithm } from '../../../src/model/algorithm.ts';
import { http, poolOf, problems, read, unknowns, upstream } from './support.ts';

/** What configurations in the wild do beside the plain cases. */
describe('modules that nginx does not bring', () => {
  test('a pool that Lua balances tells nothing of its placeholder', () => {
    const pool = upstream('server 0.0.0.1;\nbalancer_by_lua_block { local b = require "ngx.balancer" }');
    expect([pool.dynamic, predict(pool).predictability, predict(pool).shares[0]?.idle]).toEqual([
      true,
      'unknown',
      { low: 0, high: 1 },
    ]);
  });

  test('a directive that is not known may be how servers are picked', () => {
    const pool = upstream('server a;\nserver b;\newma;');
    expect([pool.algorithm.value, predict(pool).predictability]).toEqual([
      { kind: 'unknown', native: 'ewma' },
      'unknown',
    ]);
    expect(predict(upstream('server 10.0.0.1;\nserver 10.0.0.2;\ncheck_shm_size 10m;')).predictability).toBe('exact');
  });

  test('vnswrr takes turns, jvm_route keeps a session', () => {
    expect(predict(upstream('vnswrr;\nserver a weight=3;\nserver b;')).shares.map(({ idle }) => idle)).toEqual([
      0.75, 0.25,
    ]);
    expect(upstream('jvm_route $cookie_ID|id;\nserver a srun_id=a;\nserver b srun_id=b;').stickiness?.type).toBe(
      'app-cookie',
    );
  });

  test.each([
    'least_time connect;',
    'least_time first_byte inflight;',
    'least_time last_byte;',
    'random two least_time=connect;',
  ])('%s of NGINX Plus is no fault', (method) => {
    expect(problems(read(`events {}\nstream { upstream a { ${method} server a:1; server b:1; } }`))).toEqual([]);
  });

  test('a service record has the ports', () => {
    const text = (parameters: string): string =>
      `events {}\nstream { upstream a { zone z 64k; server a.example ${parameters}; } }`;
    expect(problems(read(text('service=_db._tcp resolve')))).toEqual([]);
    expect(problems(read(text('')))).toHaveLength(1);
  });

  test('a mail block is no misspelt map', () => {
    expect(problems(read('events {}\nmail { server { listen 25; protocol smtp; } }'))).toEqual([]);
  });
});

describe('where traffic goes', () => {
  test.each(['$request_uri', '$uri$is_args$args', '${document_uri}', '/$1', '?$args'])(
    'what follows the name of the pool is no part of it: %s',
    (rest) => {
      const [reference] = read(
        http(`upstream app { server a; }\nserver { location / { proxy_pass http://app${rest}; } }`),
      ).references;
      expect(reference?.pool).toBe('app');
    },
  );

  test('failures on several lines add up, as nginx adds them', () => {
    const lines = 'proxy_next_upstream error timeout;\nproxy_next_upstream http_502 error;';
    const config = read(http(`upstream app { server a; }\nserver { location / { ${lines} proxy_pass http://app; } }`));
    expect([problems(config), config.references[0]?.options.get('proxy_next_upstream')?.value]).toEqual([
      [],
      'error http_502 timeout',
    ]);
  });

  test('a port that a template fills in is no listener', () => {
    expect(read(http('server { listen ${PORT}; }')).listeners).toEqual([]);
  });
});

describe('what is not there', () => {
  test('servers without their upstream are not said to be read', () => {
    const config = read('server 10.0.0.1 weight=2;\nserver 10.0.0.2;\n');
    expect([config.status, config.pools, unknowns(config)]).toEqual([
      'partial',
      [],
      ['these servers belong to the upstream that includes this file'],
    ]);
  });

  test('a byte order mark, which nginx refuses, is told and the rest is read', () => {
    const config = read(`\u{feff}${http('upstream app { server a; }')}`);
    expect([problems(config), poolOf(config).name]).toEqual([
      ['config-unparsable 1:1 The file begins with a byte order mark.'],
      'app',
    ]);
  });

  test('a port that is none is a fault, not a template', () => {
    const config = read(http('upstream app { server 10.0.0.1:99999; }'));
    expect([problems(config), unknowns(config)]).toEqual([['config-unparsable 3:23 Invalid port 99999.'], []]);
  });

  test('max_conns=0 is no limit', () => {
    expect(upstream('server a max_conns=0;').servers[0]?.maxConnections).toBeUndefined();
  });

  test.each(['%%PORT%%', '@@PORT@@', '__PORT__'])('%s stands for something else', (port) => {
    const config = read(http(`upstream app { server 10.0.0.1:${port}; }`));
    expect([problems(config).filter((line) => line.startsWith('config-')), unknowns(config)]).toEqual([
      [],
      [`the port of 10.0.0.1:${port} is filled in by a template`],
    ]);
    expect(poolOf(config).servers[0]?.address).toBe('10.0.0.1');
  });

  test('a template that breaks the grammar is a template, not a fault', () => {
    const text = '{% if x %}\nupstream a { server b; }\n{% endif %}\nserver { a "b"c; }';
    expect(problems(read(text)).filter((line) => !line.startsWith('unresolved-template-or-include'))).toEqual([]);
    expect(problems(read(text))[0]).toContain('not all of it can be read: Unexpected c after a closing quote.');
  });

  test.each(['proxy_params', '/etc/letsencrypt/options-ssl-nginx.conf', 'snippets/fastcgi-php.conf'])(
    '%s of nginx holds no servers where it is meant to be, and may hold any elsewhere',
    (path) => {
      expect(read(http(`server { location / { include ${path}; } }`)).status).toBe('read');
      expect(read(http(`include ${path};`)).status).toBe('partial');
    },
  );

  test.each(['/srv/modules/pools.conf', '/opt/mime.types', 'modules-enabled/pools.conf', 'extra/proxy_params'])(
    'a path that looks like a file of nginx silences nothing: %s',
    (path) => {
      expect(problems(read(http(`include ${path};`)))).toEqual([
        expect.stringContaining(`${path} is included but not read`),
      ]);
    },
  );
});

describe('a template decides how servers are picked', () => {
  const two = 'server 10.0.0.1;\nserver 10.0.0.2 weight=3;';

  test.each([
    '${LB_METHOD};',
    '$LB_METHOD;',
    '{{ method }};',
    '%%METHOD%%;',
    'least_${METHOD};',
    'hash $request_uri ${MODE};',
    'hash {{ key }} consistent;',
    'hash ${KEY};',
    'random ${TWO};',
    '{% if sticky %}\nip_hash;\n{% endif %}',
    '{% if sticky %}\nip_hash;\n{% else %}\nleast_conn;\n{% endif %}',
    'ip_hash;\n${LB_METHOD};',
  ])('%s is not told', (lines) => {
    const config = read(http(`upstream app {\n${lines}\n${two}\n}`));
    const pool = poolOf(config);
    expect([pool.algorithm.value, predict(pool).predictability, activeServers(pool)]).toEqual([
      undefined,
      'unknown',
      2,
    ]);
    expect(unknowns(config)).toEqual(['a template decides how servers are picked']);
    expect(pool.overridden).toBeUndefined();
  });

  test("nginx's own variables, a later plain method and an argument that may be empty tell all", () => {
    const method = (lines: string): Algorithm | undefined => upstream(`${lines}\n${two}`).algorithm.value;
    expect(method('hash $request_uri$is_args consistent;')).toMatchObject({ kind: 'hash', key: { of: 'uri' } });
    expect(method('${LB_METHOD};\nleast_conn;')?.kind).toBe('least-connections');
    expect(problems(read(http(`upstream app {\nleast_conn $X;\n${two}\n}`)))).toEqual([]);
  });

  test('what runs on into the next line may hold more servers', () => {
    expect(activeServers(upstream('${LB_METHOD}\nserver 10.0.0.1;\nserver 10.0.0.2;'))).toBeNull();
  });

  test('a setting of the environment has no value', () => {
    expect(upstream(`keepalive $CONNECTIONS;\n${two}`).options.get('keepalive')?.value).toBeUndefined();
  });
});
