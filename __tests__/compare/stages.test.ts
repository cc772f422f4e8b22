import { losses } from '../../src/compare/loss.ts';
import { predict } from '../../src/compare/predict.ts';
import type { Pool } from '../../src/model/pool.ts';
import { read } from '../support/run-rules.ts';

/** Servers of a priority, so many of which are up: `[0, 10, 5]` = ten of priority 0, five of them up. */
type Level = readonly [priority: number, total: number, up: number, state?: string];

function levels(settings: string, ...all: readonly Level[]): Pool {
  const servers = all.flatMap(([priority, total, up, state = 'up'], level) =>
    Array.from(
      { length: total },
      (_, i) =>
        `      - { name: p${level}s${i}, address: 10.0.${level}.${i}, priority: ${priority}, state: ${i < up ? state : 'down'} }\n`,
    ),
  );
  return poolOf(`    ${settings}\n    servers:\n${servers.join('')}`);
}

function poolOf(body: string): Pool {
  const config = read('neutral', `version: 1\npools:\n  - name: app\n${body}`);
  expect(config.problems).toEqual([]);
  const [found] = config.pools;
  if (found === undefined) throw new Error('no pool');
  return found;
}

/** What all servers of each priority get together, exactly. */
function byPriority(pool: Pool): number[] {
  const sums = new Map<number, number>();
  predict(pool).shares.forEach(({ idle }, i) => {
    if (typeof idle !== 'number') throw new Error('not exact');
    const priority = pool.servers[i]?.priority.value ?? 0;
    sums.set(priority, (sums.get(priority) ?? 0) + idle);
  });
  return [...sums].toSorted(([a], [b]) => a - b).map(([, sum]) => sum);
}

function shares(pool: Pool): readonly unknown[] {
  return predict(pool).shares.map(({ idle }) => (typeof idle === 'number' ? Math.round(idle * 1e9) / 1e9 : idle));
}

describe('priorities', () => {
  // The rows of Envoy's documentation on priority levels and panic thresholds.
  test.each<[string, Level, Level, number, number]>([
    ['71% healthy', [0, 100, 71], [1, 100, 100], 0.99, 0.01],
    ['half healthy', [0, 4, 2], [1, 4, 4], 0.7, 0.3],
    ['a quarter of each healthy, both panic', [0, 4, 1], [1, 4, 1], 0.5, 0.5],
    ['5% and 65%, the first panics', [0, 20, 1], [1, 20, 13], 0.07, 0.93],
    ['72% healthy', [0, 100, 72], [1, 100, 100], 1, 0],
    ['none healthy in the first', [0, 4, 0], [1, 4, 4], 0, 1],
  ])('with a spare factor spill: %s', (_, first, second, low, high) => {
    const [a, b] = byPriority(levels('spare: 1.4\n    panicThreshold: 0.5', first, second));
    expect(a).toBeCloseTo(low, 9);
    expect(b ?? 0).toBeCloseTo(high, 9);
  });

  test('while all panic, the number of servers decides', () => {
    const [a, b] = byPriority(levels('spare: 1.4\n    panicThreshold: 0.5', [0, 6, 0], [1, 2, 0]));
    expect([a, b]).toEqual([expect.closeTo(0.75, 9), expect.closeTo(0.25, 9)]);
  });

  test('without a spare factor keep everything while one server is up', () => {
    expect(byPriority(levels('standby: all', [0, 5, 1], [1, 2, 2]))).toEqual([1, 0]);
    expect(byPriority(levels('standby: all', [0, 5, 0], [1, 2, 2]))).toEqual([0, 1]);
  });

  test('of the standby servers the first one serves, or all', () => {
    expect(shares(levels('standby: first', [0, 1, 0], [1, 2, 2]))).toEqual([0, 1, 0]);
    expect(shares(levels('standby: all', [0, 1, 0], [1, 2, 2]))).toEqual([0, 0.5, 0.5]);
  });

  test('degraded servers come after all that are healthy', () => {
    const pool = levels('spare: 1.4', [0, 2, 1], [0, 0, 0]);
    const degraded: Pool = {
      ...pool,
      servers: pool.servers.map((server, i) =>
        i === 1 ? { ...server, state: { ...server.state, value: 'degraded' } } : server,
      ),
    };
    expect(shares(degraded)).toEqual([0.7, 0.3]);
    expect(shares(levels('standby: all', [0, 1, 1], [0, 1, 1, 'degraded']))).toEqual([1, 0]);
    expect(shares(levels('standby: all', [0, 1, 0], [0, 1, 1, 'degraded']))).toEqual([0, 1]);
  });

  test('panic gives traffic to all servers of a priority, by share or by number', () => {
    expect(shares(levels('panicThreshold: 0.5', [0, 4, 1]))).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(shares(levels('panicThreshold: 0.25', [0, 4, 1]))).toEqual([1, 0, 0, 0]);
    expect(shares(levels('panicThreshold: { servers: 2 }', [0, 4, 1]))).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(shares(levels('panicThreshold: { servers: 2 }', [0, 4, 2]))).toEqual([0.5, 0.5, 0, 0]);
    expect(shares(levels('panicThreshold: 0', [0, 2, 0]))).toEqual([0, 0]);
    expect(shares(levels('panicThreshold: 0.5', [0, 2, 0]))).toEqual([0.5, 0.5]);
  });

  test('the loss of a server shifts traffic to the next priority', () => {
    const found = losses(levels('spare: 1.4', [0, 2, 2], [1, 2, 2]));
    const [worst] = found;
    expect([worst?.before, worst?.after]).toEqual([0.5, expect.closeTo(0.7, 9)]);
  });
});

describe('zones', () => {
  const zones = (use: string): Pool =>
    poolOf(
      `    zones: ${use}\n    servers:\n      - { name: a1, address: h1, zone: a }\n` +
        [1, 2, 3].map((n) => `      - { name: b${n}, address: g${n}, zone: b }\n`).join(''),
    );

  test('with an equal part each, whatever their number of servers', () => {
    expect(shares(zones('separate'))).toEqual([0.5, 0.166666667, 0.166666667, 0.166666667]);
    expect(predict(zones('separate')).predictability).toBe('multinomial');
    expect(shares(zones('pooled'))).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  test('nearest to a caller that nobody knows give bounds', () => {
    const { predictability, shares: found } = predict(zones('nearest'));
    expect([predictability, found[0]?.idle, found[1]?.idle]).toEqual([
      'unknown',
      { low: 0, high: 1 },
      { low: 0, high: expect.closeTo(1 / 3, 9) as number },
    ]);
  });

  test('without a server that is up get nothing', () => {
    const pool = zones('separate');
    const out: Pool = {
      ...pool,
      servers: pool.servers.map((server, i) =>
        i === 0 ? { ...server, state: { ...server.state, value: 'down' } } : server,
      ),
    };
    expect(shares(out)).toEqual([0, 0.333333333, 0.333333333, 0.333333333]);
  });
});

describe('localities', () => {
  const localities = (weights: string, more = '', down = 0): Pool =>
    poolOf(
      `    ${more}\n    localities: [${weights}]\n    servers:\n` +
        [0, 1, 2, 3]
          .map((n) => `      - { name: x${n}, address: x${n}, locality: x, state: ${n < down ? 'down' : 'up'} }\n`)
          .join('') +
        '      - { name: y0, address: y0, locality: y }\n',
    );
  const locality = (pool: Pool): number =>
    predict(pool)
      .shares.slice(0, 4)
      .reduce((sum, { idle }) => sum + Number(idle), 0);

  test('by weight, less what they cannot carry', () => {
    expect(locality(localities('{ name: x, weight: 1 }, { name: y, weight: 2 }', 'zones: weighted'))).toBeCloseTo(
      1 / 3,
      9,
    );
    const half = localities('{ name: x, weight: 1 }, { name: y, weight: 2 }', 'zones: weighted\n    spare: 1.4', 2);
    expect(locality(half)).toBeCloseTo(0.7 / 2.7, 9);
  });

  test('without a weight get nothing beside one that has one, and change nothing where none has', () => {
    expect(locality(localities('{ name: x }, { name: y, weight: 3 }', 'zones: weighted'))).toBe(0);
    expect(locality(localities('{ name: x }, { name: y }', 'zones: weighted'))).toBeCloseTo(0.8, 9);
    expect(locality(localities('{ name: x, weight: 1 }, { name: y, weight: 9 }', 'zones: pooled'))).toBeCloseTo(0.8, 9);
  });

  test('of an unknown weight give bounds', () => {
    const { shares: found } = predict(
      localities('{ name: x, weight: 1 }, { name: y, weight: unknown }', 'zones: weighted'),
    );
    expect(found[4]?.idle).toEqual({ low: 0, high: 1 });
    expect(found[0]?.idle).toEqual({ low: 0, high: 0.25 });
  });
});
