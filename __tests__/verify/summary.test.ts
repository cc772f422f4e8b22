import { expect, test } from '@jest/globals';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { plain } from '../../src/text/say.ts';
import { runRules } from '../../src/rules/engine.ts';
import { RULES } from '../../src/rules/list.ts';
import { defaultOptions } from '../../src/rules/rule.ts';
import { compare } from '../../src/compare/compare.ts';
import { changeSentence } from '../../src/verify/change-sentence.ts';
import { readEstate } from '../../src/verify/read.ts';
import { summaryOf } from '../../src/verify/summary.ts';

const SETTINGS = { rootMap: {}, productVersions: {} };

function sentence(file: string, base: string, head: string): string | undefined {
  const read = (text: string) =>
    readEstate({ tree: new MemoryTree({ [file]: text }), files: [file] }, SETTINGS).configs;
  const told = changeSentence(compare(read(base), read(head)));
  return told && plain(told);
}

const nginx = (upstreams: string, rest = ''): string =>
  `events {}\nhttp {\n${upstreams}\n${rest}\nserver { listen 80; location / { proxy_pass http://app; } }\n}\n`;
const haproxy = (backends: string): string =>
  `defaults\n mode http\n timeout connect 5s\n timeout client 5s\n timeout server 5s\n${backends}`;
const servers = (options = ''): string => ` server a web1:80 ${options}\n server b web2:80 ${options}\n`;

test.each<[string, string, string, string]>([
  [
    'the largest shift of traffic comes first',
    haproxy(`backend app\n balance roundrobin\n${servers()}`),
    haproxy(`backend app\n balance roundrobin\n server a web1:80 weight 3\n server b web2:80\n`),
    'In app, a would take 75% of the traffic (50% now).',
  ],
  [
    'one setting of one server, with its values',
    haproxy(`backend app\n${servers('check')}`),
    haproxy(`backend app\n server a web1:80 check inter 9s\n server b web2:80 check\n`),
    'In app, a: health check goes from every 2000 ms to every 9000 ms.',
  ],
  [
    'a value that the config does not tell any more is not none',
    haproxy(`backend app\n${servers('maxconn 100')}`),
    haproxy(`backend app\n${servers('maxconn "$MAX"')}`),
    'In app, connection limit of a and b goes from 100 to unknown.',
  ],
  [
    'nor is an interval or a cookie',
    haproxy(`backend app\n cookie SRV\n${servers('check inter 5s')}`),
    haproxy(`backend app\n cookie "$NAME"\n${servers('check inter "$INTER"')}`),
    'In app, health check of a and b goes from every 5000 ms to every unknown; stickiness changes too.',
  ],
  [
    'the same step of several servers is told once',
    haproxy(`backend app\n${servers()}`),
    haproxy(`backend app\n${servers('maxconn 500')}`),
    'In app, connection limit of a and b goes from none to 500.',
  ],
  [
    'different steps of several servers: all of them, and the first step',
    haproxy(`backend app\n server a web1:80 check port 1\n server b web2:80 check port 2\n`),
    haproxy(`backend app\n server a web1:80 check port 8\n server b web2:80 check port 9\n`),
    'In app, check port of a and b changes, of a from 1 to 8.',
  ],
  [
    'what else changes is named',
    haproxy(`backend app\n balance roundrobin\n${servers()}`),
    haproxy(`backend app\n balance leastconn\n retries 1\n${servers('maxconn 9')}`),
    'In app, algorithm goes from round-robin to least-connections; connection limit and retries change too.',
  ],
  [
    'servers that come and go are the news',
    haproxy(`backend app\n retries 2\n${servers()}`),
    haproxy(`backend app\n retries 1\n server b web2:80\n server c web3:80\n`),
    'In app, c is in the place of a; retries changes too.',
  ],
  [
    'a pool that is renamed is still itself',
    haproxy(`backend app\n${servers()}`),
    haproxy(`backend shop\n${servers()}`),
    'Pool app is now called shop.',
  ],
  [
    'a renamed pool, what else changes in it, and a new one',
    haproxy(`backend app\n${servers()}`),
    haproxy(`backend shop\n${servers('maxconn 5')}\nlisten stats\n bind :9000\n stats enable\n`),
    'Pool app is now called shop. In it, connection limit of a and b goes from none to 5. listen stats is new: all reach stats. Pool stats is new, without servers.',
  ],
])('%s', (_, base, head, expected) => {
  expect(sentence('lb.cfg', base, head)).toBe(expected);
});

test.each<[string, string, string, string]>([
  [
    'servers that moved in several pools are counted',
    nginx('upstream app { server 10.0.0.1:7001; server 10.0.0.1:7002; } upstream api { server 10.0.0.1:7003; }'),
    nginx('upstream app { server 10.0.0.9:7001; server 10.0.0.9:7002; } upstream api { server 10.0.0.9:7003; }'),
    'In app and api: 3 servers moved, the first from 10.0.0.1:7001 to 10.0.0.9:7001.',
  ],
  [
    'a new choice between pools is told before the pools that it needs',
    nginx('upstream app { server a:80; }'),
    nginx(
      'upstream app { server a:80; } upstream odd { server b:80; }',
      'map $uri $way { ~1$ odd; default app; }\nserver { listen 81; location / { proxy_pass http://$way; } }',
    ),
    'Route $way is new and leads to odd and app. Pool odd is new, with 1 server.',
  ],
  [
    'a split that changes without any pool',
    nginx(
      'upstream app { server a:80; } upstream canary { server b:80; }',
      'split_clients $request_id $way { 10% canary; * app; }\nserver { listen 81; location / { proxy_pass http://$way; } }',
    ),
    nginx(
      'upstream app { server a:80; } upstream canary { server b:80; }',
      'split_clients $request_id $way { 50% canary; * app; }\nserver { listen 81; location / { proxy_pass http://$way; } }',
    ),
    'Route $way is split otherwise over canary and app.',
  ],
  [
    'pools that are gone',
    nginx('upstream app { server a:80; } upstream b { server b:80; } upstream c { server c:80; }'),
    nginx('upstream app { server a:80; }'),
    'Pools b and c are removed.',
  ],
])('%s', (_, base, head, expected) => {
  expect(sentence('nginx.conf', base, head)).toBe(expected);
});

test('nothing is said of a change where nothing changed', () => {
  expect(
    sentence('nginx.conf', nginx('upstream app { server a:80; }'), nginx('upstream app {\n server a:80;\n}')),
  ).toBe(undefined);
});

test('of files that were read in part no more is claimed than was read', () => {
  const text = (include: string): string => nginx(`${include}\nupstream app { server a:80; server b:80; }`);
  const check = (head: string, base?: string): string => {
    const read = (t: string) =>
      readEstate({ tree: new MemoryTree({ 'nginx.conf': t }), files: ['nginx.conf'] }, SETTINGS);
    const { configs, inputs } = read(head);
    const change = compare(base === undefined ? undefined : read(base).configs, configs);
    return plain(summaryOf('pass', change, [], [], inputs, false));
  };
  const [whole, part] = [text(''), text('include /etc/nginx/conf.d/*.conf;')];
  expect(check(whole)).toBe('1 pool with 2 servers read; the checklist finds nothing wrong.');
  expect(check(part)).toBe(
    '1 pool with 2 servers read, and not all of the files; the checklist finds nothing wrong in what was read.',
  );
  expect(check(whole, whole)).toBe('Nothing changes for 1 pool with 2 servers.');
  expect(check(part, part)).toBe('No change found for 1 pool with 2 servers; the rest of the files could not be read.');
});

test('a file that the product refuses is told by that, not by shares that it will never have', () => {
  const read = (text: string) =>
    readEstate({ tree: new MemoryTree({ 'lb.cfg': text }), files: ['lb.cfg'] }, SETTINGS).configs;
  const head = haproxy(`backend app\n server a web1:80 weight 3\n server b web2:80 weigth 1\n`);
  const change = compare(read(haproxy(`backend app\n${servers()}`)), read(head));
  const findings = runRules(RULES, change, {
    severityOf: () => undefined,
    optionsOf: defaultOptions,
    measuring: false,
    facts: new Map(),
  });
  expect(plain(summaryOf('fail', change, findings, [], [], false))).toBe(
    'Unknown server option weigth; did you mean weight? HAProxy refuses the whole file, so the next reload or restart fails.',
  );
});
