import { reader } from '../../../src/formats/nginx/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { place } from '../../support/place.ts';
import { http, poolOf, problems, read, unknowns } from './support.ts';

const shares = (config: Config): (readonly [string, number | undefined])[] =>
  config.pools.flatMap((pool) => pool.servers.map((server) => [server.name, server.weight.value] as const));

describe('words are those of nginx, whatever a template engine would make of them', () => {
  test.each([
    ['a tag that opens in a map and closes in a comment', 'map $uri $x { <% a; }', '# %>'],
    ['a tag in quotes', 'map $uri $x { "{{ a" b; }', 'map $uri $y { "}} a" b; }'],
    ['a tag in comments', '# {% if x %}', '# {% endif %}'],
    ['a mustache that is a block', 'map $uri $x { default "{{a}}"; }', ''],
  ])('%s hides no server', (_, before, after) => {
    const config = read(http(`${before}\nupstream app { server 10.0.0.1 weight=9; server 10.0.0.2; }\n${after}`));
    expect([shares(config), problems(config), config.status]).toEqual([
      [
        ['10.0.0.1:80', 9],
        ['10.0.0.2:80', 1],
      ],
      [],
      'read',
    ]);
  });

  test('a file that is a template by its name is read with its tags', () => {
    const text = 'upstream app {\n{% for s in servers %}\n server {{ s }}:80;\n{% endfor %}\n}\n';
    for (const name of ['app.conf.j2', 'app.conf']) {
      const config = read({ [name]: text });
      expect(unknowns(config)).toContain('the address of {{ s }}:80 is filled in by a template');
    }
  });

  test('both branches of a template may name one pool', () => {
    const branch = (server: string): string => `upstream app { server ${server}; }`;
    const config = read(`{% if x %}\n${branch('10.0.0.1')}\n{% else %}\n${branch('10.0.0.2')}\n{% endif %}`);
    expect(problems(config).filter((line) => line.startsWith('config-'))).toEqual([]);
  });

  test.each([
    ['4095 bytes', 4094, 0],
    ['4096 bytes', 4095, 1],
  ])('a comment of %s', (_, length, faults) => {
    expect(problems(read(http(`#${'x'.repeat(length)}`)))).toHaveLength(faults);
  });

  test.each([['\r\n'], ['\r']])('carriage returns part words (%j)', (end) => {
    const config = read(http(`upstream app {${end}server 10.0.0.1${end}weight=3;${end}}`));
    expect(shares(config)).toEqual([['10.0.0.1:80', 3]]);
  });

  test.each([['\v'], ['\f'], ['\u00a0']])('%j parts none', (blank) => {
    expect(shares(read(http(`upstream app { server 10.0.0.1${blank}weight=3; }`)))[0]?.[1]).toBe(1);
  });
});

describe('what a version refuses', () => {
  const readFor = (text: string, productVersion?: string): string[] =>
    problems(
      reader.read('nginx.conf', new MemoryTree({ 'nginx.conf': text }), {
        rootMap: {},
        ...(productVersion === undefined ? {} : { productVersion }),
      }),
    );
  const resolved = http('resolver 10.0.0.53;\nupstream a { zone a 64k; server app.example resolve; }');

  test.each([
    ['http { http2 on; }', '1.22', 1],
    ['http { http2 on; }', '1.28', 0],
    ['http { http2 on; }', undefined, 0],
    ['http { server { ssl on; } }', undefined, 0],
    ['http { server { ssl on; } }', '1.26', 1],
    ['stream { server { listen 1; server_name a; return ""; } }', '1.22', 1],
    ['stream { server { listen 1; server_name a; return ""; } }', '1.26', 0],
    ['http { keepalive_timeout 1q; }', undefined, 1],
  ])('%s, version %s: %i', (text, version, faults) => {
    expect(readFor(`events {}\n${text}`, version)).toHaveLength(faults);
  });

  test('names that are resolved again need a version and a zone', () => {
    expect([readFor(resolved), readFor(resolved, '1.22').length, readFor(resolved.replace('zone a 64k;', ''))]).toEqual(
      [[], 1, ['config-unparsable 4:34 Parameter resolve needs zone in the upstream a.']],
    );
  });

  test('a directive of an unknown module is kept as unread, one that is misspelt is refused', () => {
    const config = read(http('server { listen 80; brand_new_thing on; proxy_raed_timeout 5s; more_set_headers a; }'));
    expect([problems(config), unknowns(config)]).toEqual([
      ['config-unparsable 3:41 Unknown directive proxy_raed_timeout; did you mean proxy_read_timeout?'],
      ['brand_new_thing is not a directive of nginx, and what a module makes of it is unknown'],
    ]);
  });
});

describe('files that include others', () => {
  const dump = `nginx: configuration file /etc/nginx/nginx.conf test is successful
# configuration file /etc/nginx/nginx.conf:
events {}
http { include conf.d/*.conf; }

# configuration file /etc/nginx/conf.d/app.conf:
upstream app { server 10.0.0.1 weight=4; }
server { listen 80; location / { proxy_pass http://app; } }
`;

  test('the output of nginx -T is read as the files that it holds', () => {
    const config = read({ 'dump.conf': dump });
    expect([
      config.status,
      shares(config),
      place(poolOf(config).at),
      config.references.map(({ pool }) => pool),
    ]).toEqual(['read', [['10.0.0.1:80', 4]], '7:1', ['app']]);
  });

  test('what only looks like a dump hides nothing', () => {
    const text = `# configuration file /etc/nginx/nginx.conf:\nevents {}\n# configuration file /x:\nhttp { upstream app { server 10.0.0.1; } }\n`;
    expect(shares(read(text))).toEqual([['10.0.0.1:80', 1]]);
  });

  test('an absolute include is read from the only folder that fits, and that is said', () => {
    const config = read({
      'lb/nginx.conf': 'events {}\nhttp { include /etc/nginx/sites/*.conf; }\n',
      'lb/sites/a.conf': 'upstream a { server 10.0.0.1; }',
    });
    expect([shares(config), problems(config)]).toEqual([
      [['10.0.0.1:80', 1]],
      [
        'unresolved-template-or-include 2:16 /etc/nginx/sites/*.conf is read from lb, the only folder of this repository that fits.',
      ],
    ]);
  });

  test('without any pool, an include that is not read is an error with the line to add', () => {
    const [problem] = read('events {}\nhttp { include /srv/lb/*.conf; }\n').problems;
    expect([problem?.severity, problem?.fix.parts.map(({ text }) => text).join('')]).toEqual([
      'error',
      'Set root-map: { /srv/lb: ./FOLDER } in the checklist file, with the folder of this repository that holds it.',
    ]);
  });

  test('a part that could mean two files means none', () => {
    const config = read({
      'sites/a.conf': 'include pools.conf;\nserver { listen 80; }\n',
      'sites/pools.conf': 'upstream a { server 10.0.0.1; }',
      'pools.conf': 'upstream a { server 10.0.0.2; }',
    });
    expect(problems(config)).toEqual([expect.stringContaining('it could be sites/pools.conf and pools.conf')]);
  });

  test('beside an nginx.conf above it, a part means what that means', () => {
    const config = read({
      'sites/a.conf': 'include pools.conf;\nserver { listen 80; }\n',
      'sites/pools.conf': 'upstream a { server 10.0.0.1; }',
      'pools.conf': 'upstream a { server 10.0.0.2; }',
      'nginx.conf': '',
    });
    expect(shares(config)).toEqual([['10.0.0.2:80', 1]]);
  });

  test('includes are followed 64 deep, and what is cut is said', () => {
    const files = (depth: number): Record<string, string> =>
      Object.fromEntries(
        Array.from({ length: depth }, (_, i) => [
          i === 0 ? 'nginx.conf' : `f${i}`,
          i === depth - 1 ? 'upstream a { server 10.0.0.1; }' : `include f${i + 1};`,
        ]),
      );
    expect(shares(read(files(40)))).toHaveLength(1);
    expect(problems(read(files(80)))).toEqual([expect.stringContaining('includes are nested more than 64 deep')]);
  });
});

describe('addresses without an upstream', () => {
  test.each([
    ['proxy_pass http://10.0.0.5:5001/x;', '10.0.0.5:5001', '10.0.0.5', 5001],
    ['proxy_pass https://api.example;', 'api.example', 'api.example', 443],
    ['grpc_pass grpc://10.0.0.6:50051;', '10.0.0.6:50051', '10.0.0.6', 50_051],
    ['fastcgi_pass 127.0.0.1:9000;', '127.0.0.1:9000', '127.0.0.1', 9000],
  ])('%s is a pool of one server', (line, name, address, port) => {
    const pool = poolOf(read(http(`server { location / { ${line} } location /b { ${line} } }`)));
    expect([pool.name, pool.servers.map((server) => [server.name, server.address, server.port?.value])]).toEqual([
      name,
      [[name, address, port]],
    ]);
  });

  test('one that is only known as requests come is none', () => {
    expect(read(http('server { set $a 10.0.0.5; location / { proxy_pass http://$a:80; } }')).pools).toEqual([]);
  });
});
