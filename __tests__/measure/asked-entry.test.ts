import { reader as haproxy } from '../../src/formats/haproxy/reader.ts';
import { reader as nginx } from '../../src/formats/nginx/reader.ts';
import { askedOf } from '../../src/measure/target-entries.ts';
import { chooseSubject } from '../../src/measure/subject.ts';
import type { Config } from '../../src/model/config.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';

/** The pool that a request for this URL reaches by the routes of the file; the error where they do not decide it. */
function poolOf(config: Config, url: string, host?: string): string | undefined {
  try {
    const headers = host === undefined ? [] : [['Host', host] as const];
    return chooseSubject([config], undefined, askedOf({ headers }, new URL(url)))?.pool?.name;
  } catch (error) {
    return (error as Error).message;
  }
}

const read = (reader: typeof haproxy, path: string, text: string): Config =>
  reader.read(path, new MemoryTree({ [path]: text }), { rootMap: {} });

const HAPROXY = read(
  haproxy,
  'lb.cfg',
  `defaults
  mode http
frontend in
  bind :8080
  use_backend api if { path_beg /api/ }
  use_backend docs if { hdr_beg(host) -i docs.example.org }
  use_backend beta if { src 10.9.0.0/16 }
  default_backend shop
backend api
  server a1 10.2.0.1:80
backend docs
  server d1 10.2.1.1:80
backend beta
  server b1 10.2.2.1:80
backend shop
  server s1 10.2.3.1:80
`,
);

const NGINX = read(
  nginx,
  'nginx.conf',
  `events {}
http {
  upstream shop { server 10.3.0.1:80; }
  upstream files { server 10.3.1.1:80; }
  upstream old { server 10.3.2.1:80; }
  server {
    listen 8080;
    location / { proxy_pass http://shop; }
    location /files/ { proxy_pass http://files; }
    location /files/old/ { proxy_pass http://old; }
    location = /files/list { proxy_pass http://shop; }
  }
}
`,
);

test.each([
  ['a path that a rule takes', 'http://lb:8080/api/users', undefined, 'api'],
  ['a host that a rule takes', 'http://docs.example.org:8080/', undefined, 'docs'],
  ['a host that the headers name', 'http://lb:8080/', 'DOCS.example.org', 'docs'],
])('HAProxy, %s: its pool is measured', (_, url, host, pool) => {
  expect(poolOf(HAPROXY, url, host)).toBe(pool);
});

test('HAProxy, a rule on what the URL does not say: the pool has to be named', () => {
  expect(poolOf(HAPROXY, 'http://lb:8080/cart')).toContain('name the one that the target serves');
});

test.each([
  ['http://lb:8080/', 'shop'],
  ['http://lb:8080/files/1', 'files'],
  ['http://lb:8080/files/old/1', 'old'],
  ['http://lb:8080/files/list', 'shop'],
])('nginx, %s: the longest location decides, an exact one before it', (url, pool) => {
  expect(poolOf(NGINX, url)).toBe(pool);
});
