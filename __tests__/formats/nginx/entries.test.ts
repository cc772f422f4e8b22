import type { Entry, Match } from '../../../src/model/route.ts';
import { nameOfTarget } from '../../../src/model/route.ts';
import { http, read } from './support.ts';

const shown = ({ when, to }: Match): string => `${when?.text ?? '*'} -> ${to.kind} ${nameOfTarget(to)}`;
const entriesOf = (inside: string): readonly Entry[] =>
  read(http(`upstream app { server 10.0.0.1; }\n${inside}`)).entries;
const matches = (inside: string): string[] => (entriesOf(`server { ${inside} }`)[0]?.matches ?? []).map(shown);

describe('a server of nginx is an entry', () => {
  test('with its listeners and hosts', () => {
    const [shop, other] =
      entriesOf(`server { listen 443 ssl http2 backlog=5; server_name b.example a.example; return 204; }
server { listen 443 ssl default_server; server_name c.example; return 204; }`);
    expect([shop?.listens.map(({ address, tls, options }) => ({ address, tls, options })), shop?.hosts]).toEqual([
      [{ address: '*:443', tls: true, options: 'http2' }],
      ['a.example', 'b.example'],
    ]);
    expect(other?.listens[0]?.isDefault).toBe(true);
  });

  test.each([
    ['location / { proxy_pass http://app; }', ['* -> pool app']],
    ['return 301 https://$host; location / { proxy_pass http://app; }', ['* -> redirect https://$host']],
    ['rewrite ^ https://$host permanent; location / { proxy_pass http://app; }', ['* -> redirect https://$host']],
    [
      'rewrite ^/old https://$host permanent; location / { proxy_pass http://app; }',
      ['rewrite ^/old -> redirect https://$host', '* -> pool app'],
    ],
    ['if ($bad) { return 503; } location / { proxy_pass http://app; }', ['if ($bad) -> answer 503', '* -> pool app']],
    ['deny all; location / { proxy_pass http://app; }', ['* -> answer 403']],
    [
      'location / { allow 10.0.0.0/8; deny all; proxy_pass http://app; }',
      ['from addresses that are not allowed -> answer 403', '* -> pool app'],
    ],
    ['location / { deny 10.0.0.1; proxy_pass http://app; }', ['from 10.0.0.1 -> answer 403', '* -> pool app']],
    ['location / { deny all; satisfy any; proxy_pass http://app; }', ['* -> pool app']],
    [
      'location / { limit_req zone=z burst=1; proxy_pass http://app; }',
      ['above limit_req zone=z burst=1 -> answer 503', '* -> pool app'],
    ],
    [
      'location / { proxy_pass http://app; } location ~ \\.png$ { root /srv; }',
      ['location ~ \\.png$ -> answer file', '* -> pool app'],
    ],
    [
      'location /a { location ~ x { return 204; } proxy_pass http://app; }',
      ['location /a location ~ x -> answer 204', 'location /a -> pool app', '* -> answer file'],
    ],
    [
      'location / { try_files $uri @app; } location @app { proxy_pass http://app; }',
      ['for a file that exists -> answer file', '* -> pool app'],
    ],
    ['location / { internal; proxy_pass http://app; }', ['* -> answer 404']],
    ['location / { proxy_pass http://10.0.0.9:81; }', ['* -> pool 10.0.0.9:81']],
    [
      'location / { proxy_pass http://$arg_to; }',
      ['* -> unknown proxy_pass http://$arg_to is decided for each request'],
    ],
  ])('%s', (inside, expected) => {
    expect(matches(inside)).toEqual(expected);
  });

  test('the path and the headers that are sent on belong to the match', () => {
    const [entry] = entriesOf(
      'server { proxy_set_header Upgrade $http_upgrade; location /a/ { proxy_pass http://app/b/; } }',
    );
    expect([...(entry?.matches[0]?.changes ?? [])].map(([name, { value }]) => [name, value])).toEqual([
      ['path', '/b/'],
      ['header Upgrade', '$http_upgrade'],
    ]);
  });

  test('a variable leads where its values lead', () => {
    const inside = `map $host $to { default app; b.example other; }\nupstream other { server 10.0.0.2; }
server { location / { proxy_pass http://$to; } }`;
    expect(entriesOf(inside)[0]?.matches.map(shown)).toEqual([
      'where $host = b.example -> pool other',
      '* -> pool app',
    ]);
  });
});
