import { expect, test } from '@jest/globals';
import { reader as haproxy } from '../../src/formats/haproxy/reader.ts';
import { driftOf } from '../../src/measure/drift/drift.ts';
import type { LoadedServer } from '../../src/model/loaded.ts';
import { lineOf } from '../../src/model/span.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { plain } from '../../src/text/say.ts';

function read(lines: readonly string[]) {
  const text = ['backend app', ...lines.map((line) => `    ${line}`), ''].join('\n');
  return haproxy.read('lb.cfg', new MemoryTree({ 'lb.cfg': text }), { rootMap: {} });
}

const row = (name: string, more: Partial<LoadedServer> = {}): LoadedServer => ({
  name,
  row: `app/${name}`,
  address: '10.0.0.1',
  port: 80,
  weight: 1,
  fileWeight: 1,
  state: 'up',
  disabledInFile: false,
  agent: false,
  requests: 0,
  errors: 0,
  ...more,
});

/** What differs between these lines and what is loaded, as `kind what`. */
function drifts(
  lines: readonly string[],
  servers: readonly LoadedServer[],
  before?: readonly string[],
): readonly string[] {
  const earlier = before === undefined ? [] : [{ configs: [read(before)], revision: 'old' }];
  const loaded = { source: 'haproxy:/s', pools: [{ name: 'app', servers }] };
  return driftOf(loaded, [read(lines)], earlier).drifts.map(({ kind, what }) => `${kind}: ${plain(what)}`);
}

const LINE = 'server a 10.0.0.1:80';

test.each<[string, readonly string[], readonly LoadedServer[]]>([
  ['the same', [LINE], [row('a')]],
  ['another spelling of an address', ['server a [2001:DB8:0::1]:80'], [row('a', { address: '2001:db8::1' })]],
  [
    'a name, whatever it resolves to',
    ['server a App.internal:80'],
    [row('a', { host: 'app.internal', address: '10.9.9.9' })],
  ],
  ["a port that is the client's", ['server a 10.0.0.1'], [row('a', { port: 8080 })]],
  ['a weight that an agent sets', [LINE], [row('a', { weight: 3, agent: true })]],
  [
    'disabled in both',
    [`${LINE} disabled`],
    [row('a', { state: 'maintenance', orderedBy: 'file', disabledInFile: true })],
  ],
  ['weight 0, which shows as drained', [`${LINE} weight 0`], [row('a', { weight: 0, fileWeight: 0, state: 'drain' })]],
  ['a server that follows another one', [LINE], [row('a', { state: 'down', tracks: 'b/x' })]],
  [
    'spare servers of a template',
    ['server-template t 2 app.internal:80'],
    [row('t1', { host: 'app.internal' }), row('t2', { state: 'maintenance', orderedBy: 'dns', host: 'app.internal' })],
  ],
  ['a line under a condition', ['.if defined(X)', LINE, '.endif'], []],
  ['a name from the environment', ['server "w${N}" 10.0.0.1:80'], [row('w7')]],
  ['a weight from the environment', [`${LINE} weight "\${W}"`], [row('a', { fileWeight: 9, weight: 9 })]],
])('%s is not drift', (_, lines, servers) => {
  expect(drifts(lines, servers)).toEqual([]);
});

test.each<[string, readonly string[], readonly LoadedServer[], string]>([
  [
    'name',
    ['server a app.internal:80'],
    [row('a', { host: 'old.internal' })],
    'address-changed: app/a is at old.internal, the file has app.internal.',
  ],
  ['port', [LINE], [row('a', { port: 81 })], 'address-changed: app/a is at 10.0.0.1:81, the file has 10.0.0.1:80.'],
  [
    'disabled',
    [LINE],
    [row('a', { state: 'maintenance', orderedBy: 'file', disabledInFile: true })],
    'loaded-differs: app/a was loaded as disabled, the file has it enabled.',
  ],
  [
    'drain by an agent',
    [LINE],
    [row('a', { state: 'drain', orderedBy: 'runtime', agent: true })],
    'drained: app/a is drained, set at run time, perhaps by its agent: it gets no new clients.',
  ],
  [
    'unresolved',
    [LINE],
    [row('a', { state: 'maintenance', orderedBy: 'dns', host: 'x' })],
    'check-failing: app/a is in maintenance: its name x does not resolve.',
  ],
  ['missing', [LINE, 'server b 10.0.0.2:80'], [row('a')], 'server-missing: b is not loaded.'],
])('%s is', (_, lines, servers, what) => {
  expect(drifts(lines, servers)).toContain(what);
});

test('a failing check is at the line of its server, though the check comes from a default line', () => {
  const lines = ['default-server check inter 300ms', LINE, 'server b 10.0.0.2:80'];
  const servers = [row('a', { state: 'down' }), row('b', { address: '10.0.0.2', state: 'down' })];
  const { drifts: found } = driftOf({ source: 'haproxy:/s', pools: [{ name: 'app', servers }] }, [read(lines)], []);
  expect(found.map(({ kind, at }) => [kind, lineOf(at)])).toEqual([
    ['check-failing', 3],
    ['check-failing', 4],
  ]);
});

test('an earlier file explains all of it or none', () => {
  const lines = ['server a 10.0.0.1:80 weight 2', 'server b 10.0.0.2:80'];
  const loaded = [row('a'), row('b', { address: '10.0.0.2' })];
  expect(drifts(lines, loaded, [LINE, 'server b 10.0.0.2:80'])).toEqual([
    'forgotten-reload: app runs with the file of old: weight 1 is loaded for app/a, the file has 2.',
  ]);
  expect(drifts(lines, loaded, [LINE, 'server b 10.0.0.3:80'])).toEqual([
    'loaded-differs: weight 1 is loaded for app/a, the file has 2.',
  ]);
});

test('what was not compared is reported', () => {
  const loaded = {
    source: 'haproxy:/s',
    pools: [
      { name: 'other', servers: [row('x')] },
      { name: 'app', servers: [row('a')] },
    ],
  };
  const { notes, drifts: found } = driftOf(loaded, [read([`${LINE} weight "\${W}"`])], []);
  expect(found).toEqual([]);
  expect(notes.map(plain)).toEqual(
    expect.arrayContaining([
      'The file does not say the weights of app/a: not compared.',
      'Loaded and not in the given files, so not compared: other.',
    ]),
  );
});
