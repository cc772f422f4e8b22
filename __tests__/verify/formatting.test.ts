import { describe, expect, test } from '@jest/globals';
import { RULES } from '../../src/rules/list.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { check } from '../../src/verify/check.ts';
import { readSettings } from '../../src/settings/settings.ts';

type Files = Readonly<Record<string, string>>;

const HAPROXY = `defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend www
  bind :80
  http-response set-header X-Served-By %s
  default_backend app
backend app
  balance roundrobin
  option httpchk GET /up
  server a 10.0.0.1:80 check
  server b 10.0.0.2:80 check
backend api
  balance leastconn
  option httpchk GET /up
  server c 10.0.0.3:80 check
  server d 10.0.0.4:80 check
`;
const NGINX = `events {}
http {
  upstream app { zone app 64k; server 10.0.0.1:8080; server 10.0.0.2:8080; }
  upstream api { zone api 64k; least_conn; server 10.0.0.3:80; server 10.0.0.4:80; }
  server {
    listen 80;
    add_header X-Served-By $upstream_addr always;
    location / { proxy_pass http://app; }
    location /api { proxy_pass http://api; }
  }
}
`;
const API = /backend api\n(?: {2}.*\n)+/;

const HAPROXY_CHANGES: readonly (readonly [string, (text: string) => string])[] = [
  ['a comment line', (t) => `# a remark\n${t}`],
  ['a comment behind a line', (t) => t.replace('balance roundrobin', 'balance roundrobin # turns')],
  ['deeper indentation', (t) => t.replaceAll('\n  ', '\n      ')],
  ['spaces between words', (t) => t.replaceAll('server ', 'server    ')],
  ['empty lines', (t) => t.replaceAll('\n', '\n\n')],
  ['line ends of Windows', (t) => t.replaceAll('\n', '\r\n')],
  [
    'pools in another order',
    (t) => t.replace(API, '').replace('\nbackend app', `\n${API.exec(t)?.[0] ?? ''}backend app`),
  ],
  ['servers in another order', (t) => t.replace(/( {2}server a.*\n)( {2}server b.*\n)/, '$2$1')],
  ['a default weight written out', (t) => t.replace('10.0.0.1:80 check', '10.0.0.1:80 check weight 1')],
  [
    'default check times written out',
    (t) => t.replace('10.0.0.1:80 check', '10.0.0.1:80 check inter 2s rise 2 fall 3'),
  ],
  ['the same time in another unit', (t) => t.replace('timeout connect 5s', 'timeout connect 5000')],
  ['a quoted word', (t) => t.replace('GET /up', 'GET "/up"')],
  [
    'check moved to default-server',
    (t) => t.replaceAll(' check\n', '\n').replaceAll('  option httpchk', '  default-server check\n  option httpchk'),
  ],
];
const NGINX_CHANGES: readonly (readonly [string, (files: Files) => Files])[] = [
  ['a comment', (f) => edit(f, (t) => `# a remark\n${t}`)],
  ['one directive a line', (f) => edit(f, (t) => t.replaceAll('; ', ';\n   '))],
  ['line ends of Windows', (f) => edit(f, (t) => t.replaceAll('\n', '\r\n'))],
  [
    'pools in another order',
    (f) => edit(f, (t) => t.replace(/( {2}upstream app .*\n)( {2}upstream api .*\n)/, '$2$1')),
  ],
  [
    'servers in another order',
    (f) =>
      edit(f, (t) =>
        t.replace('server 10.0.0.1:8080; server 10.0.0.2:8080;', 'server 10.0.0.2:8080; server 10.0.0.1:8080;'),
      ),
  ],
  [
    'defaults written out',
    (f) => edit(f, (t) => t.replace('10.0.0.1:8080;', '10.0.0.1:8080 weight=1 max_fails=1 fail_timeout=10s;')),
  ],
  ['the default port left out', (f) => edit(f, (t) => t.replace('10.0.0.3:80;', '10.0.0.3;'))],
  ['a quoted word', (f) => edit(f, (t) => t.replace('zone app 64k', 'zone "app" 64k'))],
  [
    'upstreams split into includes',
    (f) => ({
      'lb.conf': (f['lb.conf'] ?? '').replace(/( {2}upstream .*\n)+/, '  include conf.d/*.conf;\n'),
      'conf.d/pools.conf': [...(f['lb.conf'] ?? '').matchAll(/ {2}upstream .*\n/g)].join(''),
    }),
  ],
];

function edit(files: Files, change: (text: string) => string): Files {
  return { ...files, 'lb.conf': change(files['lb.conf'] ?? '') };
}

function expectNoChange(file: string, before: Files, after: Files): void {
  expect(after).not.toEqual(before);
  const side = (files: Files) => ({ tree: new MemoryTree(files), files: [file], revision: null });
  const head = side(after);
  const { settings } = readSettings({ path: undefined, tree: head.tree, rules: RULES, schemas: [] });
  const common = {
    settings,
    trusted: undefined,
    proposed: false,
    checklist: 'evenkeel.yml',
    measuring: false,
    today: '2026-11-25',
  };
  const { diff, findings } = check({ head, base: side(before), ...common });
  expect(diff.pools.flatMap((pool) => (pool.change === 'same' ? [] : [pool.change, ...pool.changes]))).toEqual([]);
  expect(findings.filter((finding) => finding.introduced)).toEqual([]);
  expect(diff.pools).toHaveLength(2);
}

describe('formatting alone is no change and brings no finding', () => {
  test.each(HAPROXY_CHANGES)('HAProxy: %s', (_, change) => {
    expectNoChange('lb.cfg', { 'lb.cfg': HAPROXY }, { 'lb.cfg': change(HAPROXY) });
  });
  test.each(NGINX_CHANGES)('nginx: %s', (_, change) => {
    const before = { 'lb.conf': NGINX };
    expectNoChange('lb.conf', before, change(before));
  });
  test('there are at least twenty of them', () => {
    expect(HAPROXY_CHANGES.length + NGINX_CHANGES.length).toBeGreaterThanOrEqual(20);
  });
});
