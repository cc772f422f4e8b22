import { expect, test } from '@jest/globals';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { plain } from '../../src/text/say.ts';
import { check, type Checked } from '../../src/verify/check.ts';
import { checklistItems } from '../../src/verify/checklist-items.ts';
import { readSettings } from '../../src/settings/settings.ts';
import { RULES } from '../../src/rules/list.ts';
import { reportOf, revisionOf } from '../support/jobs.ts';

const TODAY = '2026-11-25';

function cfg(servers: string, before = ''): string {
  return `defaults
  mode http
  option httpchk GET /up
  option redispatch
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend www
  bind :80
  default_backend app
backend app
  balance roundrobin
${before}${servers}`;
}

const EQUAL = cfg(`  server a 10.0.0.1:80 weight 10 check
  server b 10.0.0.2:80 weight 10 check
  server c 10.0.0.3:80 weight 10 check
`);

function run(head: Record<string, string>, base?: Record<string, string>, files = ['lb.cfg']): Checked {
  const headTree = new MemoryTree(head);
  const baseTree = base && new MemoryTree(base);
  const trusted = baseTree;
  const path = (trusted ?? headTree).read('evenkeel.yml') === undefined ? undefined : 'evenkeel.yml';
  return check({
    head: { tree: headTree, files, revision: null },
    base: baseTree && { tree: baseTree, files: files.filter((f) => baseTree.read(f) !== undefined), revision: null },
    trusted,
    settings: readSettings({ path, tree: trusted ?? headTree, rules: RULES, schemas: [] }).settings,
    proposed: false,
    checklist: 'evenkeel.yml',
    measuring: false,
    today: TODAY,
  });
}

function told(checked: Checked): string[] {
  return checked.findings.map((f) => {
    const { line } = f.at.source.position(f.at.start);
    return `${f.severity} ${f.rule} ${f.at.source.path}:${line}${f.ignored ? ' ignored' : ''}${f.introduced ? '' : ' old'}`;
  });
}

test('a change that makes nothing worse has no finding', () => {
  const checked = run({ 'lb.cfg': `# a remark\n${EQUAL}` }, { 'lb.cfg': EQUAL });
  expect(told(checked).filter((line) => !line.endsWith(' old'))).toEqual([]);
  expect(checked.diff.pools.map((pool) => pool.change)).toEqual(['same']);
});

test('one bad file does not hide the findings of the others', () => {
  const checked = run(
    { 'lb.cfg': EQUAL.replace('check\n  server b', 'chek\n  server b'), 'x.txt': 'hello' },
    undefined,
    ['x.txt', 'gone.cfg', 'lb.cfg'],
  );
  expect(checked.unusable).toBe(true);
  expect(checked.inputs.map((input) => [input.file, input.status])).toEqual([
    ['x.txt', 'refused'],
    ['gone.cfg', 'refused'],
    ['lb.cfg', 'partial'],
  ]);
  expect(told(checked).some((line) => line.startsWith('error config-unparsable lb.cfg:13'))).toBe(true);
});

test('an ignore with a reason silences; without one, expired, or for an error in the same change it does not', () => {
  const without = EQUAL.replace('weight 10 check\n', 'weight 10\n');
  const ignored = (comment: string): string =>
    without.replace('  server a', `  # evenkeel-ignore partial-check ${comment}\n  server a`);
  const loud = told(run({ 'lb.cfg': without }));
  expect(loud.some((line) => line.includes('partial-check lb.cfg:13'))).toBe(true);
  const quiet = run({ 'lb.cfg': ignored('-- being moved') });
  expect(told(quiet).some((line) => line.includes('partial-check') && line.endsWith('ignored'))).toBe(true);
  const noReason = run({ 'lb.cfg': ignored('') });
  expect(told(noReason).some((line) => line.includes('partial-check') && line.endsWith('ignored'))).toBe(false);
  expect(noReason.notes.map(plain).join()).toContain('has no reason');
  const expired = run({ 'lb.cfg': ignored('until 2026-11-24 -- soon') });
  expect(expired.notes.map(plain).join()).toContain('expired on 2026-11-24');
});

test('an ignore that the change copies or moves to another line silences no error', () => {
  const comment = '  # evenkeel-ignore partial-check, health-check-removed-or-weakened -- being moved\n';
  const unchecked = (text: string, server: string): string =>
    text.replace(new RegExp(`(server ${server} .*) check`), '$1');
  const base = unchecked(EQUAL, 'a').replace('  server a', `${comment}  server a`);
  const errors = (head: string): string[] =>
    told(run({ 'lb.cfg': head }, { 'lb.cfg': base })).filter((line) => /^error .*\d$/.test(line));
  expect(errors(base)).toEqual([]);
  const copied = unchecked(base, 'c').replace('  server c', `${comment}  server c`);
  expect(errors(copied)).toContain('error health-check-removed-or-weakened lb.cfg:17');
  const moved = unchecked(EQUAL, 'c').replace('  server c', `${comment}  server c`);
  expect(errors(moved)).toContain('error health-check-removed-or-weakened lb.cfg:16');
  const further = base.replace('\nbackend app', '\n# a remark\nbackend app');
  expect(errors(further)).toEqual([]);
});

test('an ignore whose end is no date is not honoured', () => {
  for (const end of ['tomorrow', '2027-13-99', '2027-01-31 or later', '']) {
    const head = EQUAL.replace('weight 10 check\n', 'weight 10\n').replace(
      '  server a',
      `  # evenkeel-ignore partial-check until ${end} -- soon\n  server a`,
    );
    const checked = run({ 'lb.cfg': head });
    expect(told(checked).some((line) => line.includes('partial-check') && line.endsWith('ignored'))).toBe(false);
    expect(checked.notes.map(plain).join()).toContain('invalid date');
  }
});

test('files that include each other are read once, and a file of another product is never taken for an include', () => {
  const server = '{ listen 80; location / { proxy_pass http://app; } }';
  const tree = {
    'a.conf': `upstream app { server 10.0.0.1:80 weight=oops; } server ${server} include b.conf;`,
    'b.conf': `include a.conf;\nupstream other { server 10.0.0.2:80; include lb.cfg; }`,
    'lb.cfg': EQUAL,
  };
  const checked = run(tree, undefined, Object.keys(tree));
  expect(checked.inputs.map((input) => input.file)).toEqual(['a.conf', 'lb.cfg']);
  expect(told(checked).some((line) => line.startsWith('error invalid-weight a.conf:1'))).toBe(true);
});

test('settings come from the base: a change to the checklist file has no say in its own run and is a finding', () => {
  const checked = run(
    { 'lb.cfg': EQUAL.replace('check\n', '\n'), 'evenkeel.yml': 'version: 1\nrules: { partial-check: off }\n' },
    { 'lb.cfg': EQUAL, 'evenkeel.yml': 'version: 1\n' },
  );
  const lines = told(checked);
  expect(lines.some((line) => line.includes('checklist-changed evenkeel.yml:2'))).toBe(true);
  expect(lines.some((line) => line.startsWith('error'))).toBe(true);
});

test('capacities are the measure of weights, unless an even split is asked for', () => {
  const heavy = EQUAL.replace('weight 10', 'weight 100');
  const facts = (pool: string): string[] =>
    told(run({ 'lb.cfg': heavy, 'evenkeel.yml': `version: 1\npools: { app: ${pool} }\n` })).filter((line) =>
      line.includes('weight-imbalance'),
    );
  const capacity = 'capacity: { a: 1000, b: 100, c: 100 }';
  expect(facts(`{ ${capacity} }`)).toEqual([]);
  expect(facts(`{ ${capacity}, expect: even }`)).toEqual(['warning weight-imbalance lb.cfg:13']);
});

test('a schema policy on pools and one on the diff point at lines', () => {
  const policy = JSON.stringify({
    properties: {
      servers: { items: { properties: { port: { const: 8080, description: 'Servers listen on 8080.' } } } },
    },
  });
  const diff = JSON.stringify({
    properties: { summary: { properties: { serversRemoved: { maximum: 0, description: 'No server is removed.' } } } },
  });
  const settings =
    'version: 1\nschemas:\n  - { file: pools.json, applies-to: pools, severity: warning }\n  - { file: diff.json, applies-to: diff }\n';
  const base = { 'lb.cfg': EQUAL, 'evenkeel.yml': settings, 'pools.json': policy, 'diff.json': diff };
  const head = { ...base, 'lb.cfg': EQUAL.replace(/ {2}server c.*\n/, '') };
  const checked = run(head, base);
  const lines = told(checked).filter((line) => line.includes(' policy '));
  expect(lines).toEqual(['error policy lb.cfg:15', 'warning policy lb.cfg:13 old', 'warning policy lb.cfg:14 old']);
  expect(checked.findings.filter((f) => f.rule === 'policy').map((f) => plain(f.what))).toEqual([
    'No server is removed.',
    'Servers listen on 8080.',
    'Servers listen on 8080.',
  ]);
});

test('a schema that runs for ever or is none is an input error', () => {
  const forever = { properties: { servers: { items: { properties: { name: { pattern: '^(a+)+$' } } } } } };
  const settings = 'version: 1\nschemas: [{ file: p.json, applies-to: pools }]\n';
  const name = `${'a'.repeat(40)}b`;
  const head = { 'lb.cfg': EQUAL.replace('server a', `server ${name}`), 'evenkeel.yml': settings };
  expect(() => run({ ...head, 'p.json': JSON.stringify(forever) })).toThrow('ran for more than 2 s');
  expect(() => run({ ...head, 'p.json': '{"type": 5}' })).toThrow('p.json is not a usable JSON Schema');
  expect(() => run({ ...head })).toThrow('p.json is not there');
}, 20_000);

const SKEWED = EQUAL.replace('1:80 weight 10', '1:80 weight 200');

test('a fix that brings traffic back to even is no fault, however large; the fault itself is told once', () => {
  const fixed = run({ 'lb.cfg': EQUAL }, { 'lb.cfg': SKEWED });
  expect(told(fixed).filter((line) => line.startsWith('error'))).toEqual([]);
  const broken = run({ 'lb.cfg': SKEWED }, { 'lb.cfg': EQUAL });
  expect(told(broken).filter((line) => line.startsWith('error'))).toEqual(['error weight-imbalance lb.cfg:13']);
});

test('the recommended policy speaks where the rule is switched off, and is silent for a declared split', () => {
  const off = 'version: 1\nrules: { share-shift: off, weight-imbalance: off, n-1-worse: off }\n';
  const base = { 'lb.cfg': EQUAL, 'evenkeel.yml': off };
  const spoken = run({ ...base, 'lb.cfg': SKEWED }, base);
  expect(told(spoken).filter((line) => line.includes(' policy '))).toEqual(['error policy lb.cfg:13']);
  const declared = { 'lb.cfg': EQUAL, 'evenkeel.yml': `${off}pools: { app: { expect: config } }\n` };
  const meant = run({ ...declared, 'lb.cfg': SKEWED }, declared);
  expect(told(meant).filter((line) => line.includes(' policy '))).toEqual([]);
});

test('a rule whose finding is told within another one fails its item and asks its questions', () => {
  const checked = run({ 'lb.cfg': SKEWED }, { 'lb.cfg': EQUAL });
  expect(checked.findings.some((finding) => finding.rule === 'share-shift')).toBe(false);
  const { settings } = readSettings({ path: undefined, tree: new MemoryTree({}), rules: RULES, schemas: [] });
  const items = checklistItems(RULES, settings, checked, new Map());
  expect(items.find((item) => item.id === 'share-shift')?.state).toBe('fail');
  expect(items.find((item) => item.id === 'way-back')?.state).toBe('open');
});

/** One server is not checked: a warning of a rule, and there before the change. */
const PARTLY = EQUAL.replace('weight 10 check\n', 'weight 10\n');

test('strict: what a rule warns of is an error, unless the file itself says warning', () => {
  const lines = (checklist: string): string[] =>
    told(run({ 'lb.cfg': PARTLY, 'evenkeel.yml': `version: 1\n${checklist}` })).filter(
      (line) => !line.startsWith('notice'),
    );
  expect(lines('')).toEqual(['warning partial-check lb.cfg:13']);
  expect(lines('extends: strict\n')).toEqual(['error partial-check lb.cfg:13']);
  expect(lines('extends: strict\nrules: { partial-check: warning }\n')).toEqual(['warning partial-check lb.cfg:13']);
  expect(lines('extends: strict\nrules: { partial-check: off }\n')).toEqual([]);
});

test('strict: a policy keeps the severity that its owner gave it', () => {
  const policy = JSON.stringify({ properties: { name: { const: 'other', description: 'Pools are called other.' } } });
  const settings = 'version: 1\nextends: strict\nschemas: [{ file: p.json, applies-to: pools, severity: warning }]\n';
  const checked = run({ 'lb.cfg': EQUAL, 'evenkeel.yml': settings, 'p.json': policy });
  expect(told(checked).filter((line) => line.includes(' policy '))).toEqual(['warning policy lb.cfg:11']);
});

test('strict: a changed checklist file stays a warning, or it could never be merged', () => {
  const base = { 'lb.cfg': EQUAL, 'evenkeel.yml': 'version: 1\nextends: strict\n' };
  const head = { ...base, 'evenkeel.yml': 'version: 1\nextends: strict\ndefault-items: false\n' };
  const lines = told(run(head, base)).filter((line) => !line.startsWith('notice'));
  expect(lines).toEqual(['warning checklist-changed evenkeel.yml:3']);
});

test('strict: findings that were there before fail the run, and the default questions must be answered', async () => {
  const outcome = async (checklist: string, head: string): Promise<[string, boolean]> => {
    const side = (text: string) => revisionOf('lb.cfg', text, { 'evenkeel.yml': `version: 1\n${checklist}` });
    const base = side(PARTLY);
    const report = await reportOf(side(head), {
      base,
      trusted: base.tree,
      proposed: true,
      ticks: new Map(),
      today: TODAY,
    });
    return [report.outcome, report.checklist.some((item) => item.by === 'person' && item.state === 'open')];
  };
  expect(await outcome('', PARTLY)).toEqual(['pass', false]);
  expect(await outcome('extends: strict\n', PARTLY)).toEqual(['fail', false]);
  expect(await outcome('extends: strict\nexisting-findings: report\n', PARTLY)).toEqual(['pass', false]);
  // A new server asks whether it runs the current release.
  const quiet = 'existing-findings: report\nrules: { partial-check: off }\n';
  const grown = `${PARTLY}  server d 10.0.0.4:80 weight 10 check\n`;
  expect(await outcome(quiet, grown)).toEqual(['pass', true]);
  expect(await outcome(`extends: strict\n${quiet}`, grown)).toEqual(['fail', true]);
});

test('severities hold where their paths and pools say, and nowhere else', () => {
  const two = `${PARTLY}backend shop\n  server a 10.1.0.1:80 check\n  server b 10.1.0.2:80\n`;
  const lines = (rule: string): string[] =>
    told(run({ 'lb.cfg': two, 'evenkeel.yml': `version: 1\nrules: { partial-check: ${rule} }\n` })).filter((line) =>
      line.includes('partial-check'),
    );
  expect(lines('warning')).toEqual(['warning partial-check lb.cfg:13', 'warning partial-check lb.cfg:18']);
  expect(lines('{ severity: off, pools: [shop] }')).toEqual(['warning partial-check lb.cfg:13']);
  expect(lines('{ severity: off, paths: ["*.cfg"] }')).toEqual([]);
  expect(lines('{ severity: off, paths: ["eu/**"] }')).toHaveLength(2);
  expect(lines('{ severity: error, paths: ["*.cfg"], pools: ["sh*"] }')).toEqual([
    'error partial-check lb.cfg:18',
    'warning partial-check lb.cfg:13',
  ]);
});

test('ignores of the checklist file hold for their pool and path until their day; those that match nothing are told', () => {
  const ignored = (ignore: string): [string[], string] => {
    const checked = run({ 'lb.cfg': PARTLY, 'evenkeel.yml': `version: 1\nignores:\n  - { ${ignore} }\n` });
    return [told(checked).filter((line) => line.includes('partial-check')), checked.notes.map(plain).join(' ')];
  };
  const silent = ['warning partial-check lb.cfg:13 ignored'];
  const loud = ['warning partial-check lb.cfg:13'];
  expect(ignored('rule: partial-check, reason: moving')).toEqual([silent, '']);
  expect(ignored('rule: partial-check, pool: app, path: lb.cfg, reason: moving')).toEqual([silent, '']);
  expect(ignored('rule: partial-check, until: 2026-11-25, reason: moving')).toEqual([silent, '']);
  const [late, expired] = ignored('rule: partial-check, until: 2026-11-24, reason: moving');
  expect([late, expired]).toEqual([loud, expect.stringContaining('expired on 2026-11-24')]);
  for (const place of ['pool: shop', 'path: eu/lb.cfg']) {
    const [found, notes] = ignored(`rule: partial-check, ${place}, reason: moving`);
    expect([found, notes]).toEqual([loud, expect.stringContaining('matches nothing: remove it')]);
  }
});

test('an ignore comment that matches nothing is told', () => {
  const checked = run({
    'lb.cfg': EQUAL.replace('  server a', '  # evenkeel-ignore partial-check -- moving\n  server a'),
  });
  expect(checked.notes.map(plain)).toEqual(['The ignore of partial-check at lb.cfg:13 matches nothing: remove it.']);
});

test('a fault in an included file is told with the place where it stands', () => {
  const tree = {
    'nginx.conf': 'events {}\nhttp { include conf.d/*.conf; }\n',
    'conf.d/app.conf': '\n\nupstream app { server 10.0.0.1:80; }\nupstream app { server 10.0.0.2:80; }\n',
  };
  const [input] = run(tree, undefined, ['nginx.conf']).inputs;
  expect([input?.file, input?.line, input?.reason && plain(input.reason)]).toEqual([
    'nginx.conf',
    null,
    'in conf.d/app.conf, line 4: The upstream app is declared twice.',
  ]);
});

test('names of the checklist file that no config has are told, with what may be meant', () => {
  const yaml = `version: 1
pools:
  ap: { expect: config }
  app: { capacity: { a: 5, b: 5, d: 5 }, identify: { web9: x } }
`;
  expect(run({ 'lb.cfg': EQUAL, 'evenkeel.yml': yaml }).notes.map(plain)).toEqual([
    'The checklist file declares something for the pool ap, and no config has it; did you mean app?',
    expect.stringContaining('the server d of app, which has no such server'),
    expect.stringContaining('the server web9 of app, which has no such server'),
  ]);
});

test('a share above 100% is refused', () => {
  const yaml = 'version: 1\nrules: { server-removed: { max-share: 600% } }\n';
  expect(() => run({ 'lb.cfg': EQUAL, 'evenkeel.yml': yaml })).toThrow('a percentage of at most 100%');
});

test('a named file without pools is a note, and no fault', () => {
  const checked = run(
    { 'lb.cfg': EQUAL, 'global.cfg': 'global\n  maxconn 100\n', 'empty.cfg': '', 'remarks.cfg': '# later\n\n  # more' },
    undefined,
    ['lb.cfg', 'global.cfg', 'empty.cfg', 'remarks.cfg'],
  );
  expect(checked.unusable).toBe(false);
  expect(checked.notes.map(plain)).toEqual(['No pool is in empty.cfg, global.cfg and remarks.cfg.']);
});

test('a file that is emptied still loses its pools', () => {
  const checked = run({ 'lb.cfg': '' }, { 'lb.cfg': EQUAL });
  expect(checked.diff.pools.map(({ change }) => change)).toEqual(['removed']);
});

test('an ignore of a rule that speaks of changes is not told to go when nothing changes', () => {
  const ignored = (rule: string): string =>
    EQUAL.replace('  server b', `  # evenkeel-ignore ${rule} -- agreed\n  server b`);
  const notes = (rule: string): readonly string[] =>
    run({ 'lb.cfg': ignored(rule) }, { 'lb.cfg': ignored(rule) }).notes.map(plain);
  expect(notes('share-shift')).toEqual([]);
  expect(notes('policy')).toEqual([]);
  expect(notes('weight-imbalance')).toEqual([expect.stringContaining('matches nothing')]);
});

test('what servers stand takes no check away', () => {
  const heavy = EQUAL.replace('weight 10', 'weight 60');
  const rules = (settings: string): readonly string[] =>
    run(
      { 'lb.cfg': heavy, 'evenkeel.yml': `version: 1\n${settings}` },
      { 'lb.cfg': EQUAL, 'evenkeel.yml': `version: 1\n${settings}` },
    )
      .findings.filter(({ severity }) => severity === 'error')
      .map(({ rule }) => rule);
  const capacity = (a: number): string => `pools: { app: { capacity: { a: ${a}, b: 100, c: 100 } } }\n`;
  const limit = 'rules: { weight-imbalance: { severity: error, max-share: 60% } }\n';
  expect(rules('')).toContain('weight-imbalance');
  expect(rules(capacity(100))).toContain('weight-imbalance');
  // A limit that was set holds for a large server too; without one its size is the measure.
  expect(rules(capacity(600) + limit)).toContain('weight-imbalance');
  expect(rules(capacity(600))).not.toContain('weight-imbalance');
  expect(rules('pools: { app: { expect: config } }\n')).not.toContain('weight-imbalance');
});
