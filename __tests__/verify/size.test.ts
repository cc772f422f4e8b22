import { MemoryTree } from '../../src/text/memory-tree.ts';
import { LIMITS } from '../../src/text/limits.ts';
import { plain } from '../../src/text/say.ts';
import { RULES } from '../../src/rules/list.ts';
import { readSettings } from '../../src/settings/settings.ts';
import { check, type Checked } from '../../src/verify/check.ts';

const HTTP = 'defaults\n mode http\n timeout connect 5s\n timeout client 5s\n timeout server 5s\n';
const SMALL = `${HTTP}backend b\n server s 192.0.2.1:80 check\n`;

const many = (n: number, line: (i: number) => string, before = '', after = ''): string =>
  before + Array.from({ length: n }, (_, i) => line(i)).join('') + after;

function run(head: Record<string, string>, base: Record<string, string> = {}): Checked {
  const files = Object.keys(head);
  const tree = new MemoryTree(base);
  return check({
    head: { tree: new MemoryTree(head), files, revision: null },
    base: { tree, files: Object.keys(base), revision: null },
    trusted: tree,
    proposed: false,
    settings: readSettings({ path: undefined, tree, rules: RULES, schemas: [] }).settings,
    checklist: 'evenkeel.yml',
    measuring: false,
    today: '2026-11-25',
  });
}

test.each([
  ['lines', 'lb.cfg', many(LIMITS.statements + 1, () => '.endif\n', HTTP), /lb\.cfg has 25006 statements/],
  [
    'directives',
    'nginx.conf',
    many(LIMITS.statements + 1, (i) => `set $a${i} 1;`, 'events {}\nhttp { server {', '} }'),
    /nginx\.conf has \d+ statements/,
  ],
  ['pools', 'lb.cfg', many(LIMITS.pools + 1, (i) => `backend b${i}\n server s 192.0.2.1:80\n`, HTTP), /4,001 pools/],
  [
    'servers',
    'lb.cfg',
    many(LIMITS.servers + 1, (i) => ` server s${i} 192.0.2.1:80\n`, `${HTTP}backend b\n`),
    /20,001 servers/,
  ],
  [
    'conditions',
    'lb.cfg',
    many(
      LIMITS.conditions + 1,
      (i) => ` use_backend b if { path /${i} }\n`,
      `${HTTP}frontend f\n bind :80\n`,
      'backend b\n server s 192.0.2.1:80\n',
    ),
    /2,501 conditions in one entry/,
  ],
])('a file with more %s than can be judged is refused in one sentence', (_, file, text, reason) => {
  const other = 'other/lb.cfg';
  const { inputs, unusable, change, findings } = run(
    { [file]: text, [other]: SMALL },
    { [file]: text, [other]: SMALL },
  );
  expect(unusable).toBe(true);
  const [input, second] = inputs.filter(({ status }) => status === 'refused');
  expect(input?.reason && plain(input.reason)).toMatch(reason);
  expect(second).toBeUndefined();
  // What is beside it is judged all the same, and nothing of the base counts as removed.
  expect(change.pools.map(({ change: kind, head }) => [kind, head?.pool.name])).toEqual([['same', 'b']]);
  expect(findings.filter(({ rule }) => rule === 'pool-removed')).toEqual([]);
});

test('a file at the limit is judged', () => {
  const text = many(LIMITS.pools, (i) => `backend b${i}\n server s 192.0.2.1:80\n`, HTTP);
  expect(run({ 'lb.cfg': text }).change.pools).toHaveLength(LIMITS.pools);
});
