import { entryFlow, routeParts } from '../../src/compare/flow.ts';
import { nameOfKey } from '../../src/model/keys.ts';
import type { Flow } from '../../src/model/flow.ts';
import type { Config } from '../../src/model/config.ts';
import { plain } from '../../src/text/say.ts';
import { read } from '../support/run-rules.ts';

const POOLS = ['red', 'blue', 'gold', 'gray']
  .map((name) => `  - { name: ${name}, servers: [{ address: ${name} }] }\n`)
  .join('');
const DEAD = '  - { name: dead, servers: [{ address: d, state: down }] }\n';
const MAYBE = '  - { name: maybe, servers: [{ address: m, state: unknown }] }\n';

function config(rest: string, faults = 0): Config {
  const found = read('neutral', `version: 1\npools:\n${POOLS}${DEAD}${MAYBE}${rest}`);
  expect(found.problems).toHaveLength(faults);
  return found;
}

function pools(flow: Flow): Record<string, unknown> {
  return Object.fromEntries([...flow.pools].map(([key, part]) => [nameOfKey(key), part]));
}

/** Where the requests of a route go in the end. */
function ends(routes: string, name = 'top', faults = 0): Flow {
  const one = config(`routes:\n${routes}entries:\n  - { name: in, matches: [{ to: { route: ${name} } }] }\n`, faults);
  const [entry] = one.entries;
  if (entry === undefined) throw new Error('no entry');
  return entryFlow(entry, [one]).total;
}

describe('routes', () => {
  test('nest, and shares multiply', () => {
    const flow = ends(
      '  - { name: top, to: [{ route: left, weight: 3 }, { pool: gray }] }\n  - { name: left, to: [{ pool: red, weight: 2 }, { pool: blue }] }\n',
    );
    expect(pools(flow)).toEqual({ red: expect.closeTo(0.5, 9), blue: expect.closeTo(0.25, 9), gray: 0.25 });
  });

  // Measured behind two levels of weights, 9:1 and 3:1: 269, 89 and 42 of 400; with a weight left out: 100, 200 and 100.
  test.each<[string, string, Record<string, number>]>([
    [
      'weights 9:1 over 3:1',
      '  - { name: top, to: [{ route: in, weight: 9 }, { pool: gold }] }\n  - { name: in, to: [{ pool: red, weight: 3 }, { pool: blue }] }\n',
      { red: 0.675, blue: 0.225, gold: 0.1 },
    ],
    [
      'an omitted weight that counts as 1',
      '  - { name: top, to: [{ pool: red }, { pool: blue, weight: 2 }, { pool: gold }] }\n',
      { red: 0.25, blue: 0.5, gold: 0.25 },
    ],
  ])('split as measured: %s', (_, routes, parts) => {
    const found = pools(ends(routes));
    expect(Object.keys(found).toSorted()).toEqual(Object.keys(parts).toSorted());
    for (const [name, part] of Object.entries(parts)) expect(found[name]).toBeCloseTo(part, 9);
  });

  test('two levels that draw anew are mixed, two draws by one key are one draw', () => {
    const level = (key: string): string =>
      `  - { name: top, ${key}to: [{ route: a }, { route: b }] }\n` +
      `  - { name: a, ${key}to: [{ pool: red }, { pool: blue }] }\n  - { name: b, ${key}to: [{ pool: red }, { pool: blue }] }\n`;
    const chance = ends(level('').replace('a, to: [{ pool: red }', 'a, to: [{ pool: gold }'));
    expect(pools(chance)).toEqual({ gold: 0.25, blue: 0.5, red: 0.25 });
    const keyed = ends(
      level('drawnBy: ip, ').replace(
        'a, drawnBy: ip, to: [{ pool: red }, { pool: blue }]',
        'a, drawnBy: ip, to: [{ pool: gold }, { pool: gray }]',
      ),
    );
    expect(pools(keyed)).toEqual({ gold: 0.5, blue: 0.5 });
  });

  test('one draw again with a weight that is not known can fall anywhere', () => {
    const flow = ends(
      '  - { name: top, drawnBy: ip, to: [{ route: a }, { pool: gray }] }\n' +
        '  - { name: a, drawnBy: ip, to: [{ pool: red, weight: unknown }, { pool: blue }] }\n',
    );
    expect(pools(flow)).toEqual({ red: { low: 0, high: 0.5 }, blue: { low: 0, high: 0.5 }, gray: 0.5 });
  });

  test('fail over to the first target that lives', () => {
    expect(pools(ends('  - { name: top, kind: failover, to: [{ pool: red }, { pool: blue }] }\n'))).toEqual({ red: 1 });
    expect(pools(ends('  - { name: top, kind: failover, to: [{ pool: dead }, { pool: blue }] }\n'))).toEqual({
      blue: 1,
    });
    const open = ends('  - { name: top, kind: failover, to: [{ pool: maybe }, { pool: blue }] }\n');
    expect(pools(open)).toEqual({ maybe: { low: 0, high: 1 }, blue: { low: 0, high: 1 } });
    const none = ends('  - { name: top, kind: failover, to: [{ pool: dead }] }\n');
    expect([pools(none), none.lost]).toEqual([{}, 1]);
  });

  test('keep the part of a target without servers, unless they watch health', () => {
    const dead = (watches: string): Flow =>
      ends(`  - { name: top, ${watches}to: [{ pool: dead }, { pool: red, weight: 3 }] }\n`);
    expect([pools(dead('')), dead('').lost]).toEqual([{ red: 0.75 }, 0.25]);
    expect([pools(dead('watchesHealth: true, ')), dead('watchesHealth: true, ').lost]).toEqual([{ red: 1 }, 0]);
  });

  test('fall back only while no target lives', () => {
    const to = '{ pool: red }, { pool: blue }, { pool: gold, role: fallback }';
    expect(pools(ends(`  - { name: top, to: [${to}] }\n`))).toEqual({ red: 0.5, blue: 0.5 });
    expect(pools(ends('  - { name: top, to: [{ pool: dead }, { pool: gold, role: fallback }] }\n'))).toEqual({
      gold: 1,
    });
  });

  test('send copies that take no share', () => {
    const flow = ends('  - { name: top, to: [{ pool: red }, { pool: gold, role: copy, part: 0.5 }] }\n');
    expect(pools(flow)).toEqual({ red: 1 });
    const one = config('routes:\n  - { name: top, to: [{ pool: red }, { pool: gold, role: copy, part: 0.5 }] }\n');
    expect(one.routes.map((route) => routeParts(route, [one]))).toEqual([[1, null]]);
  });

  test('spill over to the next target with a spare factor', () => {
    const half = '  - { name: half, servers: [{ address: h1 }, { address: h2, state: down }] }\n';
    const one = config(
      `${half}routes:\n  - { name: top, kind: failover, spare: 1.4, to: [{ pool: half }, { pool: red }] }\n`,
    );
    expect(one.routes.map((route) => routeParts(route, [one]))).toEqual([[0.7, expect.closeTo(0.3, 9)]]);
  });

  test('give nobody what has no weight, and lose what nobody has a weight for', () => {
    expect(pools(ends('  - { name: top, to: [{ pool: red }, { pool: blue, weight: 0 }] }\n'))).toEqual({ red: 1 });
    expect(ends('  - { name: top, to: [{ pool: red, weight: 0 }] }\n').lost).toBe(1);
  });

  test('lose what goes round in a circle', () => {
    const flow = ends(
      '  - { name: top, to: [{ route: back }, { pool: red }] }\n  - { name: back, to: [{ route: top }] }\n',
      'top',
      1,
    );
    expect([pools(flow), flow.lost]).toEqual([{ red: 0.5 }, 0.5]);
  });

  test('are followed once, however many branches lead to them', () => {
    const levels = Array.from(
      { length: 60 },
      (_, i) => `  - { name: r${i}, to: [{ route: r${i + 1} }, { route: r${i + 1} }] }\n`,
    );
    expect(pools(ends(`${levels.join('')}  - { name: r60, to: [{ pool: red }, { pool: blue }] }\n`, 'r0'))).toEqual({
      red: 0.5,
      blue: 0.5,
    });
  });

  test('that are too long or draw too often are not told', () => {
    const chain = Array.from({ length: 3000 }, (_, i) => `  - { name: r${i}, to: [{ route: r${i + 1} }] }\n`);
    expect(ends(`${chain.join('')}  - { name: r3000, to: [{ pool: red }] }\n`, 'r0').unknown).toBe(1);
    const keyed = Array.from(
      { length: 40 },
      (_, i) => `  - { name: r${i}, drawnBy: k${i}, to: [{ route: r${i + 1} }, { route: r${i + 1} }] }\n`,
    );
    const { unknown, lost } = ends(`${keyed.join('')}  - { name: r40, to: [{ pool: red }] }\n`, 'r0');
    expect([Number(unknown) > 0.9, lost]).toEqual([true, 0]);
  });

  test('by conditions alone may lose what fits none of them', () => {
    const flow = ends("  - { name: top, kind: first-match, to: [{ pool: red, when: 'path /a' }] }\n");
    expect(flow.lost).toEqual({ low: 0, high: 1 });
    expect(ends('  - { name: top, kind: first-match, to: [{ pool: red, when: x }, { pool: blue }] }\n').lost).toBe(0);
  });
});

describe('entries', () => {
  const entry = (matches: string) => {
    const one = config(`entries:\n  - name: web\n    matches:\n${matches}`);
    const [found] = one.entries;
    if (found === undefined) throw new Error('no entry');
    return entryFlow(found, [one]);
  };

  test('the first match that holds decides for each class', () => {
    const { classes, total } = entry(
      "      - { when: 'path /api', to: { pool: red } }\n      - { when: 'path /old', to: { redirect: /new } }\n      - { to: { pool: blue } }\n      - { when: 'path /late', to: { answer: 503 } }\n",
    );
    expect(classes.map(({ when, flow }) => [when, pools(flow), flow.lost, flow.answered])).toEqual([
      ['path /api', { red: 1 }, 0, 0],
      ['path /old', {}, 0, 1],
      ['path /late', { blue: 1 }, 0, 0],
      [undefined, { blue: 1 }, 0, 0],
    ]);
    expect([pools(total), total.lost]).toEqual([{ red: { low: 0, high: 1 }, blue: { low: 0, high: 1 } }, 0]);
  });

  test('requests that no match takes are lost, and chance has numbers', () => {
    const { classes, total } = entry(
      '      - { chance: 0.1, to: { pool: red } }\n      - { chance: 0.5, to: { pool: blue } }\n',
    );
    expect(classes).toHaveLength(1);
    expect([pools(total), total.lost]).toEqual([{ red: 0.1, blue: expect.closeTo(0.45, 9) }, expect.closeTo(0.45, 9)]);
  });

  test('two matches that draw by one key are one draw', () => {
    const { total } = entry(
      '      - { chance: 0.3, drawnBy: user, to: { pool: red } }\n      - { chance: 0.5, drawnBy: user, to: { pool: blue } }\n      - { to: { pool: gold } }\n',
    );
    expect(pools(total)).toEqual({
      red: 0.3,
      blue: expect.closeTo(0.2, 9),
      gold: expect.closeTo(0.5, 9),
    });
  });

  test('what a pool answers itself never reaches its servers', () => {
    const one = config(
      '  - { name: shut, servers: [{ address: s }], answers: [{ to: { answer: 403 } }] }\nentries:\n  - { name: web, matches: [{ to: { pool: shut } }] }\n',
    );
    expect(one.entries.map((found) => entryFlow(found, [one]).total.lost)).toEqual([1]);
  });

  test('what a pool answers by chance counts, and so does the rest', () => {
    const one = config(
      '  - { name: half, servers: [{ address: s }], answers: [{ chance: 0.75, to: { answer: 503 } }] }\nentries:\n  - { name: web, matches: [{ to: { pool: half } }] }\n',
    );
    const [total] = one.entries.map((found) => entryFlow(found, [one]).total);
    expect(total && [pools(total), total.lost]).toEqual([{ half: 0.25 }, 0.75]);
  });

  test('pools that answer with each other lose everything, and a pool that is nowhere has nobody', () => {
    const circle = config(
      '  - { name: a, servers: [{ address: s }], answers: [{ to: { pool: b } }] }\n  - { name: b, servers: [{ address: t }], answers: [{ to: { pool: a } }] }\nentries:\n  - { name: web, matches: [{ to: { pool: a } }] }\n',
      1,
    );
    expect(circle.problems.map(({ what }) => plain(what))).toEqual(['Pool b leads back to pool a.']);
    expect(circle.entries.map((found) => entryFlow(found, [circle]).total.lost)).toEqual([1]);
    expect(entry('      - { to: { pool: nowhere } }\n').total).toMatchObject({ lost: 1, pools: new Map() });
  });
});
