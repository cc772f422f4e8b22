import { readEstate } from '../../../src/verify/read.ts';
import { setsOf } from '../../../src/formats/haproxy/sets.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';

const DEFAULTS = 'defaults\n mode http\n balance leastconn\n default-server weight 7\n';
const FRONT = 'frontend web\n bind :80\n default_backend app\n';
const BACK = 'backend app\n server a 192.0.2.1:80\n';

test('files of one folder that need each other are one instance, in the order of their names', () => {
  const files = { 'lb/30.cfg': BACK, 'lb/10.cfg': DEFAULTS, 'lb/20.cfg': FRONT };
  const { configs, inputs } = readEstate(
    { tree: new MemoryTree(files), files: Object.keys(files) },
    { rootMap: {}, productVersions: {} },
  );
  expect(configs.map(({ files: read }) => read)).toEqual([['lb/10.cfg', 'lb/20.cfg', 'lb/30.cfg']]);
  const [pool] = configs[0]?.pools ?? [];
  expect([pool?.algorithm.value?.native, pool?.servers[0]?.weight.value, pool?.at.source.path]).toEqual([
    'leastconn',
    7,
    'lb/30.cfg',
  ]);
  expect(inputs.map(({ file, status }) => [file, status])).toEqual([
    ['lb/10.cfg', 'read'],
    ['lb/20.cfg', 'read'],
    ['lb/30.cfg', 'read'],
  ]);
});

test.each([
  ['two globals', { 'a.cfg': `global\n${DEFAULTS}`, 'b.cfg': `global\n${BACK}` }, [['a.cfg'], ['b.cfg']]],
  ['another folder', { 'a/a.cfg': DEFAULTS, 'b/b.cfg': BACK }, [['a/a.cfg'], ['b/b.cfg']]],
  ['one name twice', { 'a.cfg': DEFAULTS + BACK, 'b.cfg': BACK }, [['a.cfg'], ['b.cfg']]],
  ['nothing needed', { 'a.cfg': DEFAULTS + BACK, 'b.cfg': 'defaults\nbackend other\n' }, [['a.cfg'], ['b.cfg']]],
  ['defaults that come too late', { 'a.cfg': BACK, 'b.cfg': DEFAULTS }, [['a.cfg'], ['b.cfg']]],
])('%s', (_, files, sets) => {
  expect(setsOf(Object.entries(files).map(([path, text]) => ({ path, text })))).toEqual(sets);
});
