import { readFileSync } from 'node:fs';
import { compare, type EstateChange } from '../../src/compare/compare.ts';
import { reader as haproxy } from '../../src/formats/haproxy/reader.ts';
import { reader as nginx } from '../../src/formats/nginx/reader.ts';
import type { FormatReader } from '../../src/formats/reader.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { plain } from '../../src/text/say.ts';
import { summaryOf } from '../../src/verify/summary.ts';
import { isSilent, judgeMutation, mutationsOf } from '../support/mutate.ts';

function changeOf(reader: FormatReader, base: string, head: string): EstateChange {
  const read = (text: string) => reader.read('lb.conf', new MemoryTree({ 'lb.conf': text }), { rootMap: {} });
  return compare([read(base)], [read(head)]);
}

function unjudgedIn({ statements }: EstateChange): string[] {
  return statements.unjudged.map(({ kind, side, statement }) => `${kind} ${side} ${statement.text}`);
}

function summary(change: EstateChange): string {
  const inputs = [{ file: 'lb.conf', format: null, status: 'read' as const, line: null, reason: null }];
  return plain(summaryOf('pass', change, [], [], inputs, false));
}

const HAPROXY = `global
    log /dev/log local0
defaults base
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend www
    bind :80
    acl is_api path_beg /api
    http-request deny if { path_beg /admin }
    http-request set-var(txn.tenant) hdr(x-tenant)
    use_backend be_api if is_api
    default_backend be_app
backend be_app
    balance roundrobin
    server web1 192.0.2.1:8080 check weight 10
    server web2 192.0.2.2:8080 check weight 10
backend be_api
    server api1 192.0.2.11:8080 check
`;

const NGINX = `map $http_upgrade $connection_upgrade {
    default upgrade;
    '' close;
}
upstream app {
    server 192.0.2.1:8080;
    server 192.0.2.2:8080;
}
server {
    listen 80;
    server_name shop.example;
    access_log /var/log/nginx/shop.log;
    location / {
        proxy_pass http://app;
        proxy_set_header X-Request-Id $request_id;
    }
    location /api {
        auth_request /auth;
        proxy_pass http://app;
        proxy_read_timeout 20s;
    }
}
`;

describe('statements of HAProxy that differ', () => {
  const changed = (from: string, to: string) => changeOf(haproxy, HAPROXY, HAPROXY.replace(from, to));

  test('are explained by the change that they make', () => {
    const change = changed('web2 192.0.2.2:8080 check weight 10', 'web2 192.0.2.2:8080 check weight 200');
    expect(unjudgedIn(change)).toEqual([]);
    expect(change.statements).toMatchObject({ explained: 2, harmless: [], idle: [] });
  });

  test('are explained where they are inherited', () => {
    const change = changed('timeout server 30s', 'timeout server 10s');
    expect(unjudgedIn(change)).toEqual([]);
    expect(change.statements.explained).toBe(2);
  });

  test('are harmless by the table, and the summary says so', () => {
    const change = changed('    log /dev/log local0', '    log 192.0.2.9:514 local0\n    nbthread 4');
    expect(unjudgedIn(change)).toEqual([]);
    expect(summary(change)).toBe('No change to traffic found: 2 changed lines are harmless (logging and process).');
  });

  test('have no effect where a default is written out', () => {
    const change = changed('    server api1', '    balance roundrobin\n    server api1');
    expect(unjudgedIn(change)).toEqual([]);
    expect(summary(change)).toBe('No change to traffic found: 1 changed line has no effect (balance roundrobin).');
  });

  test('are not judged when no table knows what they do', () => {
    const change = changed('    bind :80', '    bind :80\n    filter spoe engine waf config waf.conf');
    expect(unjudgedIn(change)).toEqual(['unjudged head filter spoe engine waf config waf.conf']);
    expect(summary(change)).toBe('No fault found; 1 changed line not judged.');
  });

  test('are one line where a value changes, and the line of base where it goes', () => {
    const value = changed('hdr(x-tenant)', 'hdr(x-other)');
    expect(unjudgedIn(value)).toEqual(['unjudged head http-request set-var(txn.tenant) hdr(x-other)']);
    expect(value.statements.unjudged[0]?.was?.text).toBe('http-request set-var(txn.tenant) hdr(x-tenant)');
    const gone = changed('    http-request set-var(txn.tenant) hdr(x-tenant)\n', '');
    expect(unjudgedIn(gone)).toEqual(['unjudged base http-request set-var(txn.tenant) hdr(x-tenant)']);
  });

  test.each(['ser"$X"ver web3 192.0.2.3:8080', '"${EXTRA}"'])(
    'are unreadable with a keyword from outside: %s',
    (line) => {
      const change = changed('    server web1', `    ${line}\n    server web1`);
      expect(change.statements.unjudged.map(({ kind }) => kind)).toEqual(['unreadable']);
    },
  );

  test('are unreadable with an option of a server from outside, whatever else it changes', () => {
    const change = changed('web1 192.0.2.1:8080 check weight 10', 'web1 192.0.2.1:8080 check weight 10 weight"$X" 200');
    expect(change.statements.unjudged).toMatchObject([{ kind: 'unreadable', side: 'head' }]);
    const value = changed('web1 192.0.2.1:8080 check weight 10', 'web1 192.0.2.1:8080 check weight "${W}"');
    expect(unjudgedIn(value)).toEqual([]);
  });

  test('are told by the pool where it is new, gone or renamed', () => {
    expect(unjudgedIn(changeOf(haproxy, HAPROXY, HAPROXY.replaceAll('be_api', 'be_v2')))).toEqual([]);
    const without = HAPROXY.replace(/backend be_api\n.*\n/, '').replace('    use_backend be_api if is_api\n', '');
    expect(unjudgedIn(changeOf(haproxy, HAPROXY, without))).toEqual([]);
  });

  test('count when they are moved among rules that are asked in their order', () => {
    const rules = ['http-request set-var(txn.a) int(1)', 'http-request set-var(txn.a) int(2)'];
    const text = (list: readonly string[]): string =>
      HAPROXY.replace('    bind :80', ['    bind :80', ...list].join('\n    '));
    const change = changeOf(haproxy, text(rules), text(rules.toReversed()));
    expect(change.statements.unjudged).toMatchObject([{ moved: true }]);
    expect(changeOf(haproxy, text(rules), text(rules)).statements.unjudged).toEqual([]);
  });

  test('a condition that only harmless lines use is harmless', () => {
    const line = '    acl slow path_beg /slow\n    http-request set-header X-Slow 1 if slow\n';
    expect(unjudgedIn(changed('    default_backend', `${line}    default_backend`))).toEqual([]);
    const used = '    acl slow path_beg /slow\n    http-request set-timeout server 9s if slow\n';
    expect(unjudgedIn(changed('    default_backend', `${used}    default_backend`))).toHaveLength(2);
  });
});

describe('statements of nginx that differ', () => {
  const changed = (from: string, to: string) => changeOf(nginx, NGINX, NGINX.replace(from, to));

  test('are explained in the server, pool or location that they change', () => {
    for (const [from, to] of [
      ['192.0.2.2:8080', '192.0.2.2:8080 weight=3'],
      ['listen 80', 'listen 8080'],
      ['shop.example', 'shop.example www.shop.example'],
      ['proxy_read_timeout 20s', 'proxy_read_timeout 5s'],
      ['location / {', 'location / {\n        return 403;'],
    ] as const)
      expect({ to, unjudged: unjudgedIn(changed(from, to)) }).toEqual({ to, unjudged: [] });
  });

  test('are harmless, without effect or not judged', () => {
    expect(summary(changed('shop.log', 'www.log'))).toBe(
      'No change to traffic found: 1 changed line is harmless (logging).',
    );
    expect(summary(changed('http://app;\n        proxy_set_header', 'HTTP://APP;\n        proxy_set_header'))).toMatch(
      /has no effect/,
    );
    expect(unjudgedIn(changed('auth_request /auth', 'auth_request /login'))).toEqual([
      'unjudged head auth_request /login',
    ]);
    expect(unjudgedIn(changed('listen 80', 'strange_module on;\n    listen 80'))).toEqual([
      'unreadable head strange_module on',
    ]);
  });

  test('a variable that nothing uses but harmless lines is harmless', () => {
    expect(unjudgedIn(changed("'' close", "'' keep"))).toEqual([]);
  });
});

/** Own configs, each statement of which is deleted, doubled, changed and moved. */
const FILES = [
  ...['before', 'after', 'fixed'].map((name) => `examples/demo/haproxy.${name}.cfg`),
  ...(JSON.parse(readFileSync('__tests__/faults/table.json', 'utf8')) as { id: string; format: string }[])
    .filter(({ format }) => format === 'haproxy' || format === 'nginx')
    .filter((_, i) => i % 2 === 0)
    .map(({ id, format }) => `__tests__/faults/${format}/${id}.twin.${format === 'nginx' ? 'conf' : 'cfg'}`),
];

test('no statement of a config is changed in silence', () => {
  const silent: string[] = [];
  let mutations = 0;
  for (const path of FILES) {
    const text = readFileSync(path, 'utf8');
    const reader = path.endsWith('.cfg') ? haproxy : nginx;
    const base = reader.read(path, new MemoryTree({ [path]: text }), { rootMap: {} });
    for (const mutation of mutationsOf(base)) {
      if (!mutation.matters) continue;
      mutations++;
      if (isSilent(judgeMutation(reader, base, mutation)))
        silent.push(`${path}: ${mutation.operation} ${mutation.statement.text}`);
    }
  }
  expect(silent).toEqual([]);
  expect(FILES.length).toBeGreaterThanOrEqual(20);
  expect(mutations).toBeGreaterThan(500);
});
