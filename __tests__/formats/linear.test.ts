import { FORMATS } from '../../src/formats/list.ts';
import type { Config } from '../../src/model/config.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { plain } from '../../src/text/say.ts';
import { cpuMs } from '../support/cpu.ts';

/**
 * A file eight times as long may take about eight times the work, not sixty-four times. Work is CPU time, the least of three
 * runs; the bound lies far from both, and inputs are so long that what is quadratic takes seconds.
 */
const LENGTH = 20_000;
const TIMES = 8;
const BOUND = 24;
const NOISE_MS = 100;

/** Texts of about `length` characters. */
type Make = (length: number) => string;

const repeated =
  (part: string, before = '', after = ''): Make =>
  (length) =>
    before + part.repeat(Math.ceil(length / part.length)) + after;
const inHttp = (part: string, before: string, after: string): Make =>
  repeated(part, `events {}\nhttp {\n${before}`, `${after}\n}\n`);

function work(run: () => void): number {
  return Math.min(...[1, 2, 3].map(() => cpuMs(run)));
}

function expectLinear(run: (text: string) => void, make: Make): void {
  const [short, long] = [make(LENGTH), make(LENGTH * TIMES)];
  run(short);
  const once = work(() => run(short));
  expect(work(() => run(long))).toBeLessThan(BOUND * once + NOISE_MS);
}

test.each<[string, Make]>([
  ['spaces after location', repeated(' ', 'location ')],
  ['spaces after listen', repeated(' ', 'listen ')],
  ['spaces after backend', repeated(' ', 'backend ', '=')],
  ['empty lines', repeated('\n', '', 'x')],
  ['lines of one word', repeated('word\n')],
  ['one word', repeated('w')],
  ['the name of a section', repeated('a', 'backend ', '=')],
  ['braces', repeated('{')],
])('every reader decides in linear time that a file is not its own: %s', (_, make) => {
  expectLinear((text) => {
    for (const reader of FORMATS) reader.recognise('nginx/app.conf', text);
  }, make);
});

test.each<[string, string, Make]>([
  ['nginx', 'empty lines', repeated('\n', '', 'x')],
  ['nginx', 'tags that never close, in quotes', inHttp('{{', 'upstream a { server "', '"; }')],
  ['nginx', 'tags that never close', repeated('<%', 'events ')],
  ['nginx', 'variables that never close', inHttp('${', 'upstream a { server ', '; }')],
  ['nginx', 'digits of a port', inHttp('1', 'server { listen ', 'x; }')],
  ['nginx', 'slashes', inHttp('/', 'map $a $b { default "', '\n"; x y; }')],
  ['haproxy', 'variables that never close', repeated('${', 'backend a\n server a ')],
  ['haproxy', 'defaults of variables that never close', repeated('${A-', 'backend a\n server a "', '"\n')],
  ['haproxy', 'brackets that never close', repeated('(', 'backend a\n server a 10.0.0.1:80 ')],
])('%s reads in linear time: %s', (format, _, make) => {
  const reader = FORMATS.find((one) => one.dialect.format === format);
  expectLinear((text) => reader?.read('app.conf', new MemoryTree({ 'app.conf': text }), { rootMap: {} }), make);
});

const numbered = (line: (i: number) => string, before = '', after = ''): Make => {
  return (length) =>
    before + Array.from({ length: Math.ceil(length / line(1000).length) }, (_, i) => line(i)).join('') + after;
};

test.each<[string, string, Make]>([
  ['nginx', 'blocks that run into each other', repeated(`${'x'.repeat(20)}{${'y'.repeat(20)} } `)],
  ['nginx', 'lines without a semicolon', inHttp('least_conn\n', 'upstream a {', '; }')],
  [
    'nginx',
    'variables set for many locations',
    (length) =>
      `events {}\nhttp {\nupstream u { server a; }\nserver {\n${'set $x u;\n'.repeat(length / 50)}${'location / { proxy_pass http://$x; }\n'.repeat(length / 50)}}\n}\n`,
  ],
  [
    'haproxy',
    'defaults for many backends',
    (length) => {
      const lines = (line: (i: number) => string): string => numbered(line)(length / 2);
      return `defaults\n${lines((i) => ` option x${i}\n`)}${lines((i) => `backend b${i}\n server a 10.0.0.1:80\n`)}`;
    },
  ],
  ['haproxy', 'defaults made from defaults', numbered((i) => `defaults d${i} from d${i - 1}\n option x${i}\n`)],
  [
    'haproxy',
    'unknown words for many servers',
    numbered((i) => ` default-server word${i}\n server s${i} 10.0.0.1:80\n`, 'backend a\n'),
  ],
  [
    'haproxy',
    'servers that track the next one',
    numbered((i) => ` server s${i} 10.0.0.1:80 track s${i + 1}\n`, 'backend a\n'),
  ],
  [
    'haproxy',
    'servers without their section of resolvers',
    numbered((i) => ` server s${i} a.example:80 resolvers r${i}\n`, 'backend a\n'),
  ],
  [
    'apache',
    'members of one balancer',
    numbered((i) => `BalancerMember http://10.0.0.1:${i % 60_000}\n`, '<Proxy balancer://a>\n'),
  ],
  ['apache', 'joined lines', repeated('\\\n', 'ProxyPass / ')],
  ['apache', 'rewrites', repeated('RewriteRule ^/a http://10.0.0.1/ [P]\n', 'RewriteEngine On\n')],
  [
    'apache',
    'virtual servers',
    numbered((i) => `<VirtualHost *:${i}>\nProxyPass / http://10.0.0.1/\n</VirtualHost>\n`),
  ],
  ['caddy', 'heredocs that are not closed', repeated('<<A ', ':80 {\n')],
  ['caddy', 'words in braces', repeated('{args[0]}{$A:b}', ':80 {\n reverse_proxy ')],
  ['caddy', 'imports of one snippet', repeated(' import a\n', '(a) {\n}\n:80 {\n', '}\n')],
  ['caddy', 'handles in one site', numbered((i) => ` handle /${i} {\n reverse_proxy 10.0.0.1:80\n }\n`, ':80 {\n')],
  ['caddy', 'upstreams', numbered((i) => ` 10.0.0.1:${i % 60_000}`, ':80 {\n reverse_proxy')],
  [
    'keepalived',
    'virtual servers of one long group',
    (length) => {
      const lines = (line: (i: number) => string): string => numbered(line)(length / 2);
      return `virtual_server_group g {\n${lines((i) => ` 10.0.0.1 ${i}\n`)}}\n${lines((i) => `virtual_server group g {\n real_server 10.0.0.1 ${i} {\n }\n}\n`)}`;
    },
  ],
  [
    'neutral',
    'servers of one name',
    repeated('      - { name: a }\n', 'version: 1\npools:\n  - name: a\n    servers:\n'),
  ],
  [
    'neutral',
    'ignore comments',
    repeated('# evenkeel-ignore x -- y\n', 'version: 1\npools:\n', '  - { name: a, servers: [] }\n'),
  ],
  [
    'traefik',
    'a router to a chain of services',
    numbered(
      (i) => `    s${i}: { weighted: { services: [{ name: s${i + 1} }] } }\n`,
      'http:\n  routers: { a: { rule: Host(`a`), service: s0 } }\n  services:\n',
    ),
  ],
])('%s takes the work of what is written, not its square: %s', (format, _, make) => {
  const reader = FORMATS.find((one) => one.dialect.format === format);
  expectLinear((text) => reader?.read('app.conf', new MemoryTree({ 'app.conf': text }), { rootMap: {} }), make);
});

test('a file with more faults or pools than a call takes arguments is read', () => {
  const nginx = FORMATS.find(({ dialect }) => dialect.format === 'nginx');
  const read = (text: string): Config | undefined =>
    nginx?.read('nginx.conf', new MemoryTree({ 'nginx.conf': text }), { rootMap: {} });
  expect(read('x{y }'.repeat(12_000))?.problems.length).toBe(12_000);
  expect(read(`events {}\nhttp {\n${'upstream u{server a;}'.repeat(12_000)}}\n`)?.pools.length).toBe(12_000);
  expect(() => read('x{y }'.repeat(150_000))).toThrow('nginx.conf has 300000 statements; the limit is 25000.');
});

test('a long file that is included again and again is read until there is enough of it, and that is said', () => {
  const nginx = FORMATS.find(({ dialect }) => dialect.format === 'nginx');
  const tree = new MemoryTree({
    'nginx.conf': 'include a.conf;\n'.repeat(300),
    'a.conf': 'set $a b;\n'.repeat(20_000),
  });
  const config = nginx?.read('nginx.conf', tree, { rootMap: {} });
  expect(config?.status).toBe('partial');
  expect(config?.unknowns.map(({ reason }) => plain(reason))).toContain(
    'a.conf is included but the included files are too long in all',
  );
});
