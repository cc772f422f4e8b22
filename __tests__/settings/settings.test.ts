import { describe, expect, test } from '@jest/globals';
import { InputError } from '../../src/model/tree.ts';
import { defineRule, type Rule } from '../../src/rules/rule.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { optionsOf, readSettings, severitySet, type Settings } from '../../src/settings/settings.ts';

const share: Rule = defineRule({
  id: 'weight-imbalance',
  title: 'No server above its share',
  severity: 'warning',
  format: 'haproxy',
  scope: 'pool',
  options: {
    'max-share': { type: 'percent', default: 0.5, describe: '' },
    least: { type: 'number', default: 2, describe: '' },
    after: { type: 'duration', default: 1000, describe: '' },
  },
  check: () => [],
});

function read(files: Record<string, string>, path = 'evenkeel.yml'): Settings {
  return readSettings({ path, tree: new MemoryTree(files), rules: [share], schemas: [] }).settings;
}

function one(text: string): Settings {
  return read({ 'evenkeel.yml': `version: 1\n${text}` });
}

test('without a file everything is at its default', () => {
  const { settings } = readSettings({ path: undefined, tree: new MemoryTree({}), rules: [share], schemas: ['p.json'] });
  expect(settings.existingFindings).toBe('report');
  expect(settings.items).toHaveLength(5);
  expect(settings.policies).toEqual([{ file: 'p.json', appliesTo: 'diff', severity: 'error' }]);
  expect(optionsOf(settings, share)).toEqual({ 'max-share': 0.5, least: 2, after: 1000 });
  expect(severitySet(settings, share, 'lb.cfg', 'app')).toBeUndefined();
});

test('severities and options of rules are read, with the places they hold for', () => {
  const settings = one(
    'rules:\n  weight-imbalance: { severity: error, max-share: 60%, after: 2s, least: 3, paths: [eu/**], pools: ["app*"] }',
  );
  expect(optionsOf(settings, share)).toEqual({ 'max-share': 0.6, least: 3, after: 2000 });
  expect(severitySet(settings, share, 'eu/lb.cfg', 'app1')).toBe('error');
  expect(severitySet(settings, share, 'us/lb.cfg', 'app1')).toBeUndefined();
  expect(severitySet(settings, share, 'eu/lb.cfg', 'web')).toBeUndefined();
  expect(severitySet(one('rules: { weight-imbalance: off }'), share, 'x', undefined)).toBe('off');
});

test('facts per pool, probe settings and a certificate file', () => {
  const settings = read({
    'evenkeel.yml':
      'version: 1\nprobe: { ca: ./ca.pem, insecure: false }\npools:\n  be: { capacity: { a: 1 }, peak: 9, servers: 6, expect: { a: 60, b: 40 }, identify: { a: "a-*" }, tolerance: 25% }\n',
    'ca.pem': 'PEM',
  });
  expect(settings.probe).toEqual({ insecure: false, allowLinkLocal: false, ca: 'PEM' });
  const facts = settings.pools.get('be');
  expect(facts?.capacity?.get('a')).toBe(1);
  expect(facts?.expect).toEqual(
    new Map([
      ['a', 60],
      ['b', 40],
    ]),
  );
  expect(facts?.identify?.get('a')).toEqual(['a-*']);
  expect([facts?.peak, facts?.servers, facts?.tolerance]).toEqual([9, 6, '25%']);
});

test('a file extends another one: later words win, lists add up, an item of the same id is replaced', () => {
  const settings = read(
    {
      'lb/evenkeel.yml':
        'version: 1\nextends: ../base.yml\nrules: { weight-imbalance: error }\nchecklist: [{ id: capacity, ask: Ours, required: true }]\n',
      'base.yml': 'version: 1\nextends: strict\nrules: { weight-imbalance: off }\nroot-map: { /etc/nginx: nginx }\n',
    },
    'lb/evenkeel.yml',
  );
  expect(settings.strict).toBe(true);
  expect(settings.rules.get('weight-imbalance')?.severity).toBe('error');
  expect(settings.rootMap).toEqual({ '/etc/nginx': 'nginx' });
  expect(settings.items.filter((item) => item.id === 'capacity')).toEqual([
    { id: 'capacity', ask: 'Ours', when: [], required: true },
  ]);
});

describe('a fault is an input error that names the place and the way out', () => {
  test.each([
    [
      'rules: { weight-imbalanse: off }',
      'evenkeel.yml:2:10 There is no rule weight-imbalanse. Did you mean weight-imbalance?',
    ],
    [
      'rules:\n  weight-imbalance: { max-shar: 60% }',
      'evenkeel.yml:3:23 Rule weight-imbalance has no option max-shar. Did you mean max-share?',
    ],
    [
      'rules:\n  weight-imbalance: { max-share: 60 }',
      'max-share of rule weight-imbalance must be a percentage of at most 100%, such as 60%.',
    ],
    ['rules: [', 'evenkeel.yml:'],
    ['ruls: {}', 'evenkeel.yml:2:1'],
    ['checklist: [{ id: x, ask: y, when: [share-shft] }]', 'share-shft is not a rule or kind of change.'],
    ['ignores: [{ rule: nope, reason: r }]', 'nope is not a rule.'],
    ['extends: ../../etc/passwd', 'leads out of the repository'],
    ['extends: ./evenkeel.yml', 'extends itself'],
    ['extends: ./gone.yml', 'gone.yml is not there'],
    ['probe: { ca: gone.pem }', 'gone.pem'],
  ])('%s', (text, message) => {
    expect(() => one(text)).toThrow(InputError);
    expect(() => one(text)).toThrow(message);
  });
});
