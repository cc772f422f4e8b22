import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { RULES } from '../../src/rules/list.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { plain } from '../../src/text/say.ts';
import { check } from '../../src/verify/check.ts';
import { compilePolicy } from '../../src/settings/policy-schema.ts';
import { readSettings } from '../../src/settings/settings.ts';

const SETTINGS = `version: 1
schemas:
  - { file: policies/production.yml, applies-to: pools }
  - { file: policies/careful-change.yml, applies-to: diff, severity: warning }
  - { file: policies/capacity-declared.yml, applies-to: source }
`;

/** What the example policies say about a change of one file. */
function said(path: string, base: string, head: string): string[] {
  const names = ['production', 'careful-change', 'capacity-declared'].map((name) => `policies/${name}.yml`);
  const policies = names.map((name) => [name, readFileSync(`examples/${name}`, 'utf8')] as const);
  const tree = (text: string) =>
    new MemoryTree({ [path]: text, 'evenkeel.yml': SETTINGS, ...Object.fromEntries(policies) });
  const side = (text: string) => ({ tree: tree(text), files: [path], revision: null });
  const { settings } = readSettings({ path: 'evenkeel.yml', tree: tree(base), rules: RULES, schemas: [] });
  const checked = check({
    head: side(head),
    base: side(base),
    trusted: tree(base),
    settings,
    proposed: false,
    checklist: 'evenkeel.yml',
    measuring: false,
    today: '2026-01-01',
  });
  return checked.findings
    .filter((finding) => finding.rule === 'policy')
    .map(({ severity, what, at, introduced }) => {
      const { line } = at.source.position(at.start);
      return `${severity} ${line} ${plain(what)}${introduced ? '' : ' (old)'}`;
    });
}

const backend = (...servers: string[]): string =>
  `backend app\n${servers.map((options, i) => `  server s${i} 10.0.0.${i + 1}:80 ${options}\n`).join('')}`;
const THREE = backend('check', 'check', 'check');

test('production: too few servers and a server without check are told at their lines, elsewhere nothing is', () => {
  const head = backend('check', 'check weight 0', '');
  expect(said('production/lb.cfg', THREE, head)).toEqual([
    'error 1 A production pool needs at least 3 servers that take traffic.',
    'error 4 Every server of a production pool needs a health check.',
  ]);
  expect(said('staging/lb.cfg', THREE, backend('check', 'check disabled', 'check'))).toEqual([]);
  expect(said('production/lb.cfg', head, head)[0]).toMatch(/ \(old\)$/);
});

test('production: what the config does not tell is not held against it', () => {
  const template = 'backend app\n  server-template s 5 10.0.0.1:80 check\n';
  expect(said('production/lb.cfg', template, template)).toEqual([]);
  const unknown = backend('check', 'check weight "${W}"');
  expect(said('production/lb.cfg', unknown, unknown)).toEqual([]);
});

test('a careful change: weights move by a factor of two at most, and one server goes at a time', () => {
  const weights = (...values: number[]): string => backend(...values.map((weight) => `check weight ${weight}`));
  const path = 'staging/lb.cfg';
  const sentence = 'A weight may double or halve in one change, no more.';
  expect(said(path, weights(10, 10, 10), weights(20, 5, 10))).toEqual([]);
  expect(said(path, weights(10, 10, 10), weights(21, 10, 4))).toEqual([
    `warning 2 ${sentence}`,
    `warning 4 ${sentence}`,
  ]);
  expect(said(path, weights(10, 10, 10, 10), weights(10, 10))).toEqual(['warning 4 Take one server out at a time.']);
  expect(said(path, weights(10, 10, 10), weights(10, 10))).toEqual([]);
});

test('source: a pool of a neutral config without its peak is told where it is written', () => {
  const pool = (expected: string): string =>
    `version: 1\npools:\n  - name: app\n    servers: [{ address: 10.0.0.1 }, { address: 10.0.0.2 }]\n${expected}`;
  const declared = pool('    expect: { peakRps: 900 }\n');
  expect(said('pools.yml', declared, pool(''))).toEqual(['error 3 Every pool declares expect.peakRps.']);
  expect(said('pools.yml', declared, pool('    expect: { minServers: 2 }\n'))).toEqual([
    'error 5 Every pool declares expect.peakRps.',
  ]);
  expect(said('pools.yml', declared, declared)).toEqual([]);
});

test('the page shows the examples as they are', () => {
  const page = readFileSync('docs/policies.md', 'utf8');
  const shown = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, text]) => parse(text ?? '') as object);
  expect(shown).toHaveLength(3);
  expect(shown[0]).toEqual(parse(SETTINGS));
  for (const [i, name] of ['production', 'careful-change'].entries()) {
    expect(parse(readFileSync(`examples/policies/${name}.yml`, 'utf8'))).toMatchObject(shown[i + 1] ?? {});
  }
});

test('time in which the machine did other things is not held against a policy', () => {
  let asked = 0;
  const schema = {
    // The first time that it is looked at, nothing runs for longer than a policy may take.
    get maximum() {
      if (asked++ === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
      return 3;
    },
  };
  const policy = compilePolicy('busy.json', schema);
  expect([2, 4].map((value) => policy.faults(value).length)).toEqual([0, 1]);
  expect(asked).toBeGreaterThan(1);
}, 60_000);

/** A section that answers by itself: nobody expects a server in it. */
const STATS = 'listen stats\n  bind 127.0.0.1:8404\n  stats enable\n  stats uri /\n';

test('a section without servers is held to no number of servers, wherever it stands', () => {
  const policies = (base: string, head: string): string[] =>
    said('staging/lb.cfg', base, head).filter((line) => line.includes('at least one server'));
  const changed = STATS.replace('8404', '8405');
  for (const [base, head] of [
    [STATS + THREE, changed + THREE],
    [THREE + STATS, THREE + changed],
    [THREE, THREE + STATS],
    [THREE, STATS + backend('check', 'check weight 9', 'check')],
  ] as const)
    expect(policies(base, head)).toEqual([]);
});

/** A policy of the base that names the rule which says the same; the change adds a reasoned ignore of that rule's warning. */
test('an ignore that a change adds silences no policy through the rule that the policy names', () => {
  const policy = JSON.stringify({
    properties: {
      pools: {
        items: {
          properties: {
            servers: {
              items: {
                properties: { weightFactor: { maximum: 2, description: 'No jumps.', 'x-rule': 'weight-imbalance' } },
              },
            },
          },
        },
      },
    },
  });
  const settings = 'version: 1\nschemas: [{ file: jump.json, applies-to: diff }]\n';
  const errors = (head: string): string[] => {
    const side = (text: string) => ({
      tree: new MemoryTree({ 'lb.cfg': text, 'evenkeel.yml': settings, 'jump.json': policy }),
      files: ['lb.cfg'],
      revision: null,
    });
    const base = side(backend('check weight 10', 'check weight 10', 'check weight 10'));
    const read = readSettings({ path: 'evenkeel.yml', tree: base.tree, rules: RULES, schemas: [] });
    const { findings } = check({
      head: side(head),
      base,
      trusted: base.tree,
      settings: read.settings,
      proposed: false,
      checklist: 'evenkeel.yml',
      measuring: false,
      today: '2026-01-01',
    });
    return findings.filter((one) => one.severity === 'error' && !one.ignored).map(({ rule }) => rule);
  };
  const heavy = backend('check weight 25', 'check weight 10', 'check weight 10');
  expect(errors(heavy)).toEqual(['policy']);
  expect(errors(heavy.replace('  server s0', '  # evenkeel-ignore weight-imbalance -- fine\n  server s0'))).toEqual([
    'policy',
  ]);
  expect(errors(heavy.replace('  server s0', '  # evenkeel-ignore share-shift -- fine\n  server s0'))).toEqual([
    'policy',
  ]);
});
