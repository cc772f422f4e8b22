import { plain } from '../../../src/text/say.ts';
import { read } from '../../support/run-rules.ts';

const TEXT = `defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
frontend web
    bind 127.0.0.1:8080
    acl is_api path_beg /api
    use_backend api if is_api
    default_backend site
backend site
    option httpchk
    http-check expect status 200
    server w1 192.0.2.1:80 check
backend api
    server a1 192.0.2.3:80 check
`;

/** What keeps HAProxy 2.6 from loading the text with one replacement, as `line: words`. */
function faults(from: string, to: string): readonly string[] {
  const text = TEXT.replace(from, to);
  expect(text).not.toBe(TEXT);
  return read('haproxy', text).problems.map(({ at, what }) => `${at.source.position(at.start).line}: ${plain(what)}`);
}

describe('what HAProxy refuses', () => {
  test.each([
    ['if is_api', 'if is_app', '9: No acl line of this section defines is_app; did you mean is_api?'],
    ['if is_api', 'if !is_api nothing || TRUE', '9: No acl line of this section defines nothing'],
    ['    option', '    http-request deny unless local\n    option', '12: No acl line of this section defines local'],
    ['timeout server', 'timeout idle-or-so 1s\n    timeout server', '5: Unknown keyword idle-or-so behind timeout.'],
    ['timeout server', 'timeout sever', '5: Unknown keyword sever; did you mean server?'],
    ['timeout connect', 'timeout conn', '3: Unknown keyword conn; did you mean connect?'],
    ['server 30s', 'server 30x', '5: Invalid duration 30x.'],
    ['server 30s', 'server 1.5s', '5: Invalid duration 1.5s.'],
    ['server 30s', 'server 30sec', '5: 30sec is not a plain duration, and HAProxy reads it as 30 s.'],
    ['expect status', 'expect stat', '13: Unknown keyword stat; did you mean status?'],
    ['expect status', 'expect min-recv 3 ! stats', '13: Unknown keyword stats; did you mean status?'],
    [
      '\nbackend api',
      '\nfrontend web\n    bind :81\nbackend api',
      '15: web is already the name of the frontend at line 6.',
    ],
    [
      '\nbackend api',
      '\nlisten web\n    bind :81\nbackend api',
      '15: web is already the name of the frontend at line 6.',
    ],
    [
      '    server w1',
      '<<<<<<< HEAD\n=======\n>>>>>>> other\n    server w1',
      '14: A merge left a conflict in the file here.',
    ],
  ])('%s becomes %s', (from, to, fault) => {
    expect(faults(from, to)).toEqual([fault]);
  });

  test.each([
    ['3:80 check', '3:80 track api/a1', '16: track api/a1 leads back to the server itself.'],
    [
      '3:80 check',
      '3:80 track a2\n    server a2 192.0.2.4:80 track a1',
      '16: track a2 leads back to the server itself.',
    ],
    ['3:80 check', '3 check', '16: a1 has a check and no port to check.'],
    ['3:80 check', '3:-1 check', '16: a1 has a check and no port to check.'],
    ['3:80 check', '3:0 check', '16: a1 has a check and no port to check.'],
  ])('of checks: %s becomes %s', (from, to, fault) => {
    expect(faults(from, to)).toContain(fault);
  });

  test.each(['3 check port 80', '3', '3 check addr 192.0.2.9:80', '3 agent-check agent-port 90'])(
    'nothing of a port: %s',
    (to) => expect(faults('3:80 check', to)).toEqual([]),
  );

  test.each([
    ['is_api\n', 'is_api or { path /x } METH_GET WAIT_END\n'],
    ['    option', '    http-response set-header X-Cause if\n    option'],
    ['    option', '    http-request set-header X-Cause "if" if { src 10.0.0.0/8 }\n    option'],
    ['expect status', 'expect comment stat !status'],
    ['expect status 200', 'expect ! rstatus ^5'],
    ['timeout server', 'timeout http-keep-alive 1s\n    timeout tunnel 1h\n    timeout server'],
    ['\nbackend api', '\nbackend web\nbackend api'],
    ['    server w1', '    # <<<<<<< HEAD\n    # >>>>>>> other\n    server w1'],
  ])('nothing, when %s becomes %s', (from, to) => {
    expect(faults(from, to)).toEqual([]);
  });

  test('two frontends of one name of which an .if takes one', () => {
    const twice = `.if feature(QUIC)\nfrontend web2\n    bind :81\n    default_backend api\n.else\nfrontend web2\n    bind :82\n    default_backend api\n.endif\n`;
    expect(
      faults('backend site\n    option', `${twice}backend site\n    option`).filter((text) => text.includes('already')),
    ).toEqual([]);
  });
});

test('a time is read up to its unit, as HAProxy reads it', () => {
  const timeout = (value: string): unknown =>
    read('haproxy', TEXT.replace('server 30s', `server ${value}`)).pools[0]?.timeouts.serverMs?.value;
  expect(['30sec', '5min', '100msec', '30', '1d2', '30x'].map(timeout)).toEqual([
    30_000,
    300_000,
    100,
    30,
    86_400_000,
    undefined,
  ]);
});

test('a conflict of a merge in an nginx file', () => {
  const text = 'events {}\nhttp {\n<<<<<<< HEAD\n  server_tokens off;\n=======\n>>>>>>> other\n}\n';
  expect(read('nginx', text).problems.map(({ at, what }) => `${at.start}: ${plain(what)}`)).toContain(
    '17: A merge left a conflict in the file here.',
  );
});

test('an address that leaves the choice to the client', () => {
  const reasons = (address: string): string[] =>
    read('haproxy', TEXT.replace('192.0.2.3:80', address)).pools[1]?.caveats.map(({ reason }) => plain(reason)) ?? [];
  expect(reasons('192.0.2.4:80')).toEqual([]);
  expect(reasons('0.0.0.0:80')).toEqual([
    'a1 has no address of its own: each request goes to the address that its client connected to',
  ]);
});
