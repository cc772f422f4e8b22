import { expect, test } from '@jest/globals';
import { reader as haproxy } from '../../src/formats/haproxy/reader.ts';
import type { Config } from '../../src/model/config.ts';
import type { PoolFacts } from '../../src/model/facts.ts';
import { makeRoster, type Roster } from '../../src/probe/roster.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { knownServers, type Resolved } from '../../src/measure/known-servers.ts';

function read(lines: readonly string[]): Config {
  const text = ['backend app', ...lines.map((line) => `    server${line.startsWith('-') ? '' : ' '}${line}`), ''].join(
    '\n',
  );
  return haproxy.read('lb.cfg', new MemoryTree({ 'lb.cfg': text }), { rootMap: {} });
}

interface Around {
  readonly facts?: PoolFacts;
  /** The same pool in an earlier revision. */
  readonly before?: readonly string[];
  readonly resolved?: Resolved;
}

function rosterOf(lines: readonly string[], { facts = {}, before, resolved }: Around): Roster {
  const config = read(lines);
  const [pool] = config.pools;
  if (pool === undefined) throw new Error('no pool was read');
  const earlier = before === undefined ? [] : [{ configs: [read(before)], revision: 'old' }];
  return makeRoster(knownServers({ pool }, [config], earlier, new Map([['app', facts]]), resolved));
}

/** What answers of the pool `app` with these server lines are taken for. */
function taken(lines: readonly string[], identities: readonly string[], around: Around = {}) {
  const roster = rosterOf(lines, around);
  return identities.map((identity) => roster.find(identity));
}

test('a server is known by its name, its address, and the host names that follow from them', () => {
  const lines = ['web1 10.0.0.11:80', 'web2 app2.internal:80'];
  expect(taken(lines, ['web1', '10.0.0.11:80', '10.0.0.11', 'web1.example.com'])).toEqual(Array(4).fill('web1'));
  expect(taken(lines, ['ip-10-0-0-11', 'ip-10-0-0-11.eu-west-1.compute.internal'])).toEqual(['web1', 'web1']);
  expect(taken(lines, ['app2', 'app2.internal', 'app2.internal:80', 'web2.prod.example.com'])).toEqual(
    Array(4).fill('web2'),
  );
  expect(taken(lines, ['web10', 'web1-old', 'ip-10-0-0-110', 'xweb1.example.com'])).toEqual(Array(4).fill(undefined));
});

test('a host name that could mean two servers means neither', () => {
  const lines = ['a web1.dc1:80', 'b web1.dc2:80'];
  expect(taken(lines, ['web1', 'web1.dc3', 'web1.dc1', 'web1.dc2:80'])).toEqual([undefined, undefined, 'a', 'b']);
});

test('what the checklist file declares stands alone', () => {
  const facts: PoolFacts = { identify: new Map([['web1', ['blue-*']]]) };
  expect(taken(['web1 10.0.0.11:80'], ['blue-7', 'web1', 'web1.example.com'], { facts })).toEqual([
    'web1',
    'web1',
    undefined,
  ]);
});

test('the numbered servers of a template are known one by one, and only as many as it makes', () => {
  const names = ['app1', 'app2', 'app3', 'app4', 'app0', 'app01', 'app', 'APP2', 'app2x'];
  expect(taken(['-template app 3 10.0.0.11:80'], names)).toEqual([
    'app1',
    'app2',
    'app3',
    ...Array(4).fill(undefined),
    'app2',
    undefined,
  ]);
  expect(taken(['-template v2app 4-6 app.internal:80'], ['v2app3', 'v2app4', 'v2app6', 'v2app7'])).toEqual([
    undefined,
    'v2app4',
    'v2app6',
    undefined,
  ]);
  // Digits of the prefix and of the range are written in one.
  expect(taken(['-template db2 1-3 10.0.0.11:80'], ['db21', 'db23', 'db24'])).toEqual(['db21', 'db23', undefined]);
  expect(taken(['-template app "${N}" 10.0.0.11:80'], ['app1', 'app77', 'other1'])).toEqual([
    'app1',
    'app77',
    undefined,
  ]);
});

test('two templates or lines that could both be meant: neither, and both are named', () => {
  const lines = ['web1 10.0.0.11:80', 'web2 10.0.0.11:80', 'web3 10.0.0.12:80'];
  expect(taken(lines, ['10.0.0.11:80', '10.0.0.12:80', 'web2'])).toEqual([undefined, 'web3', 'web2']);
  expect(rosterOf(lines, {}).claimants('10.0.0.11:80')).toEqual(['web1', 'web2']);
});

test('the pool and the server together, as %b/%s gives them', () => {
  expect(taken(['web1 10.0.0.11:80'], ['app/web1', 'other/web1'])).toEqual(['web1', undefined]);
});

test('a name stands for every address that it resolves to', () => {
  const resolved = new Map([['app2.internal', ['10.0.0.21', '10.0.0.22', '2001:db8::21']]]);
  const lines = ['web1 10.0.0.11:80', 'web2 app2.internal:8080'];
  const seen = ['10.0.0.21:8080', '10.0.0.22:8080', '[2001:db8::21]:8080', '10.0.0.22', '10.0.0.21:80'];
  expect(taken(lines, seen, { resolved })).toEqual([...Array(4).fill('web2'), undefined]);
});

test('an address that only an earlier file has is evidence for that file, never for the server of the same name', () => {
  const before = ['web1 10.0.0.1:80', 'web2 10.0.0.12:80', 'web3 10.0.0.3:80', 'gone 10.0.0.4:80'];
  const lines = ['web1 10.0.0.11:80', 'web2 10.0.0.12:80', 'web3 10.0.0.1:80'];
  expect(taken(lines, ['10.0.0.11:80', '10.0.0.12:80', '10.0.0.3:80', '10.0.0.4:80', 'gone'], { before })).toEqual([
    'web1',
    'web2',
    '10.0.0.3:80',
    'gone',
    'gone',
  ]);
  // What the current file has too says nothing about the earlier one.
  expect(taken(lines, ['10.0.0.1:80', 'web1', 'web3'], { before })).toEqual(['web3', 'web1', 'web3']);
});
