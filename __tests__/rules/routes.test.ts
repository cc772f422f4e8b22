import { diffDocument } from '../../src/compare/diff-document.ts';
import { compare } from '../../src/compare/compare.ts';
import { RULES } from '../../src/rules/list.ts';
import { plain } from '../../src/text/say.ts';
import { changeOf, findings, read, shown } from '../support/run-rules.ts';

const HAPROXY = `defaults
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
    server w1 192.0.2.1:80 check
    server w2 192.0.2.2:80 check
backend api
    server a1 192.0.2.3:80 check
    server a2 192.0.2.4:80 check
`;

const NGINX = `events {}
http {
    map $http_x_beta $by_map { 1 beta; default app; }
    upstream app { zone app 64k; server 192.0.2.1:80; server 192.0.2.2:80; }
    upstream beta { zone beta 64k; server 192.0.2.3:80; server 192.0.2.4:80; }
    server {
        listen 8080;
        location / { proxy_pass http://app; }
        location /beta { proxy_pass http://beta; }
    }
    server {
        listen 8081;
        location / { proxy_pass http://$by_map; }
    }
}
`;

const RULES_OF_ROUTES = [
  'canary-jump',
  'pool-removed',
  'retargeted-route',
  'undefined-pool-reference',
  'unused-pool',
] as const;
const rules = RULES.filter(({ id }) => RULES_OF_ROUTES.some((one) => one === id));

/** What the rules about routes say of one replacement, worst first: `error retargeted-route`. */
function said(format: string, text: string, from: string | RegExp, to: string): string[] {
  const head = text.replace(from, to);
  expect(head).not.toBe(text);
  return findings(rules, changeOf(format, text, head)).map(({ severity, rule }) => `${severity} ${rule}`);
}

/** The routes that the diff document tells: `api: if { path_beg /api } -> all requests`. */
function routes(format: string, base: string, head: string): string[] {
  const { pools } = diffDocument(changeOf(format, base, head));
  return pools.flatMap(({ name, changes }) =>
    changes.filter(({ kind }) => kind === 'route-changed').map(({ before, after }) => `${name}: ${before} -> ${after}`),
  );
}

describe('a route that moves in HAProxy', () => {
  test.each([
    ['takes every request', ' if is_api', '', ['warning retargeted-route']],
    ['takes the other requests', 'if is_api', 'unless is_api', ['warning retargeted-route']],
    ['has another pattern', '/api\n', '/\n', ['warning retargeted-route']],
    ['is gone', '    use_backend api if is_api\n', '', ['warning retargeted-route']],
    ['was the last one', '    default_backend site\n', '', ['error retargeted-route']],
    [
      'leads nowhere because all is answered before',
      '    acl',
      '    http-request deny\n    acl',
      ['error retargeted-route', 'warning retargeted-route'],
    ],
    [
      'is for half of the requests',
      '    default',
      '    use_backend api if { rand(100) lt 50 }\n    default',
      ['warning canary-jump'],
    ],
    ['is for few of the requests', '    default', '    use_backend api if { rand(100) lt 5 }\n    default', []],
    ['asks for paths that connections have not got', 'mode http', 'mode tcp', ['warning retargeted-route']],
    ['is gone with its pool', /\nbackend api[^]*/, '', ['error undefined-pool-reference']],
    ['is gone with all pools', /frontend web[^]*/, '', ['error pool-removed']],
    ['has its condition written out', 'if is_api', 'if { path_beg /api }', []],
    ['has another name for its condition', /is_api/g, 'api_paths', []],
    ['stands in a frontend of another name', 'frontend web', 'frontend www', []],
    [
      'has its condition on two lines',
      'is_api path_beg /api\n',
      'is_api path_beg /api\n    acl is_api path_beg /api\n',
      [],
    ],
  ])('%s', (_, from, to, expected) => {
    expect(said('haproxy', HAPROXY, from, to)).toEqual(expected);
  });

  test('is told beside what the pools spread from now on', () => {
    const found = findings(RULES, changeOf('haproxy', HAPROXY, HAPROXY.replace('mode http', 'mode tcp')));
    expect(found.filter(({ introduced, severity }) => introduced && severity !== 'notice').map(shown)).toEqual([
      expect.stringContaining('warning retargeted-route 9:'),
      expect.stringContaining('warning algorithm-changed 11: site balances connections instead of requests'),
      expect.stringContaining('warning algorithm-changed 14: api balances connections instead of requests'),
    ]);
  });

  test('is told in the diff document, at the pool that gains and the one that loses', () => {
    expect(routes('haproxy', HAPROXY, HAPROXY.replace(' if is_api', ''))).toEqual([
      'site: all other requests -> null',
      'api: if { path_beg /api } -> all requests',
    ]);
    expect(routes('haproxy', HAPROXY, HAPROXY.replaceAll('is_api', 'api_paths'))).toEqual([]);
  });

  test('is an error when a whole frontend still comes in and its pool is gone', () => {
    const head = HAPROXY.replace('    default_backend site\n', '').replace(/\nbackend site[^]*(?=\nbackend api)/, '');
    expect(
      findings(rules, changeOf('haproxy', HAPROXY, head)).map(({ severity, rule }) => `${severity} ${rule}`),
    ).toEqual(['error pool-removed']);
  });

  test('is an error when the only file is deleted', () => {
    const found = findings(rules, compare([read('haproxy', HAPROXY)], []));
    expect(found.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(['error pool-removed']);
  });

  test('leads elsewhere although the base stands in another file', () => {
    const head = {
      ...read('haproxy', HAPROXY.replace('default_backend site', 'default_backend api')),
      path: 'new.cfg',
    };
    const found = findings(rules, compare([read('haproxy', HAPROXY)], [head]));
    expect(found.map(({ rule }) => rule)).toContain('retargeted-route');
  });

  test('a file under another name that cannot be read any more is told as one', () => {
    const head = { ...read('haproxy', 'garbage {'), path: 'new.cfg' };
    const found = findings(RULES, compare([read('haproxy', HAPROXY)], [head]));
    expect(found.map(({ rule }) => rule)).toContain('unparsed-before-or-after');
  });
});

describe('a route that moves in nginx', () => {
  test.each([
    ['another default of a map', 'default app', 'default beta', ['warning retargeted-route']],
    ['one more value of a map', '1 beta;', '1 beta; 2 beta;', ['warning retargeted-route']],
    [
      'a server that answers itself',
      '{ proxy_pass http://app; }',
      '{ return 503; proxy_pass http://app; }',
      ['error retargeted-route'],
    ],
    [
      'a split with half of the requests',
      '    map',
      '    split_clients $request_id $split { 50% beta; * app; }\n    map',
      [],
    ],
    [
      'an upstream that is gone and still meant',
      /upstream beta [^}]*}/,
      '',
      ['error undefined-pool-reference', 'error undefined-pool-reference'],
    ],
    [
      'an upstream of another name',
      'upstream app',
      'upstream application',
      ['error undefined-pool-reference', 'error undefined-pool-reference', 'notice unused-pool'],
    ],
    ['a location that is gone', /location \/beta [^}]*}/, '', ['warning retargeted-route']],
    [
      'a location that goes the same way',
      'location /beta',
      'location /x { proxy_pass http://app; }\n location /beta',
      [],
    ],
    [
      'a location that takes from another',
      'location /beta',
      'location /x { proxy_pass http://beta; }\n location /beta',
      ['warning retargeted-route'],
    ],
    ['another port of the server', 'listen 8080', 'listen 8088', []],
    ['a return for some', '{ proxy_pass http://app; }', '{ if ($http_x) { return 403; } proxy_pass http://app; }', []],
    ['a break before the return', '{ proxy_pass http://app; }', '{ break; return 403; proxy_pass http://app; }', []],
  ])('%s', (_, from, to, expected) => {
    expect(said('nginx', NGINX, from, to)).toEqual(expected);
  });

  test('the same move of several routes is told once', () => {
    const head = NGINX.replace('listen 8081;', 'listen 8081; location /more { proxy_pass http://app; }');
    const found = findings(rules, changeOf('nginx', head, head.replaceAll('http://app;', 'http://beta;')));
    const [first] = found.filter(({ rule }) => rule === 'retargeted-route');
    expect(first && plain(first.what)).toBe(
      'In server on 8080, proxy_pass sends all other requests to beta now; before this change to app, and 1 other route with it.',
    );
  });

  test('a split that appears at half of the requests, or goes from few to all, is a jump', () => {
    const split = (percent: number): string =>
      NGINX.replace('    map', `    split_clients $request_id $split { ${percent}% beta; * app; }\n    map`).replace(
        '{ proxy_pass http://app; }',
        '{ proxy_pass http://$split; }',
      );
    const all = NGINX.replace('{ proxy_pass http://app; }', '{ proxy_pass http://beta; }');
    const rulesOf = (base: string, head: string): string[] =>
      findings(rules, changeOf('nginx', base, head)).map(({ severity, rule }) => `${severity} ${rule}`);
    expect(rulesOf(NGINX, split(50))).toEqual(['warning canary-jump']);
    expect(rulesOf(NGINX, split(5))).toEqual([]);
    expect(rulesOf(split(5), all)).toEqual(['warning canary-jump']);
    expect(rulesOf(split(5), split(60))).toEqual(['warning canary-jump']);
    expect(rulesOf(split(5), NGINX)).toEqual([]);
  });
});

describe('requests that leave the method', () => {
  const STICKY = HAPROXY.replace('\nbackend site\n', '\nbackend site\n    cookie SRV insert\n').replaceAll(
    / check$/gm,
    ' check cookie x',
  );

  test.each([
    [
      'some requests make the shares hold for the others alone',
      'use-server w1 if { path_beg /a }',
      'conditional',
      0.5,
      'unparsed-before-or-after',
    ],
    [
      'a condition that always holds makes the shares unknown',
      'use-server w1 if TRUE',
      'unknown',
      { low: 0, high: 1 },
      'unparsed-before-or-after',
    ],
    // HAProxy refuses the line without a condition.
    ['all requests make the shares unknown', 'use-server w1', 'unknown', { low: 0, high: 1 }, 'config-unparsable'],
  ])('%s, and are told when they are new', (_, line, predictability, idle, rule) => {
    const head = HAPROXY.replace('\nbackend site\n', `\nbackend site\n    ${line}\n`);
    const change = changeOf('haproxy', HAPROXY, head);
    expect(change.pools[0]?.head?.prediction).toMatchObject({ predictability, shares: [{ idle }, { idle }] });
    const rulesOf = findings(RULES, change).filter(({ severity }) => severity !== 'notice');
    expect(rulesOf.map((finding) => finding.rule)).toEqual([rule]);
  });

  test.each(['force-persist', 'ignore-persist'])('%s is told where clients stick', (keyword) => {
    const head = STICKY.replace('    cookie SRV', `    ${keyword} if { path_beg /static }\n    cookie SRV`);
    const of = (base: string, after: string): readonly string[] =>
      findings(RULES, changeOf('haproxy', base, after)).flatMap(({ rule, introduced }) => (introduced ? [rule] : []));
    expect(of(STICKY, head)).toEqual(['persistence-exception']);
    expect(of(head, STICKY)).toEqual(['persistence-exception']);
  });
});

describe('limits in front of the pools', () => {
  const limits = (format: string, base: string, head: string): string[] =>
    findings(
      RULES.filter(({ id }) => id === 'limit-lowered'),
      changeOf(format, base, head),
    ).map(shown);
  const GLOBAL = `global\n    maxconn 4096\n${HAPROXY}`;
  const EVENTS = NGINX.replace('events {}', 'events { worker_connections 1024; }');

  test('of the whole process, of a frontend and of an nginx worker are told once for all pools', () => {
    const less = GLOBAL.replace('4096', '40');
    expect(limits('haproxy', GLOBAL, less)).toEqual([
      'warning limit-lowered 2: The frontend maxconn of site and api goes from 4,096 to 40.',
    ]);
    expect(limits('haproxy', GLOBAL, GLOBAL.replace('    bind', '    maxconn 10\n    bind'))).toEqual([
      'warning limit-lowered 9: The frontend maxconn of site and api goes from 4,096 to 10.',
    ]);
    expect(limits('nginx', EVENTS, EVENTS.replace('1024', '8'))).toEqual([
      'warning limit-lowered 1: The worker_connections of app and beta goes from 1,024 to 8.',
    ]);
  });

  test.each([
    ['server 30s', 'server 30', 'error'],
    ['server 30s', 'server 2s', 'warning'],
    ['server 30s', 'server 14s', 'notice'],
    ['connect 2s', 'connect 50ms', 'warning'],
    ['connect 2s', 'connect 2', 'error'],
  ])('timeout %s that becomes %s is a finding of severity %s', (before, after, severity) => {
    expect(limits('haproxy', HAPROXY, HAPROXY.replace(before, after)).map((text) => text.split(' ')[0])).toEqual([
      severity,
    ]);
  });

  test('a limit that rises, or a larger one of the frontend beside that of the process, is nothing', () => {
    expect(limits('haproxy', GLOBAL.replace('4096', '40'), GLOBAL)).toEqual([]);
    expect(limits('haproxy', GLOBAL, GLOBAL.replace('    bind', '    maxconn 9000\n    bind'))).toEqual([]);
  });
});

test('a template in the place of the servers that it makes takes their place', () => {
  const head = HAPROXY.replace(/    server w1[^]*w2.*\n/, '    server-template w 2 192.0.2.9:80 check\n');
  const found = findings(RULES, changeOf('haproxy', HAPROXY, head)).filter(({ rule }) => rule === 'server-removed');
  expect(found.map(shown)).toEqual([
    'notice server-removed 11: 2 new servers replace w1 and w2 of site, which had 100% of its traffic.',
  ]);
});

test('what a dead server without a check costs depends on what is tried again', () => {
  const why = (text: string): string[] =>
    findings(RULES, changeOf('haproxy', undefined, text.replace('192.0.2.2:80 check', '192.0.2.2:80')))
      .filter(({ rule }) => rule === 'partial-check')
      .map((finding) => plain(finding.why));
  expect(why(HAPROXY)).toEqual(['The balancer keeps sending to it when down: 50% of all requests then fail.']);
  expect(why(HAPROXY.replace('    mode http', '    mode http\n    retries 2\n    option redispatch'))).toEqual([
    'The balancer keeps sending to it when down: 50% of all requests then wait for 2 failed attempts, and fail if the server hangs instead of refusing.',
  ]);
});

describe('what a check expects', () => {
  const CHECKED = HAPROXY.replace(
    '\nbackend site\n',
    '\nbackend site\n    option httpchk GET /up\n    http-check expect status 200\n',
  );
  const REDIS = HAPROXY.replace(
    '\nbackend site\n',
    '\nbackend site\n    option tcp-check\n    tcp-check send PING\n    tcp-check expect string +PONG\n    tcp-check expect string role:master\n',
  );
  const weaker = (base: string, from: string, to: string): string[] =>
    findings(
      RULES.filter(({ id }) => id === 'health-check-removed-or-weakened'),
      changeOf('haproxy', base, base.replace(from, to)),
    ).map(({ what }) => plain(what));

  test.each([
    [CHECKED, 'status 200', 'status 200-499', 'The check of site now accepts status 400 as healthy.'],
    [CHECKED, 'status 200', 'status 200,503', 'The check of site now accepts status 503 as healthy.'],
    [CHECKED, '    http-check expect status 200\n', '', 'The check of site no longer expects status 200.'],
    [REDIS, '    tcp-check expect string role:master\n', '', 'The check of site no longer expects string role:master.'],
  ])('%#: less is told', (base, from, to, expected) => {
    expect(weaker(base, from, to)).toEqual([expected]);
  });

  test.each([
    [CHECKED, 'status 200', 'status 200-399'],
    [CHECKED, 'status 200', 'string fine'],
    [REDIS, 'role:master', 'role:primary'],
    [REDIS, '    tcp-check send', '    tcp-check expect string +OK\n    tcp-check send'],
  ])('%#: as much or another thing is not', (base, from, to) => {
    expect(weaker(base, from, to)).toEqual([]);
  });
});

describe('answers that a balancer refuses', () => {
  const refusals = RULES.filter(({ id }) => id === 'requests-refused');
  const severities = (section: string, line: string): string[] => {
    const head = HAPROXY.replace(`\n${section}\n`, `\n${section}\n    ${line}\n`);
    expect(head).not.toBe(HAPROXY);
    return findings(refusals, changeOf('haproxy', HAPROXY, head)).map(({ severity }) => severity);
  };

  test.each([
    ['http-response deny', 'error'],
    ['http-response return status 500', 'error'],
    ['tcp-response content reject', 'error'],
    ['http-response deny if TRUE', 'error'],
    ['http-response deny unless FALSE', 'error'],
    ['http-response deny if { status 200 }', 'warning'],
    ['http-response deny if { status 500:599 }', 'notice'],
    ['http-request deny if !{ path_beg /zzz }', 'notice'],
  ])('%s: %s', (line, severity) => {
    expect(severities('backend site', line)).toContain(severity);
    expect(severities('frontend web', line)).toContain(severity);
  });

  test.each(['http-response deny if FALSE', 'http-response set-header X-A b', 'http-response return status 200'])(
    '%s refuses nobody',
    (line) => expect(severities('backend site', line)).toEqual([]),
  );

  test('a pool of another file that refuses everything', () => {
    const [front = '', pools = ''] = HAPROXY.split(/(?=\nbackend site\n)/);
    const entries = read('haproxy', front, 'entries.cfg');
    const before = read('haproxy', pools, 'pools.cfg');
    const after = read(
      'haproxy',
      pools.replace('backend site\n', 'backend site\n    http-request deny\n'),
      'pools.cfg',
    );
    const found = findings(refusals, compare([entries, before], [entries, after]));
    expect(found.map(({ severity }) => severity)).toEqual(['error']);
  });

  test('a name that two other files have is not known to be lost', () => {
    const [front = '', pools = ''] = HAPROXY.split(/(?=\nbackend site\n)/);
    const entries = read('haproxy', front, 'entries.cfg');
    const one = read('haproxy', pools, 'pools.cfg');
    const change = compare([entries, one], [entries, one, read('haproxy', pools, 'more.cfg')]);
    expect(change.entries.map(({ head }) => head?.total.lost)).toEqual([0]);
    expect(findings(refusals, change)).toEqual([]);
  });
});

test.each(['send-proxy', 'ssl verify none', 'proto h2'])('one server with %s, or one without', (option) => {
  const [mixed] = RULES.filter(({ id }) => id === 'mixed-settings-in-pool');
  const said = (options: readonly string[]): string[] => {
    const servers = options.map((one, i) => `    server s${i} 192.0.2.${i + 1}:80 check ${one}\n`).join('');
    const text = `backend app\n    mode http\n${servers}`;
    return findings(mixed === undefined ? [] : [mixed], changeOf('haproxy', text, text)).map(
      ({ severity, server }) => `${severity} ${server ?? ''}`,
    );
  };
  expect(said([option, '', ''])).toEqual(['warning s0']);
  expect(said([option, option, ''])).toEqual(['warning s2']);
  expect(said([option, option, option])).toEqual([]);
});

describe('what holds for every request of nginx', () => {
  const refusals = RULES.filter(({ id }) => id === 'requests-refused');
  const before = 'location / { proxy_pass http://app; }';

  test.each([
    ['location / { if ($request_method) { return 503; } proxy_pass http://app; }', 'error'],
    ['location ~ . { return 404; } location / { proxy_pass http://app; }', 'error'],
    ['location / { if ($http_x_test) { return 503; } proxy_pass http://app; }', 'notice'],
    ['location ~ ^/old { return 404; } location / { proxy_pass http://app; }', 'notice'],
  ])('%s: %s', (after, severity) => {
    const found = findings(refusals, changeOf('nginx', NGINX, NGINX.replace(before, after)));
    expect([...new Set(found.map((one) => one.severity))]).toEqual([severity]);
  });
});
