import { expect, test } from '@jest/globals';
import { compare } from '../../src/compare/compare.ts';
import { read } from '../support/run-rules.ts';

/** Every change of the pools, in words. */
function changes(format: string, base: string, head: string): string[] {
  const { pools } = compare([read(format, base)], [read(format, head)]);
  return pools.flatMap((pool) =>
    pool.changes.map((c) => `${c.kind} ${[c.server, c.setting].filter(Boolean).join(' ')}: ${c.before} -> ${c.after}`),
  );
}

function upstream(...servers: string[]): string {
  const lines = servers.map((server) => `    server ${server};\n`).join('');
  return `events {}\nhttp {\n  upstream app {\n${lines}  }\n  server { listen 80; location / { proxy_pass http://app; } }\n}\n`;
}

function backend(servers: string, more = ''): string {
  return `defaults\n mode http\n timeout connect 5s\n timeout client 5s\n timeout server 5s\nbackend app\n${more}${servers}`;
}

test('an nginx server that moves to another port of its host is still itself', () => {
  expect(changes('nginx', upstream('a:80', 'b:80'), upstream('a:8080', 'b:8080'))).toEqual([
    'address-changed a:8080 address: a:80 -> a:8080',
    'address-changed b:8080 address: b:80 -> b:8080',
  ]);
  expect(changes('nginx', upstream('[2001:db8::1]:80'), upstream('[2001:db8::1]:81'))).toEqual([
    'address-changed [2001:db8::1]:81 address: 2001:db8::1:80 -> 2001:db8::1:81',
  ]);
});

test('an nginx server that moves to another host keeps its identity by a port of its own, and its weight is compared', () => {
  expect(
    changes('nginx', upstream('10.0.0.1:7001 weight=2', '10.0.0.1:7002'), upstream('10.9.9.9:7001', '10.9.9.9:7002')),
  ).toEqual([
    'address-changed 10.9.9.9:7001 address: 10.0.0.1:7001 -> 10.9.9.9:7001',
    'weight-changed 10.9.9.9:7001 weight: 2 -> 1',
    'address-changed 10.9.9.9:7002 address: 10.0.0.1:7002 -> 10.9.9.9:7002',
  ]);
});

test.each<[string, string[], string[]]>([
  ['two servers share the port', ['a:80', 'b:80'], ['a:80', 'c:80']],
  ['two servers of the head share the port', ['a:7001'], ['b:7001', 'c:7001']],
  ['two servers share the host', ['a:7001', 'a:7002'], ['a:7003', 'a:7004']],
  ['neither host nor port is the same', ['a:7001'], ['b:7002']],
  ['sockets have no port', ['unix:/run/a.sock'], ['unix:/run/b.sock']],
])('no guess is made where it is not clear which server moved: %s', (_, base, head) => {
  const kinds = changes('nginx', upstream(...base), upstream(...head)).map((line) => line.split(' ')[0]);
  expect(new Set(kinds)).toEqual(new Set(['server-added', 'server-removed']));
});

test('HAProxy servers are matched by the names that people gave them, never by host or port', () => {
  const kinds = changes('haproxy', backend(' server a web1:7001\n'), backend(' server b web1:7002\n'));
  expect(kinds.map((line) => line.split(' ')[0])).toEqual(['server-added', 'server-removed']);
});

test.each<[string, string, string, string[]]>([
  [
    'haproxy',
    backend(' server a web1:80 check port 8001\n'),
    backend(' server a web1:80 check port 8002\n'),
    ['check-changed a port: 8001 -> 8002'],
  ],
  [
    'haproxy',
    backend(' server a web1:80 check\n', ' option httpchk GET /up\n http-check expect status 200\n'),
    backend(' server a web1:80 check\n', ' option httpchk GET /up\n http-check expect string ok\n'),
    ['check-changed http-check expect: status 200 -> string ok'],
  ],
  [
    'haproxy',
    backend(' server a web1:80 check\n', ' option mysql-check user probe\n'),
    backend(' server a web1:80 check\n', ' option mysql-check user other\n'),
    ['check-changed option mysql-check: user probe -> user other'],
  ],
  [
    'haproxy',
    backend(' server a web1:80 check on-marked-down shutdown-sessions\n', ' option log-health-checks\n'),
    backend(' server a web1:80 check\n'),
    ['option-changed a on-marked-down: shutdown-sessions -> null', 'option-changed option log-health-checks:  -> null'],
  ],
  [
    'neutral',
    'version: 1\npools:\n  - name: app\n    healthCheck: { type: http, path: /up, expectStatus: [200] }\n    servers: [{ address: web1, port: 80 }]\n',
    'version: 1\npools:\n  - name: app\n    healthCheck: { type: http, path: /up, expectStatus: [204] }\n    servers: [{ address: web1, port: 80 }]\n',
    ['check-changed web1:80 request of the health check: expects 200 -> expects 204'],
  ],
])('what a check asks is a change of the check, what follows from it is not (%s)', (format, base, head, expected) => {
  expect(changes(format, base, head)).toEqual(expected);
});
