import { predict } from '../../src/compare/predict.ts';
import { RULES } from '../../src/rules/list.ts';
import { plain } from '../../src/text/say.ts';
import { changeOf, findings, read, shown } from '../support/run-rules.ts';

function said(ids: readonly string[], format: string, base: string | undefined, head: string): string[] {
  const rules = RULES.filter(({ id }) => ids.includes(id));
  expect(rules).toHaveLength(ids.length);
  return findings(rules, changeOf(format, base, head)).map(shown);
}

const POOLS = ['one', 'two']
  .map((name, i) => `backend ${name}\n mode http\n server s 192.0.2.${i + 1}:80 check\n`)
  .join('');
const front = (...lines: readonly string[]): string =>
  `frontend in\n mode http\n bind :80\n${lines.map((line) => ` ${line}\n`).join('')} default_backend one\n${POOLS}`;

describe('the first condition that holds decides', () => {
  const narrow = 'use_backend two if { path_beg /ab/cd }';
  const wide = 'use_backend one if { path_beg /ab }';

  test('requests that reach another pool because lines are swapped', () => {
    expect(said(['retargeted-route', 'entry-changed'], 'haproxy', front(narrow, wide), front(wide, narrow))).toEqual([
      'warning retargeted-route 4: In frontend in, the requests if { path_beg /ab/cd } now match this line first: all reach one; before, all reach two.',
    ]);
    expect(said(['retargeted-route'], 'haproxy', front(wide, narrow), front(narrow, wide))).toHaveLength(1);
  });

  test.each([
    ['a longer prefix', wide, narrow, true],
    ['one path of the prefix', wide, 'use_backend two if { path /ab/x }', true],
    [
      'one host of a domain',
      'use_backend one if { hdr_end(host) .a.example }',
      'use_backend two if { hdr(host) x.a.example }',
      true,
    ],
    ['the same with a further condition', wide, 'use_backend two if { path_beg /ab/cd } { method POST }', false],
    ['case that the first one minds', wide, 'use_backend two if { path_beg -i /ab/cd }', false],
    [
      'case that neither minds',
      'use_backend one if { path_beg -i /AB }',
      'use_backend two if { path_beg -i /ab/cd }',
      true,
    ],
    ['a shorter prefix', narrow, 'use_backend two if { path_beg /ab }', false],
    ['the same pool', wide, 'use_backend one if { path_beg /ab/cd }', false],
    ['a condition turned round', 'use_backend one if !{ path_beg /ab }', narrow, false],
    ['several prefixes, one of them free', wide, 'use_backend two if { path_beg /ab/cd /x }', false],
    [
      'another name before a computed one',
      'use_backend %[path,map(a.map)]',
      'use_backend two if { path_beg /z }',
      true,
    ],
  ])('nothing reaches %s', (_, first, second, dead) => {
    expect(said(['unreachable-route'], 'haproxy', undefined, front(first, second))).toHaveLength(dead ? 1 : 0);
  });

  test('a deny in the backend is reported at its line', () => {
    const head = front().replace('backend one\n mode http\n', 'backend one\n mode http\n http-request deny\n');
    expect(said(['requests-refused'], 'haproxy', front(), head)[0]).toMatch(/^error requests-refused 7: /);
  });
});

describe('what is named by nobody, or by anybody', () => {
  const nginx = (http: string, target: string): string =>
    `events {}\nhttp {\n${http}\nupstream a { server 192.0.2.1:80; server 192.0.2.2:80; }\nupstream b { server 192.0.2.3:80; server 192.0.2.4:80; }\nserver { listen 80; location / { proxy_pass ${target}; } }\n}\n`;

  test('a split of less than the whole leaves requests without a pool', () => {
    const text = nginx('split_clients $request_id $to { 15% a; 65% b; }', 'http://$to');
    expect(said(['routing-hole'], 'nginx', undefined, text)).toEqual([
      'error routing-hole 3: The parts of $to are less than 100%: for 20% of the requests it is empty.',
    ]);
    const [route] = read('nginx', text).routes;
    expect(route?.to.map(({ to, weight }) => [to.kind, weight.value])).toEqual([
      ['pool', 15],
      ['pool', 65],
      ['answer', 20],
    ]);
    expect(
      said(['routing-hole'], 'nginx', undefined, nginx('split_clients $x $to { 15% a; * b; }', 'http://$to')),
    ).toEqual([]);
  });

  test('a map without a default', () => {
    const map = (more: string): string => nginx(`map $host $to { x.example a; y.example b; ${more} }`, 'http://$to');
    expect(said(['routing-hole'], 'nginx', undefined, map(''))[0]).toMatch(/^warning routing-hole 3: /);
    expect(said(['routing-hole'], 'nginx', undefined, map('default a;'))).toEqual([]);
  });

  test.each([
    ['http://$arg_to', 1],
    ['http://${cookie_to}:8080/x', 1],
    ['https://$http_x_to', 1],
    ['http://a/$arg_page', 0],
    ['http://$upstream_of_mine', 0],
  ])('who chooses %s', (target, count) => {
    expect(said(['open-proxy'], 'nginx', undefined, nginx('', target))).toHaveLength(count);
  });

  test('a host that is redirected is no route lost', () => {
    const at = (location: string): string =>
      `events {}\nhttp {\nupstream a { server 192.0.2.1:80; server 192.0.2.2:80; }\nserver { listen 80; server_name x.example; location / { ${location} } }\nserver { listen 80; server_name y.example; location / { proxy_pass http://a; } }\n}\n`;
    const found = said(
      ['retargeted-route', 'entry-changed'],
      'nginx',
      at('proxy_pass http://a;'),
      at('return 301 https://y.example$request_uri;'),
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^notice entry-changed /);
  });
});

describe('state outside the pool', () => {
  const backend = (...lines: readonly string[]): ReturnType<typeof predict> | undefined => {
    const text = `backend b\n balance roundrobin\n${lines.map((line) => ` ${line}\n`).join('')}`;
    const [pool] = read('haproxy', text).pools;
    return pool && predict(pool);
  };
  const two = ['server a 192.0.2.1:80 check', 'server b 192.0.2.2:80 check'];

  test.each([
    ['stick on dst', ['stick-table type ip size 9', 'stick on dst', ...two], 'unknown'],
    ['stick on str(x)', ['stick-table type string size 9', 'stick on str(x)', ...two], 'unknown'],
    ['stick on src', ['stick-table type ip size 9', 'stick on src', ...two], 'exact'],
    ['a server state file', ['load-server-state-from-file global', ...two], 'conditional'],
    ['no server state file', ['load-server-state-from-file none', ...two], 'exact'],
    ['an agent', [`${two[0]} agent-check agent-port 9`, two[1] ?? ''], 'conditional'],
    ['a template without resolvers', ['server-template t 3 site.example:80'], 'conditional'],
  ])('%s', (_, lines, expected) => {
    expect(backend(...lines)?.predictability).toBe(expected);
  });

  test('addresses of fewer than four parts are said to be others', () => {
    const config = read('haproxy', 'backend b\n server a 10.20.7:80\n server b 10.5:80\n server c 10.0.0.300:80\n');
    expect(config.pools[0]?.servers.map(({ address }) => address)).toEqual(['10.20.0.7', '10.0.0.5', '10.0.0.300']);
    expect(config.problems.map(({ what, severity }) => `${severity ?? 'error'} ${plain(what)}`).slice(0, 2)).toEqual([
      'warning 10.20.7 has fewer than four parts, and HAProxy reads it as 10.20.0.7.',
      'warning 10.5 has fewer than four parts, and HAProxy reads it as 10.0.0.5.',
    ]);
  });
});
