import { load } from '../../../src/formats/nginx/includes.ts';
import { findLocation } from '../../../src/formats/nginx/locations.ts';
import { serverBlocks, type LocationBlock, type ServerBlock } from '../../../src/formats/nginx/server-blocks.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { send } from '../../support/real/client.ts';
import { freePort } from '../../support/real/ports.ts';
import { describeReal, startServer } from '../../support/real-servers.ts';
import { random } from '../../support/random.ts';
import { place } from '../../support/place.ts';
import { http } from './support.ts';

function blocksOf(text: string): readonly ServerBlock[] {
  const { directives } = load('nginx.conf', new MemoryTree({ 'nginx.conf': text }), { rootMap: {} }, () => false);
  const inside = directives.find(({ name }) => name === 'http')?.block ?? [];
  return serverBlocks(inside, 'http');
}

const pathOf = ({ match }: LocationBlock): string => `${match.kind}${match.final ? '!' : ''} ${match.path}`;

describe('servers as entries', () => {
  const [first, second] = blocksOf(
    http(`limit_req zone=all burst=5; deny 10.0.0.9;
server {
  listen 80 default_server; listen [::]:443 ssl; server_name a.example b.example;
  root /srv;
  if ($bad) { return 503; }
  set $x 1;
  rewrite ^/a /b last;
  location / { try_files $uri @app; }
  location ^~ /static/ { alias /files/; }
  location ~ \\.php$ { fastcgi_pass 127.0.0.1:9000; }
  location /a/ { allow 10.0.0.0/8; deny all; proxy_pass http://127.0.0.1:1/x/; location ~ /a/.*\\.js$ { return 204; } }
  location = /up { stub_status; }
  location @app { internal; proxy_pass http://127.0.0.1:2; limit_conn per 5; }
}
server { return 301 https://$host$request_uri; }`),
  );

  test('listens, names and places', () => {
    expect([
      first?.listens.map((l) => [l.address, l.isDefault, l.words]),
      first?.names.map(({ text }) => text),
    ]).toEqual([
      [
        ['80', true, ['default_server']],
        ['[::]:443', false, ['ssl']],
      ],
      ['a.example', 'b.example'],
    ]);
    expect([place(first?.at), place(first?.listens[1]?.at), second?.listens[0]?.address]).toEqual([
      '4:1',
      '5:29',
      '*:80',
    ]);
  });

  test('steps of the rewrite module keep their order, with the blocks of conditions', () => {
    expect(first?.steps.map((step) => step.kind)).toEqual(['if', 'set', 'rewrite']);
    const [condition] = first?.steps ?? [];
    expect(condition?.kind === 'if' ? [condition.condition, condition.block.steps] : []).toMatchObject([
      '($bad)',
      [{ kind: 'return', status: 503, text: '' }],
    ]);
    expect(second?.steps).toMatchObject([{ kind: 'return', status: 301, text: 'https://$host$request_uri' }]);
  });

  test('locations are in the order in which they decide, nested ones inside', () => {
    expect(first?.locations.map(pathOf)).toEqual([
      'exact /up',
      'prefix! /static/',
      'regex \\.php$',
      'prefix /a/',
      'prefix /',
      'named @app',
    ]);
    const nested = first?.locations.find(({ match }) => match.path === '/a/');
    expect([nested?.locations.map(pathOf), nested?.pass?.target]).toEqual([
      ['regex /a/.*\\.js$'],
      'http://127.0.0.1:1/x/',
    ]);
  });

  test('what answers, with what is inherited', () => {
    const at = (path: string): LocationBlock | undefined => first?.locations.find(({ match }) => match.path === path);
    expect(at('/')?.files.map(({ directive, words }) => [directive, ...words])).toEqual([
      ['root', '/srv'],
      ['try_files', '$uri', '@app'],
    ]);
    expect(at('/static/')?.files.map(({ words }) => words)).toEqual([['/files/']]);
    expect([at('/up')?.handler?.name, at('/up')?.pass, place(at('@app')?.internal)]).toEqual([
      'stub_status',
      undefined,
      '15:19',
    ]);
    expect([at('/')?.access.map(({ who }) => who), at('/a/')?.access.map(({ allow, who }) => [allow, who])]).toEqual([
      ['10.0.0.9'],
      [
        [true, '10.0.0.0/8'],
        [false, 'all'],
      ],
    ]);
    expect(at('@app')?.limits.map(({ directive, zone }) => [directive, zone])).toEqual([
      ['limit_req', 'all'],
      ['limit_conn', 'per'],
    ]);
  });

  test.each([
    ['/up', 'exact /up'],
    ['/upper', 'prefix /'],
    ['/static/x.php', 'prefix! /static/'],
    ['/a/x.php', 'regex \\.php$'],
    ['/a/x.js', 'regex /a/.*\\.js$'],
    ['/a', 'redirect prefix /a/'],
  ])('%s is answered by %s', (path, expected) => {
    const found = findLocation(first?.locations ?? [], path);
    const location = found.found === 'none' ? 'none' : pathOf(found.location);
    expect(found.found === 'redirect' ? `redirect ${location}` : location).toBe(expected);
  });

  test.each(['(a+)+$', '(?i)x', 'a++', '\\Ax', '(a|b)*c', 'x*y*z*w*'])('%s is not tried', (pattern) => {
    const [server] = blocksOf(http(`server { location ~ "${pattern}" { return 204; } }`));
    expect(findLocation(server?.locations ?? [], '/aaaa').found).toBe('unknown');
  });
});

const SEGMENTS = ['a', 'b', 'ab', 'a.php', 'b.js'];
const PATTERNS = ['\\.php$', '^/a', 'b', '\\.js$', '^/a/b', '/(a|b)$', '^/[ab]+/'];

/** The lines of some locations, nested at times, each of which answers with its own number. */
function randomLocations(next: () => number, parent: string, depth: number, count: { value: number }): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const seen = new Set<string>();
  const lines: string[] = [];
  for (let n = 1 + Math.floor(next() * 4); n > 0; n--) {
    const kind = pick(['', '', '=', '^~', '~', '~*']);
    const path = kind.startsWith('~')
      ? pick(PATTERNS)
      : `${parent}${parent.endsWith('/') ? '' : pick(['/', ''])}${pick(SEGMENTS)}${pick(['', '/'])}`;
    const start = path.startsWith('/') || kind.startsWith('~') ? path : `/${path}`;
    const key = `${kind === '=' ? '=' : ''}${start}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const number = ++count.value;
    const plain = !kind.startsWith('~') && kind !== '=';
    const inner = depth < 2 && plain && next() < 0.5 ? randomLocations(next, start, depth + 1, count) : '';
    const answer =
      next() < 0.3
        ? `proxy_pass http://unix:/none:; error_page 502 =200 @n${number}; add_header X-Backend redirect;`
        : `add_header X-Backend ${number}; return 200 "${number}";`;
    lines.push(`location ${kind} ${start} { ${answer} ${inner} }`);
  }
  return lines.join('\n');
}

describeReal('nginx', 'which location answers', () => {
  test('as real nginx finds it (200 seeded sets, 12 paths each)', async () => {
    const next = random(20261201);
    const port = await freePort();
    const sets = Array.from({ length: 200 }, () => {
      const count = { value: 0 };
      const lines = randomLocations(next, '', 0, count);
      const named = Array.from(
        { length: count.value },
        (_, i) => `location @n${i + 1} { add_header X-Backend ${i + 1}; return 200; }`,
      );
      return `${lines}\n${named.join('\n')}`;
    });
    const text = http(
      sets
        .map(
          (lines, i) =>
            `server { listen 127.0.0.1:${port}; server_name s${i}; error_page 404 =200 @none;\n${lines}\nlocation @none { add_header X-Backend none; return 200; } }`,
        )
        .join('\n'),
    );
    await startServer('nginx', text, port);
    const servers = blocksOf(text);
    const wrong: object[] = [];
    for (const [i, server] of servers.entries()) {
      const paths = Array.from({ length: 12 }, () => {
        const parts = Array.from(
          { length: 1 + Math.floor(next() * 3) },
          () => SEGMENTS[Math.floor(next() * SEGMENTS.length)],
        );
        return `/${parts.join('/')}${next() < 0.3 ? '/' : ''}`;
      });
      const { order } = await send(port, paths.length, {
        path: (j) => paths[j] ?? '/',
        headers: () => ({ host: `s${i}` }),
      });
      for (const [j, path] of paths.entries()) {
        const found = findLocation(server.locations, path);
        const ours = found.found === 'location' ? numberOf(found.location) : found.found;
        if (ours !== order[j]) wrong.push({ server: sets[i], path, ours, real: order[j] });
      }
    }
    expect(wrong).toEqual([]);
  }, 60_000);
});

function numberOf({ steps, source }: LocationBlock): string {
  const [step] = steps;
  if (step?.kind === 'return') return step.text;
  const page = source.block?.find(({ name }) => name === 'error_page');
  return page?.args.at(-1)?.text.slice(2) ?? '';
}
