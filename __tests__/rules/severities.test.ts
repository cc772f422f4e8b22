import { compare } from '../../src/compare/compare.ts';
import { reader as haproxyReader } from '../../src/formats/haproxy/reader.ts';

import type { RunConfig } from '../../src/rules/engine.ts';
import { RULES } from '../../src/rules/list.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { plain } from '../../src/text/say.ts';
import { changeOf, findings, shown } from '../support/run-rules.ts';

/** What one rule says about a text, or about the change from one text to another. */
function said(id: string, format: string, text: string, base?: string, more: Partial<RunConfig> = {}): string[] {
  const rules = RULES.filter((rule) => rule.id === id);
  expect(rules).toHaveLength(1);
  return findings(rules, changeOf(format, base, text), more).map(shown);
}

const haproxy = (id: string, lines: readonly string[], base?: readonly string[], more?: Partial<RunConfig>): string[] =>
  said(id, 'haproxy', `backend app\n${lines.join('\n')}\n`, base && `backend app\n${base.join('\n')}\n`, more);

const nginx = (id: string, upstream: readonly string[], options: { main?: string; location?: string } = {}): string[] =>
  said(
    id,
    'nginx',
    `${options.main ?? ''}\nevents {}\nhttp {\nupstream app {\n${upstream.join('\n')}\n}\nserver {\nlisten 80;\nlocation / {\n${options.location ?? ''}\nproxy_pass http://app;\n}\n}\n}\n`,
  );

const TWO = ['server 192.0.2.1:80;', 'server 192.0.2.2:80;'];

describe('how grave a finding is', () => {
  test('a twin server is a warning, and an error when the change brought it', () => {
    const twice = ['server a 192.0.2.1:80 check', 'server b 192.0.2.1:80 check'];
    expect(haproxy('duplicate-server', twice)).toEqual([
      'warning duplicate-server 3: 192.0.2.1:80 is listed 2 times in app. Together the lines get 100% of its traffic.',
    ]);
    expect(haproxy('duplicate-server', twice, twice.slice(0, 1))[0]).toMatch(/^error /);
    expect(haproxy('duplicate-server', twice, twice)[0]).toMatch(/^warning /);
  });

  test('a lost check is a warning, and an error when the change lost it', () => {
    const [a, b] = ['server a 192.0.2.1:80 check', 'server b 192.0.2.2:80 check'];
    const lost = [a, 'server b 192.0.2.2:80'];
    expect(haproxy('partial-check', lost)).toEqual([
      'warning partial-check 3: b has no health check, unlike 1 other server of app.',
    ]);
    expect(haproxy('partial-check', lost, [a, b])[0]).toMatch(/^error /);
  });

  test('an uneven split that is there already is a warning, of two servers from 10:1 on', () => {
    const servers = (...weights: readonly number[]): string[] =>
      weights.map((weight, i) => `server s${i} 192.0.2.${i + 1}:80 check weight ${weight}`);
    expect(haproxy('weight-imbalance', servers(50, 10, 10))[0]).toMatch(/^warning /);
    expect(haproxy('weight-imbalance', servers(50, 10))[0]).toMatch(/^notice /);
    expect(haproxy('weight-imbalance', servers(100, 10))[0]).toMatch(/^warning /);
    expect(haproxy('weight-imbalance', servers(50, 10), servers(10, 10))[0]).toMatch(/^error /);
  });

  test('an answer of the balancer is a warning where it takes the last requests of a pool', () => {
    const file = (servers: string): string =>
      `events {}\nhttp {\nupstream app { server 192.0.2.1:80; server 192.0.2.2:80; }\n${servers}\n}\n`;
    const plainly = 'server { listen 80; location / { proxy_pass http://app; } }';
    const redirected = 'server { listen 80; location / { return 301 https://shop.example; } }';
    const secure = 'server { listen 443 ssl; location / { proxy_pass http://app; } }';
    const change = (before: string, after: string): string | undefined =>
      said('entry-changed', 'nginx', file(after), file(before))[0];
    expect(change(plainly, redirected)).toMatch(/^warning /);
    expect(change(`${plainly}\n${secure}`, `${redirected}\n${secure}`)).toMatch(/^notice /);
  });

  test('timeouts that backends alone lack may stand in another file', () => {
    const backend = 'backend app\n server a 192.0.2.1:80 check\n';
    const front = 'frontend in\n bind :80\n default_backend app\n';
    expect(said('missing-timeouts', 'haproxy', backend)[0]).toMatch(/^notice /);
    expect(said('missing-timeouts', 'haproxy', front + backend)[0]).toMatch(/^warning /);
  });

  test('first fit is a notice where every server can be full', () => {
    expect(haproxy('first-fit-algorithm', ['balance first', 'server a 192.0.2.1:80', 'server b 192.0.2.2:80'])).toEqual(
      ['warning first-fit-algorithm 2: app fills a before it uses the others of its 2 servers.'],
    );
    const limited = ['balance first', 'server a 192.0.2.1:80 maxconn 50', 'server b 192.0.2.2:80 maxconn 50'];
    expect(haproxy('first-fit-algorithm', limited)[0]).toMatch(/^notice /);
  });

  test('connect timeouts and penalties grow from nothing over a notice to a warning', () => {
    const servers = ['server a 192.0.2.1:80', 'server b 192.0.2.2:80'];
    const connect = (time: string): string[] =>
      haproxy('long-connect-timeout', [`timeout connect ${time}`, ...servers]);
    expect(connect('10s')).toEqual([]);
    expect(connect('11s')).toEqual(['notice long-connect-timeout 2: A connection to a server may take 11 s.']);
    expect(connect('31s')[0]).toMatch(/^warning /);
    const alone = haproxy('long-connect-timeout', ['timeout connect 31s', 'server a 192.0.2.1:80']);
    expect(alone[0]).toMatch(/^notice /);
    const penalty = (time: string): string[] =>
      said(
        'long-penalty',
        'neutral',
        `version: 1\npools:\n  - name: app\n    passiveHealth: { ejectFor: ${time} }\n    servers: [{ address: 192.0.2.1, port: 80 }, { address: 192.0.2.2, port: 80 }]\n`,
      );
    expect(penalty('30s')).toEqual([]);
    expect(penalty('45s')).toEqual([
      'notice long-penalty 4: After 1 failed request a server of app gets no traffic for 45 s.',
    ]);
    expect(penalty('2m')[0]).toMatch(/^warning /);
  });

  test('a host as key is a warning, a browser as key a notice', () => {
    const by = (header: string): string[] =>
      haproxy('low-cardinality-hash-key', [`balance hdr(${header})`, 'server a 192.0.2.1:80', 'server b 192.0.2.2:80']);
    expect(by('Host')).toEqual([
      'warning low-cardinality-hash-key 2: app picks the server by hdr(Host), which has few different values.',
    ]);
    expect(by('User-Agent')[0]).toMatch(/^notice /);
    expect(by('X-Tenant')).toEqual([]);
  });

  test('a missing PROXY header is a warning, another odd one out a notice', () => {
    const with_ = (option: string): string[] =>
      haproxy('mixed-settings-in-pool', [
        `server a 192.0.2.1:80 ${option}`,
        'server b 192.0.2.2:80',
        `server c 192.0.2.3:80 ${option}`,
      ]);
    expect(with_('send-proxy')).toEqual([
      'warning mixed-settings-in-pool 3: b has no PROXY header, unlike the other 2 servers of app.',
    ]);
    expect(with_('maxconn 90')[0]).toMatch(/^notice /);
  });

  test('a dead pool is an error where traffic goes, a warning where nothing leads to it', () => {
    const dead = 'backend app\n server a 192.0.2.1:80 disabled\n server b 192.0.2.2:80 weight 0\n';
    expect(said('no-active-server', 'haproxy', `frontend f\n bind :80\n default_backend app\n${dead}`)).toEqual([
      'error no-active-server 4: No server of app can take traffic: 1 server is disabled and 1 server has weight 0.',
    ]);
    expect(said('no-active-server', 'haproxy', dead)[0]).toMatch(/^warning /);
    expect(said('no-active-server', 'haproxy', `frontend f\n bind :80\n use_backend %[path]\n${dead}`)[0]).toMatch(
      /^error /,
    );
  });

  test('an unknown state or weight makes rules abstain', () => {
    const maybe = ['server a 192.0.2.1:80 weight "${WEIGHT}"', 'server b 192.0.2.2:80 disabled'];
    expect(haproxy('no-active-server', maybe)).toEqual([]);
    expect(haproxy('duplicate-server', ['server a "${HOST}:80"', 'server b "${HOST}:80"'])).toEqual([]);
  });

  test('no name on a response is a warning, and only when something shall be measured', () => {
    const text = ['mode http', 'server a 192.0.2.1:80', 'server b 192.0.2.2:80'];
    expect(haproxy('no-backend-identity', text)).toEqual([]);
    expect(haproxy('no-backend-identity', text, undefined, { measuring: true })[0]).toMatch(/^warning /);
  });

  test('no check is a warning for listed servers, a notice for discovered ones', () => {
    expect(haproxy('no-health-check', ['server a 192.0.2.1:80', 'server b 192.0.2.2:80'])).toEqual([
      'warning no-health-check 1: None of the 2 servers of app has a health check.',
    ]);
    expect(haproxy('no-health-check', ['server-template s 4 app.example:80 resolvers dns'])[0]).toMatch(/^notice /);
  });

  test('no redispatch is a warning only where a cookie pins clients to servers that nobody checks', () => {
    const pool = (check: string): string[] =>
      haproxy('no-redispatch', [
        'mode http',
        'cookie S insert',
        `server a 192.0.2.1:80 cookie a ${check}`,
        `server b 192.0.2.2:80 cookie b ${check}`,
      ]);
    expect(pool('')[0]).toMatch(/^warning /);
    expect(pool('check')[0]).toMatch(/^notice /);
  });

  test('a part of a folder of files is not asked for timeouts that a neighbour sets', () => {
    const part = 'backend app\n server a 192.0.2.1:80\n server b 192.0.2.2:80\n';
    const main =
      'defaults\n timeout connect 5s\n timeout server 5s\n timeout client 5s\nbackend other\n server a 192.0.2.1:80\n';
    const tree = new MemoryTree({ 'lb/10.cfg': main, 'lb/20.cfg': part, 'elsewhere/20.cfg': part });
    const configs = ['lb/10.cfg', 'lb/20.cfg', 'elsewhere/20.cfg'].map((path) =>
      haproxyReader.read(path, tree, { rootMap: {} }),
    );
    const rules = RULES.filter(({ id }) => id === 'missing-timeouts');
    const places = findings(rules, compare(undefined, configs)).map(({ at }) => at.source.path);
    expect(places).toEqual(['elsewhere/20.cfg']);
  });

  test('an odd port is a notice, and a warning when the change brought it', () => {
    const at = (port: number): string[] =>
      [1, 2].map((n) => `server s${n} 192.0.2.${n}:80`).concat(`server s3 192.0.2.3:${port}`);
    expect(haproxy('odd-port-out', at(81))).toEqual([
      'notice odd-port-out 4: s3 uses port 81; the other 2 servers of app on 80.',
    ]);
    expect(haproxy('odd-port-out', at(81), at(80))[0]).toMatch(/^warning /);
  });

  test('a declared capacity that is passed is an error, limits that disagree are a notice', () => {
    const capacity = {
      facts: new Map([
        [
          'app',
          {
            capacity: new Map([
              ['a', 100],
              ['b', 400],
            ]),
          },
        ],
      ]),
    };
    const servers = ['balance roundrobin', 'server a 192.0.2.1:80', 'server b 192.0.2.2:80'];
    expect(haproxy('overloaded-share-vs-capacity', servers, undefined, capacity)).toEqual([
      'error overloaded-share-vs-capacity 3: a gets 50% of app and has 20% of its capacity.',
    ]);
    const limits = ['balance roundrobin', 'server a 192.0.2.1:80 maxconn 10', 'server b 192.0.2.2:80 maxconn 90'];
    expect(haproxy('overloaded-share-vs-capacity', limits)).toEqual([
      'notice overloaded-share-vs-capacity 3: a gets 50% of app, with 10% of the connections that its servers allow.',
    ]);
  });

  test('one sticky value twice is an error, a missing one and unused ones are warnings', () => {
    const three = (cookie: string, last: string): string[] =>
      haproxy('partial-or-duplicate-sticky-value', [
        'mode http',
        cookie,
        'server a 192.0.2.1:80 cookie a',
        `server b 192.0.2.2:80 ${last}`,
      ]);
    expect(three('cookie S insert', 'cookie a')).toEqual([
      'error partial-or-duplicate-sticky-value 5: b has the sticky value a, and so has a.',
    ]);
    expect(three('cookie S insert', '')).toEqual([
      'warning partial-or-duplicate-sticky-value 5: b has no sticky value, unlike 1 other server of app.',
    ]);
    expect(three('', 'cookie b')).toEqual([
      'warning partial-or-duplicate-sticky-value 4: 2 servers of app have a sticky value, but the pool is not sticky.',
    ]);
  });

  test('leaving errors out of failover is a warning where it is written, a notice where it is the default', () => {
    expect(nginx('errors-not-counted', ['least_conn;', ...TWO])[0]).toMatch(/^notice /);
    const written = { location: 'proxy_next_upstream error;' };
    expect(nginx('errors-not-counted', ['least_conn;', ...TWO], written)[0]).toMatch(/^warning /);
    expect(nginx('errors-not-counted', TWO, written)).toEqual([]);
  });

  test('no zone is a warning where several workers count connections', () => {
    const workers = { main: 'worker_processes 4;' };
    expect(nginx('nginx-no-zone', ['least_conn;', ...TWO], workers)).toEqual([
      'warning nginx-no-zone 4: app has no zone, so each worker process keeps its own connection counts for least_conn.',
    ]);
    expect(nginx('nginx-no-zone', TWO, workers)[0]).toMatch(/^notice /);
    expect(nginx('nginx-no-zone', ['ip_hash;', ...TWO], workers)).toEqual([]);
    expect(nginx('nginx-no-zone', ['least_conn;', ...TWO], { main: 'worker_processes 1;' })).toEqual([]);
  });

  test('the zone that is proposed has room for the servers', () => {
    const many = Array.from({ length: 100 }, (_, i) => `server 192.0.2.${i + 1};`);
    const rules = RULES.filter(({ id }) => id === 'nginx-no-zone');
    const text = `worker_processes 2;\nevents {}\nhttp {\nupstream app {\n${many.join('\n')}\n}\n}\n`;
    const [finding] = findings(rules, changeOf('nginx', undefined, text));
    expect(finding && plain(finding.fix)).toBe('Add zone app 256k; to the upstream.');
  });

  test('a zone that is missing is a notice where the main file is not there', () => {
    const part = `upstream app {\nleast_conn;\n${TWO.join('\n')}\n}\n`;
    expect(said('nginx-no-zone', 'nginx', part)[0]).toMatch(/^notice /);
  });
});
