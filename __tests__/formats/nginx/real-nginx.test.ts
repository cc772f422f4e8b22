import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from '../../../src/formats/nginx/parse.ts';
import { SourceFile } from '../../../src/text/source.ts';
import { describeReal } from '../../support/real-servers.ts';
import { findProgram } from '../../support/real/products.ts';
import { random } from '../../support/random.ts';
import { http, problems, read } from './support.ts';

/** What `nginx -t` says of a text: undefined when it accepts it. */
class Checker {
  readonly #folder = mkdtempSync(join(tmpdir(), 'evenkeel-nginx-t-'));
  readonly #program = findProgram(['nginx']) ?? 'nginx';

  refusal(text: string): string | undefined {
    const folder = this.#folder;
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((n) => `${n}_temp_path ${folder}/${n};`);
    // The paths go on the line of the brace, so that lines stay where the test put them.
    const file = text.replace('http {', `http { access_log off; ${paths.join(' ')}`);
    writeFileSync(join(folder, 'nginx.conf'), file);
    const more = ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf'), '-g', `pid ${folder}/pid;`];
    const { status, stderr } = spawnSync(this.#program, ['-t', ...more], { encoding: 'utf8', timeout: 20_000 });
    return status === 0 ? undefined : stderr.replace(/^.*?\[emerg\] [^:]*: /s, '');
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const SERVERS = `10.0.0.1 | 10.0.0.1:80 | [::1] | [::1]:80 | unix:/tmp/a.sock | unix: | 10.0.0.1:0 | 10.0.0.1:65536 | 10.0.0.1:80/x
10.0.0.1/x | http://10.0.0.1 | ::1 | ::1:80 | 10.0.0.1: | 10.0.0.1:8a | 10.0.0.1:80:80 | "10.0.0.1:80" | :80 | [::1 | [zz]:80
10.0.0.1 weight=1 | 10.0.0.1 weight=0 | 10.0.0.1 weight= | 10.0.0.1 weight=-1 | 10.0.0.1 weight=1.5 | 10.0.0.1 weight=1O | 10.0.0.1 weight
10.0.0.1 weight=007 | 10.0.0.1 max_conns= | 10.0.0.1 max_conns=5 | 10.0.0.1 max_conns=1k | 10.0.0.1 max_fails=0 | 10.0.0.1 max_fails=x
10.0.0.1 fail_timeout=10 | 10.0.0.1 fail_timeout=1m30s | 10.0.0.1 fail_timeout=10ms | 10.0.0.1 fail_timeout= | 10.0.0.1 fail_timeout=1h 3m
10.0.0.1 "fail_timeout=1h 3m" | 10.0.0.1 fail_timeout=30m1h | 10.0.0.1 fail_timeout=1y | 10.0.0.1 fail_timeout=1M2w | 10.0.0.1 fail_timeout=5s5
10.0.0.1 backup | 10.0.0.1 backup=1 | 10.0.0.1 down | 10.0.0.1 down= | 10.0.0.1 'down' | 10.0.0.1 wieght=2 | 10.0.0.1 weight=2 down max_fails=3`;

const UPSTREAMS = `least_conn; | least_conn x; | least_conn {} | ip_hash; | ip_hash on; | hash; | hash $uri; | hash $uri consistent; | hash $uri consistant;
hash $uri consistent x; | random; | random two; | random one; | random two least_conn; | random two least_con; | random least_conn; | keepalive 5;
keepalive; | keepalive 0; | keepalive x; | keepalive 5 6; | keepalive 5; keepalive 6; | keepalive_requests 5; | keepalive_requests; | keepalive_timeout 5s;
keepalive_timeout x; | keepalive_time 1h; | zone z 64k; | zone z 1k; | zone z x; | zone; | least_con; | server; | ip_hash; server 10.0.0.2 backup;
server 10.0.0.2 backup; ip_hash; | hash $uri; server 10.0.0.2 backup; | random; server 10.0.0.2 backup; | least_conn; server 10.0.0.2 backup; | ip_hash; least_conn;`;

const LOCATIONS = `proxy_pass http://u; | proxy_pass http://u/; | proxy_pass http://u:80; | proxy_pass u; | proxy_pass; | proxy_pass http://u x; | proxy_pass http://$host;
proxy_pass http://10.0.0.1:99999; | proxy_pass ftp://u; | proxy_pass http://u; proxy_pass http://u; | proxy_next_upstream off; | proxy_next_upstream;
proxy_next_upstream error foo; | proxy_next_upstream_tries x; | proxy_next_upstream_tries 2; | proxy_connect_timeout 5x; | proxy_connect_timeout 500ms;
proxy_connect_timeout 5 5; | proxy_http_version 1.1; | proxy_http_version 1.2; | proxy_set_header Connection ""; | proxy_set_header Connection;
set $a b; | set $a; | fastcgi_pass u; | grpc_pass grpc://u; | proxy_pas http://u; | add_header A b always; | add_header A b c;`;

const BLOCKS = `upstream v { server 10.0.0.2; } | upstream v x { server 10.0.0.2; } | upstream { server 10.0.0.2; } | upstream u { server 10.0.0.2; }
upstream U { server 10.0.0.2; } | upstream v; | upstream v { } | upstream v { server 10.0.0.2 backup; } | upsteam v { server 10.0.0.2; }
split_clients $uri $x { 10% a; * b; } | split_clients $uri { * b; } | split_clients $uri $x { 60% a; 50% b; } | split_clients $uri $x { 1.234% a; * b; }
map $uri $y { default a; } | map $uri { default a; } | map $uri $y; | real_ip_header X-Forwarded-For; | real_ip_header; | set_real_ip_from 10.0.0.0/8;`;

const split = (table: string): string[] => table.split(/ \| |\n/);

const CASES: readonly string[] = [
  ...split(SERVERS).map((line) => http(`upstream u { server 10.9.9.9; server ${line}; }`)),
  ...split(UPSTREAMS).map((lines) => http(`upstream u { ${lines} server 10.0.0.1; }`)),
  ...['keepalive 5', 'least_conn', 'zone z 64k', 'server 10.0.0.3 weight=2'].map((line) =>
    http(`upstream u {\n${line}\nserver 10.0.0.1;\n}`),
  ),
  ...split(LOCATIONS).map((lines) =>
    http(`upstream u { server 10.0.0.1; }\nserver { listen 127.0.0.1:18999; location / { ${lines} } }`),
  ),
  ...split(BLOCKS).map((lines) => http(`upstream u { server 10.0.0.1; }\n${lines}`)),
];

const PIECES = ['a', 'b', ' ', '"', "'", '\\', '{', '}', ';', '#', '\n', '(', ')', 't', 'n', '\\"', "\\'", '$', '${'];

describeReal('nginx', 'what real nginx accepts and refuses', () => {
  const checker = new Checker();
  afterAll(() => checker.close());

  test.each(CASES.map((text) => [text.slice('events {}\nhttp {\n'.length, -3), text]))('%s', (_, text) => {
    const refusal = checker.refusal(text);
    expect({ refused: problems(read(text)).length > 0, refusal }).toEqual({ refused: refusal !== undefined, refusal });
  });

  test('words are split and unescaped the same way (150 seeded texts)', () => {
    const next = random(20261125);
    const pick = (): string => PIECES[Math.floor(next() * PIECES.length)] ?? '';
    for (let i = 0; i < 150; i++) {
      const text = `server_name ${Array.from({ length: 1 + Math.floor(next() * 9) }, pick).join('')};`;
      const file = http(`server { listen 127.0.0.1:18999;\n${text} }`);
      const refusal = checker.refusal(file);
      // An unknown directive is no matter of grammar, but its name shows what nginx took for a word.
      const unknown = refusal === undefined ? null : /^unknown directive "(.*)" in /s.exec(refusal);
      if (unknown === null) {
        expect({ text, refused: problems(read(file)).length > 0, refusal }).toEqual({
          text,
          refused: refusal !== undefined,
          refusal,
        });
      } else {
        const server = parse(new SourceFile('nginx.conf', file)).directives[1]?.block?.[0]?.block ?? [];
        expect({ text, names: server.map(({ name }) => name) }).toMatchObject({
          names: expect.arrayContaining([unknown[1]]),
        });
      }
    }
  });
});
