import { RULES } from '../../src/rules/list.ts';
import { changeOf, findings, read, shown } from '../support/run-rules.ts';

const POOLS = `version: 1
pools:
  - { name: red, servers: [{ address: r1 }, { address: r2 }] }
  - { name: blue, servers: [{ address: b1 }, { address: b2 }] }
`;

function entry(matches: string, routes = ''): string {
  return `${POOLS}${routes}entries:\n  - name: web\n    listens: [{ address: '*:80' }]\n    matches: ${matches}\n`;
}

const ALL = entry('[{ to: { pool: red } }]');

function said(rules: readonly string[], before: string, after: string): readonly string[] {
  const own = RULES.filter(({ id }) => rules.includes(id));
  return findings(own, changeOf('neutral', before, after)).map(shown);
}

describe('what a change refuses', () => {
  test('by chance is an error where it is much, a warning where it is little', () => {
    const rules = ['requests-refused'];
    expect(said(rules, ALL, entry('[{ chance: 0.5, to: { answer: 503 } }, { to: { pool: red } }]'))).toEqual([
      'error requests-refused 8: In web, 50% more of all requests fail: 50% reach red and 50% are refused or fail; before, all reach red.',
    ]);
    expect(said(rules, ALL, entry('[{ chance: 0.05, to: { answer: 503 } }, { to: { pool: red } }]'))[0]).toMatch(
      /^warning requests-refused 8: In web, 5% more of all requests fail/,
    );
    expect(said(rules, ALL, entry('[{ chance: 0.5, to: { pool: red } }]'))[0]).toMatch(/^error requests-refused 8: /);
    expect(said(rules, entry('[{ chance: 0.5, to: { pool: red } }]'), ALL)).toEqual([]);
  });

  test('by a branch of a route, or because no branch fits, is told', () => {
    const before = entry(
      '[{ to: { route: top } }]',
      'routes:\n  - { name: top, to: [{ pool: red }, { pool: blue }] }\n',
    );
    const refusing = before.replace('{ pool: blue }', '{ answer: 503 }');
    expect(said(['requests-refused'], before, refusing)[0]).toMatch(/^error requests-refused 10: In web, 50% more /);
    const open = before.replace(
      'to: [{ pool: red }, { pool: blue }]',
      'kind: first-match, to: [{ pool: red, when: x }]',
    );
    expect(said(['requests-refused'], before, open)[0]).toMatch(
      /^warning requests-refused 10: In web, up to 100% more /,
    );
  });

  test('with its only entry is an error as long as its pool is left without requests', () => {
    expect(said(['listener-changed'], ALL, POOLS)).toEqual([
      'error listener-changed 6: web is removed, and nothing listens on *:80 now.',
    ]);
    const moved = ALL.replace('name: web', 'name: shop').replace(':80', ':81');
    expect(said(['listener-changed'], ALL, moved).filter((one) => one.startsWith('error'))).toEqual([]);
  });
});

test('one split written with other weights is no change', () => {
  const route = (to: string): string => entry('[{ to: { route: top } }]', `routes:\n  - { name: top, to: [${to}] }\n`);
  const before = route('{ pool: red, weight: 9 }, { pool: blue, weight: 1 }');
  for (const to of [
    '{ pool: red, weight: 90 }, { pool: blue, weight: 10 }',
    '{ pool: red, weight: 4 }, { pool: red, weight: 5 }, { pool: blue, weight: 1 }',
  ]) {
    const change = changeOf('neutral', before, route(to));
    expect([...change.routes, ...change.entries].map((one) => one.change)).toEqual(['same', 'same']);
  }
  const other = changeOf('neutral', before, route('{ pool: red, weight: 8 }, { pool: blue, weight: 1 }'));
  expect([...other.routes, ...other.entries].map((one) => one.change)).toEqual(['changed', 'changed']);
});

test('a ring with fewer points at most than at least is refused', () => {
  const ring = (min: number, max: number): string =>
    `version: 1\npools:\n  - name: p\n    algorithm: { kind: hash, key: { of: uri }, lookup: { table: ring, points: { min: ${min}, max: ${max} } } }\n    servers: [{ address: a }]\n`;
  const problems = (text: string): readonly string[] => read('neutral', text).problems.map(({ rule }) => rule);
  expect([problems(ring(100, 2)), problems(ring(2, 100))]).toEqual([['schema-invalid'], []]);
});
