import { SEEDS } from './seeds.ts';

/** One changed configuration and the kind of mistake or rewording that was made. */
export interface Mutant {
  readonly kind: string;
  readonly text: string;
}

type Random = () => number;

const pick = <T>(list: readonly T[], next: Random): T => {
  const item = list[Math.floor(next() * list.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
};

/** Lines that end a directive. */
const isDirective = (line: string): boolean => /^\s+\S.*;\s*$/.test(line) && !/\{.*\}/.test(line);

type Change = (lines: string[], next: Random) => void;

function someLine(lines: readonly string[], next: Random, fits = isDirective): number {
  const places = lines.flatMap((line, i) => (fits(line) ? [i] : []));
  return pick(places, next);
}

const onLine =
  (change: (line: string, next: Random, lines: readonly string[]) => string, fits = isDirective): Change =>
  (lines, next) => {
    const places = lines.flatMap((line, i) => (fits(line) ? [i] : []));
    if (places.length === 0) return;
    const i = pick(places, next);
    lines[i] = change(lines[i] ?? '', next, lines);
  };

const words = (line: string): string[] => line.trim().replace(/;$/, '').split(/\s+/);
const indent = (line: string): string => /^\s*/.exec(line)?.[0] ?? '';
const line = (before: string, parts: readonly string[]): string => `${indent(before)}${parts.join(' ')};`;

function misspelt(word: string, next: Random): string {
  const at = Math.floor(next() * word.length);
  const kind = Math.floor(next() * 4);
  if (kind === 0) return word.slice(0, at) + word.slice(at + 1);
  if (kind === 1) return word.slice(0, at) + (word[at] ?? '') + word.slice(at);
  if (kind === 2) return word.slice(0, at) + (word[at + 1] ?? '') + (word[at] ?? '') + word.slice(at + 2);
  return `${word.slice(0, at)}${pick(Array.from('abcdefghijklmnopqrstuvwxyz_'), next)}${word.slice(at + 1)}`;
}

const BAD_VALUES =
  '0 -1 1.5 1x 10q 5k 5m 5g 1h30m 30m1h 10ms 1y 1M yes true ON Off off on auto $x "" 99999999999999999999 007 1,2 10% = none max 1s5 http default any'.split(
    ' ',
  );
const SERVER_WORDS =
  'weight=0 weight=5 weight=a weight= weight max_fails=0 max_fails=x fail_timeout=5 fail_timeout=5ms fail_timeout=1y backup down Backup max_conns=1 max_conns=-1 slow_start=5s wieght=2 backup=1 weight=3; 127.0.0.1'.split(
    ' ',
  );
const ADDRESSES =
  '127.0.0.1 127.0.0.1:0 127.0.0.1:65536 127.0.0.1:8a ::1 ::1:80 [::1] [::1]:80 [::1 [::g]:80 unix: unix:/tmp/x.sock :80 127.0.0.1:80/x 127.0.0.1/x http://127.0.0.1 127.0.0.1:80:81 127.0.0.1: * *:80'.split(
    ' ',
  );
const LISTENS =
  '80 7008 0 65536 70000 127.0.0.1:7009 127.0.0.1 *:7010 [::]:7011 [::1 7012-7014 7014-7012 7015-7016:80 unix:/tmp/l.sock :7017 localhost:x 7018/x'.split(
    ' ',
  );
const LISTEN_WORDS =
  'default_server default ssl http2 udp reuseport bind deferred backlog=5 backlog=0 backlog=x rcvbuf=8k rcvbuf=x so_keepalive=on so_keepalive=5m::3 so_keepalive=x ipv6only=on ipv6only=yes proxy_protocol quic fastopen=3 setfib=1 nonsense default-server'.split(
    ' ',
  );
const LOCATIONS = '/ /a = ^~ ~ ~* =/a ~\\.x$ @b /stock /stock/ /old/ !~ == "/with space" /a/b ~^/u'.split(' ');
const CONDITIONS = [
  '($a)',
  '($host = a)',
  '( $host = a )',
  '($host == a)',
  '($host != a)',
  '($host ~ ^a)',
  '($host ~* "a b")',
  '($host = a',
  '$host = a',
  '($host a)',
  '(-f $request_filename)',
  '(!-e $request_filename)',
  '(-q $uri)',
  '(host = a)',
  '($host = a b)',
  '()',
  '($host =)',
  '(-f)',
];
const RETURNS = '200|404 x|999|1000|abc|http://x|https://x$uri|/x|301|301 /x|"200"|200 a b|204;|$scheme://x'.split('|');
const PASSES =
  'http://shop http://127.0.0.1:7999 http://127.0.0.1:7999/ http://127.0.0.1:7999/a/ 127.0.0.1:7999 shop ftp://shop http:/shop https://127.0.0.1 http://127.0.0.1:0 http://::1:80 http://[::1]:80 http://unix:/tmp/a.sock http://unix:/tmp/a.sock:/x http:// http://127.0.0.1:70000/ http://$host HTTP://127.0.0.1:80 http://127.0.0.1:80?a=b http://[::1'.split(
    ' ',
  );
const SNIPPETS = [
  'limit_req zone=nowhere;',
  'limit_req zone=perip;',
  'limit_req burst=5;',
  'limit_req zone=perip burst=0;',
  'limit_req zone=perip burst=5 delay=2;',
  'limit_conn nowhere 5;',
  'limit_conn perserver 0;',
  'limit_conn perserver x;',
  'limit_req_zone $uri zone=z1:1m rate=1r/s;',
  'limit_req_zone $uri zone=z1 rate=1r/s;',
  'limit_req_zone $uri zone=z1:1k rate=1r/s;',
  'limit_req_zone $uri zone=z1:1m rate=0r/s;',
  'limit_req_zone $uri zone=z1:1m rate=1r/h;',
  'proxy_cache nowhere;',
  'proxy_cache pages;',
  'proxy_cache off;',
  'access_log off;',
  'access_log a.log nowhere;',
  'access_log a.log combined buffer=8k;',
  'access_log a.log combined bufer=8k;',
  'root /srv/a;',
  'alias /srv/b/;',
  'internal;',
  'return 403;',
  'deny all;',
  'allow 10.0.0.0/33;',
  'deny 300.0.0.1;',
  'deny none;',
  'allow 2001:db8::/32;',
  'rewrite ^/a /b last;',
  'rewrite ^/a /b forever;',
  'rewrite ^/a;',
  'set $q 1;',
  'set q 1;',
  'set $ 1;',
  'try_files $uri;',
  'try_files $uri =404;',
  'try_files $uri =4o4;',
  'error_page 404;',
  'error_page 404 /e;',
  'error_page 600 /e;',
  'error_page 499 /e;',
  'error_page x /e;',
  'error_page 404 = /e;',
  'error_page = /e;',
  'expires max;',
  'expires -1;',
  'expires 5q;',
  'expires modified +1d;',
  'expires @15h30m;',
  'add_header A b;',
  'add_header A b always;',
  'add_header A b sometimes;',
  'add_header A;',
  'resolver 127.0.0.1 valid=5s;',
  'resolver 127.0.0.1 vaild=5s;',
  'resolver 127.0.0.1 valid=x;',
  'resolver valid=5s;',
  'proxy_set_header A b;',
  'proxy_set_header A;',
  'proxy_redirect off;',
  'proxy_redirect default;',
  'proxy_redirect nothing;',
  'proxy_redirect /a /b;',
  'proxy_http_version 1.1;',
  'proxy_http_version 1.2;',
  'proxy_next_upstream error http_500;',
  'proxy_next_upstream error http_501;',
  'proxy_cache_valid 200 1m;',
  'proxy_cache_valid 200;',
  'proxy_cache_valid x 1m;',
  'proxy_cache_valid 1m;',
  'proxy_cookie_path / /x;',
  'keepalive_timeout 5s 10s;',
  'keepalive_timeout x;',
  'limit_rate 5k;',
  'limit_rate $q;',
  'limit_rate 5x;',
  'gzip_comp_level 10;',
  'ssl_protocols TLSv1.2 TLSv1.3;',
  'ssl_protocols TLSv1.4;',
  'ssl_verify_depth x;',
  'satisfy some;',
  'if_modified_since exact;',
  'auth_request /a;',
  'stub_status;',
  'mirror /m;',
  'sub_filter a b;',
  'least_conn;',
  'server 127.0.0.1:80;',
  'server_name x.example;',
  'listen 7019;',
  'worker_connections 5;',
  'keepalive 5;',
  'daemon off;',
  'types { text/x x; }',
  'location /n { return 204; }',
  'location ~ ^/r { return 204; }',
  'location = /n { proxy_pass http://127.0.0.1:1; }',
  'if ($uri) { return 403; }',
  'upstream more { server 127.0.0.1:1; }',
  'map $uri $m { default 1; }',
  'map $uri m { default 1; }',
  'map $uri $m { a; }',
  'map $uri $m { a b c; }',
  'map $uri $m { default 1; default 2; }',
  'map $uri $m { a 1; a 2; }',
  'geo $g { 10.0.0.0/33 1; }',
  'geo $g { default 1; 10.0.0.1 2; }',
  'geo $g { x y; }',
  'split_clients $uri $s { 60% a; 50% b; }',
  'split_clients $uri $s { 50% a; * b; }',
  'split_clients $uri $s { 50 a; }',
  'split_clients $uri $s { 0.001% a; }',
];

const CHANGES: ReadonlyMap<string, Change> = new Map<string, Change>([
  [
    'misspelt directive',
    onLine((text, next) => line(text, [misspelt(words(text)[0] ?? '', next), ...words(text).slice(1)])),
  ],
  ['no semicolon', onLine((text) => text.replace(/;\s*$/, ''))],
  [
    'brace removed',
    onLine(
      (text) => text.replace(/[{}]/, ''),
      (text) => /^\s*(?:\}|.*\{)\s*$/.test(text),
    ),
  ],
  ['brace added', onLine((text, next) => `${text}${pick(['{', '}'], next)}`)],
  ['argument removed', onLine((text) => line(text, words(text).slice(0, -1)))],
  ['argument added', onLine((text, next) => line(text, [...words(text), pick([...BAD_VALUES, 'x'], next)]))],
  [
    'value changed',
    onLine((text, next) => {
      const parts = words(text);
      parts[Math.max(1, parts.length - 1)] = pick(BAD_VALUES, next);
      return line(text, parts);
    }),
  ],
  ['line twice', (lines, next) => void lines.splice(...twice(lines, next))],
  [
    'line moved',
    (lines, next) => {
      const [moved = ''] = lines.splice(someLine(lines, next), 1);
      lines.splice(someLine(lines, next), 0, moved);
    },
  ],
  ['line removed', (lines, next) => void lines.splice(someLine(lines, next), 1)],
  ['server parameter', onLine((text, next) => line(text, [...words(text), pick(SERVER_WORDS, next)]), isServer)],
  [
    'server address',
    onLine((text, next) => line(text, ['server', pick(ADDRESSES, next), ...words(text).slice(2)]), isServer),
  ],
  [
    'listen address',
    onLine((text, next) => line(text, ['listen', pick(LISTENS, next), ...words(text).slice(2)]), isListen),
  ],
  ['listen parameter', onLine((text, next) => line(text, [...words(text), pick(LISTEN_WORDS, next)]), isListen)],
  [
    'location words',
    onLine(
      (text, next) =>
        `${indent(text)}location ${next() < 0.5 ? `${pick(LOCATIONS, next)} ` : ''}${pick(LOCATIONS, next)} {`,
      (text) => /^\s*location .*\{$/.test(text),
    ),
  ],
  [
    'condition',
    onLine(
      (text, next) => `${indent(text)}if ${pick(CONDITIONS, next)} {`,
      (text) => /^\s*if /.test(text),
    ),
  ],
  [
    'return',
    onLine(
      (text, next) => `${indent(text)}return ${pick(RETURNS, next)};`,
      (text) => /^\s*return /.test(text),
    ),
  ],
  [
    'proxy_pass',
    onLine(
      (text, next) => `${indent(text)}proxy_pass ${pick(PASSES, next)};`,
      (text) => /^\s*proxy_pass /.test(text),
    ),
  ],
  ['new directive', onLine((text, next) => `${text}\n${indent(text)}${pick(SNIPPETS, next)}`)],
  [
    'odd character',
    onLine((text, next) => {
      const at = indent(text).length + Math.floor(next() * text.trim().length);
      const c = pick(
        ['"', "'", '\\', '#', '$', '${', '}', '{', ';', '\r', '\v', '\t', ' ', '\u00a0', '\\"', '{{', '{%', '<%', '%>'],
        next,
      );
      return text.slice(0, at) + c + text.slice(at);
    }),
  ],
  ['quoted word', onLine((text, next) => requoted(text, next))],
  ['layout', (lines, next) => void lines.splice(0, lines.length, ...relaid(lines, next))],
]);

function isServer(text: string): boolean {
  return /^\s*server [^{]*;$/.test(text);
}

function isListen(text: string): boolean {
  return /^\s*listen .*;$/.test(text);
}

function twice(lines: readonly string[], next: Random): [number, number, string] {
  const i = someLine(lines, next);
  return [i, 0, lines[i] ?? ''];
}

/** A word in other quotes means the same. */
function requoted(text: string, next: Random): string {
  const parts = words(text);
  const i = Math.floor(next() * parts.length);
  const quote = pick(['"', "'"], next);
  const word = parts[i] ?? '';
  if (/["'\\]/.test(text)) return text;
  parts[i] = `${quote}${word}${quote}`;
  return line(text, parts);
}

/** The same words with other blanks, line ends and comments. */
function relaid(lines: readonly string[], next: Random): string[] {
  const kind = Math.floor(next() * 4);
  if (kind === 0) return lines.map((text) => `${text}\r`);
  if (kind === 1) return lines.map((text) => (/["'#]/.test(text) ? text : text.replace(/ +/g, '\n\t')));
  if (kind === 2) return lines.map((text) => (next() < 0.2 && text !== '' ? `${text} # { "x' \${ <% %> {{` : text));
  return [lines.some((text) => text.includes('#')) ? lines.join('\n') : lines.map((text) => text.trim()).join(' ')];
}

export const KINDS: readonly string[] = [...CHANGES.keys()];

/** A seeded stream of changed configurations: usually one change, now and then two. */
export function mutant(next: Random): Mutant {
  const lines = pick(SEEDS, next).split('\n');
  const kind = pick(KINDS, next);
  CHANGES.get(kind)?.(lines, next);
  return { kind, text: lines.join('\n') };
}
