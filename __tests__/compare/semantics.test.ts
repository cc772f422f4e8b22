import { predict } from '../../src/compare/predict.ts';
import { ringShares, buildRing } from '../../src/compare/rings.ts';
import { fnv64a } from '../../src/compare/scores.ts';
import { xxhash64 } from '../../src/compare/xxhash.ts';
import type { Pool } from '../../src/model/pool.ts';
import { plain } from '../../src/text/say.ts';
import { read } from '../support/run-rules.ts';

function neutral(algorithm: string, servers: readonly string[]): Pool {
  const lines = servers.map((one, i) => `      - { name: s${i}, address: 10.0.0.${i}, ${one} }\n`).join('');
  const config = read(
    'neutral',
    `version: 1\npools:\n  - name: app\n    algorithm: ${algorithm}\n    servers:\n${lines}`,
  );
  expect(config.problems).toEqual([]);
  const [found] = config.pools;
  if (found === undefined) throw new Error('no pool');
  return found;
}

const weights = (...all: readonly number[]): string[] => all.map((weight) => `weight: ${weight}`);
const close = (...all: readonly number[]): unknown[] => all.map((one) => expect.closeTo(one, 9) as number);

function parts(pool: Pool, kind: 'idle' | 'loaded' | 'byKey' = 'idle'): readonly unknown[] {
  return predict(pool).shares.map((share) => share[kind]);
}

describe('algorithms as semantics', () => {
  test('round robin by weight, without weights, and over instances', () => {
    expect(parts(neutral('round-robin', weights(3, 1)))).toEqual([0.75, 0.25]);
    expect(parts(neutral('{ kind: round-robin, weights: ignored }', weights(3, 1)))).toEqual([0.5, 0.5]);
    expect(parts(neutral('round-robin', ['count: 3', 'weight: 1']))).toEqual([0.75, 0.25]);
    // An omitted weight is 1.
    expect(parts(neutral('round-robin', ['weight: 2', 'port: 80']))).toEqual(close(2 / 3, 1 / 3));
  });

  // Measured: 83/17 idle and 52/48 under load for 5:1; 50/50 idle and 91.5/8.5 under load for 10:1.
  test('least connections with ties by weight or equal', () => {
    const byWeight = neutral('{ kind: least-connections, idle: by-weight, loaded: equal }', weights(5, 1));
    expect([parts(byWeight), parts(byWeight, 'loaded')]).toEqual([close(5 / 6, 1 / 6), [0.5, 0.5]]);
    const equal = neutral('{ kind: least-connections, idle: equal, loaded: by-weight }', weights(10, 1));
    expect([parts(equal), parts(equal, 'loaded')]).toEqual([[0.5, 0.5], close(10 / 11, 1 / 11)]);
  });

  // Measured for two draws whose second wins: 24.2/75.8 for 3:1, 17.5/41.7/40.8 for 8:1:1.
  test('two draws whose tie goes to the second one invert weights', () => {
    const inverted = '{ kind: random, choices: 2, idle: inverted }';
    expect(parts(neutral(inverted, weights(3, 1)))).toEqual(close(0.25, 0.75));
    expect(parts(neutral(inverted, weights(8, 1, 1)))).toEqual(close(8 / 45, 37 / 90, 37 / 90));
    expect(parts(neutral('{ kind: random, choices: 2, draw: equal, idle: as-drawn }', weights(9, 1)))).toEqual([
      0.5, 0.5,
    ]);
  });

  test('more draws have no such formula: only equal weights are known to be equal', () => {
    const three = '{ kind: random, choices: 3, idle: inverted }';
    const any = { low: 0, high: 1 };
    expect(parts(neutral(three, weights(9, 1, 1)))).toEqual([any, any, any]);
    expect(parts(neutral(three, weights(2, 2, 2)))).toEqual(close(1 / 3, 1 / 3, 1 / 3));
  });

  test('the reason of a draw says whether weights count', () => {
    const reason = (algorithm: string): string => plain(predict(neutral(algorithm, weights(9, 1))).reason);
    expect(reason('{ kind: random, draw: equal }')).toBe(
      'each request is an independent draw in which every server has the same chance',
    );
    expect(reason('{ kind: random }')).toBe('each request is an independent draw by weight');
  });

  test('filling begins with the lowest id, or with the first of the list', () => {
    expect(parts(neutral('{ kind: fill, order: id }', ['id: 7', 'id: 3']))).toEqual([0, 1]);
    expect(parts(neutral('{ kind: fill, order: listed }', ['id: 7', 'id: 3']))).toEqual([1, 0]);
  });

  test('a rendezvous hash that nobody knows has bounds, a good one gives weights', () => {
    const hash = (scores: string): Pool =>
      neutral(`{ kind: hash, key: { of: source }, lookup: { table: rendezvous, hash: ${scores} } }`, weights(3, 1));
    expect(parts(hash('unknown'), 'byKey')).toEqual([0, 0].map(() => ({ low: 0, high: 1 })));
    expect(parts(hash('even'), 'byKey')).toEqual([0.75, 0.25]);
  });

  // Measured: 302/136/162 of 600 for 1:1:1, 0/0/600 for 10:20:30, 541/59 and 557/43 for 9:1.
  test.each([
    [
      ['one1', 'one2', 'one3'],
      [1, 1, 1],
      [0.5, 0.25, 0.25],
    ],
    [
      ['one1', 'one2', 'one3'],
      [10, 20, 30],
      [0, 0, 1],
    ],
    [
      ['v1-shop', 'v2-shop'],
      [9, 1],
      [0.91, 0.09],
    ],
  ])('scores of %j by FNV-1a', (names, sizes, expected) => {
    const servers = names.map((name, i) => `hashedAs: ${name}, weight: ${sizes[i] ?? 1}`);
    const lookup = '{ kind: hash, key: { of: source }, lookup: { table: rendezvous, hash: fnv64a-log } }';
    const found = parts(neutral(lookup, servers), 'byKey').map(Number);
    expected.forEach((share, i) => expect(Math.abs((found[i] ?? 0) - share)).toBeLessThan(0.02));
  });

  test('a ring has so many points that the lightest server has a whole number', () => {
    const points = { min: 10, max: 1000 };
    const ring = { table: 'ring', points, place: 'address', hash: 'xxhash64', owner: 'next' } as const;
    const built = buildRing(ring, [
      { written: '10.0.0.1:80', weight: 1, id: 1 },
      { written: '10.0.0.2:80', weight: 2, id: 2 },
    ]);
    expect(built?.sorted).toHaveLength(12);
    const shares = built === undefined ? [] : ringShares(built, 2);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    const lookup = `{ table: ring, points: { min: 10, max: 1000 }, place: address, hash: xxhash64 }`;
    const pool = neutral(`{ kind: hash, key: { of: source }, lookup: ${lookup} }`, [
      'weight: 1, port: 80',
      'weight: 2, port: 80',
    ]);
    expect(
      parts(pool, 'byKey')
        .map(Number)
        .reduce((sum, share) => sum + share, 0),
    ).toBeCloseTo(1, 9);
    // So few points split unevenly: that is the reason to compute them.
    expect(parts(pool, 'byKey')[0]).not.toBeCloseTo(1 / 3, 2);
  });
});

describe('hash functions', () => {
  test.each([
    ['', 'ef46db3751d8e999'],
    ['a', 'd24ec4f1a98c6e5b'],
    ['as', '1c330fb2d66be179'],
    ['asd', '631c37ce72a97393'],
    ['asdf', '415872f599cea71e'],
    ['Call me Ishmael. Some years ago--never mind how long precisely-', '02a2e85470d6fd96'],
  ])('xxHash64 of %j is the published one', (text, hash) => {
    expect(xxhash64(text).toString(16).padStart(16, '0')).toBe(hash);
  });

  test.each([
    ['', 'cbf29ce484222325'],
    ['a', 'af63dc4c8601ec8c'],
    ['foobar', '85944171f73967e8'],
  ])('FNV-1a of %j is the published one', (text, hash) => {
    const halves = fnv64a(new TextEncoder().encode(text));
    expect(halves.map((half) => half.toString(16).padStart(8, '0')).join('')).toBe(hash);
  });
});
