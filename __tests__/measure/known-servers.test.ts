import { expect, test } from '@jest/globals';
import { reader as haproxy } from '../../src/formats/haproxy/reader.ts';
import type { PoolFacts } from '../../src/model/facts.ts';
import { makeRoster } from '../../src/probe/roster.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { knownServers } from '../../src/measure/known-servers.ts';

/** What answers of the pool `app` with these server lines are taken for. */
function taken(lines: readonly string[], identities: readonly string[], facts: PoolFacts = {}) {
  const text = ['backend app', ...lines.map((line) => `    server ${line}`), ''].join('\n');
  const config = haproxy.read('lb.cfg', new MemoryTree({ 'lb.cfg': text }), { rootMap: {} });
  const [pool] = config.pools;
  if (pool === undefined) throw new Error('no pool was read');
  const roster = makeRoster(knownServers({ pool }, [config], [], new Map([['app', facts]])));
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
  expect(taken(['web1 10.0.0.11:80'], ['blue-7', 'web1', 'web1.example.com'], facts)).toEqual([
    'web1',
    'web1',
    undefined,
  ]);
});
