import { predict } from '../../src/compare/predict.ts';
import type { Pool } from '../../src/model/pool.ts';
import { boundsOf, exactly } from '../../src/model/share.ts';
import { pool, type ServerSpec } from '../support/pool.ts';
import { read } from '../support/run-rules.ts';

function neutral(servers: readonly string[], settings = ''): Pool {
  const lines = servers.map((one, i) => `      - { name: s${i}, address: s${i}, ${one} }\n`).join('');
  const config = read('neutral', `version: 1\npools:\n  - name: app\n${settings}    servers:\n${lines}`);
  expect(config.problems).toEqual([]);
  const [found] = config.pools;
  if (found === undefined) throw new Error('no pool');
  return found;
}

const idle = (one: Pool): readonly unknown[] => predict(one).shares.map((share) => share.idle);

describe('shares that are not known exactly', () => {
  test('an unknown weight leaves the others at least what the largest weight leaves', () => {
    // HAProxy's largest weight is 256.
    const found = predict(pool({ servers: [200, 1, 1, null].map((weight): ServerSpec => ({ weight })) }));
    expect(found.predictability).toBe('unknown');
    expect(boundsOf(found.shares[0]?.idle).low).toBeCloseTo(200 / 458, 9);
    expect(boundsOf(found.shares[0]?.idle).high).toBeLessThan(200 / 202 + 1e-9);
  });

  test('an unknown number of instances has no largest share', () => {
    expect(idle(neutral(['count: unknown', 'weight: 3']))).toEqual([
      { low: 0.25, high: 1 },
      { low: 0, high: 0.75 },
    ]);
  });

  test('an unknown state is up or not', () => {
    expect(idle(neutral(['weight: 3', 'state: unknown']))).toEqual([
      { low: 0.75, high: 1 },
      { low: 0, high: 0.25 },
    ]);
  });

  test('a backup gets nothing while a primary is certainly up, and anything while none is', () => {
    expect(idle(neutral(['weight: 1', 'weight: unknown', 'tier: backup']))[2]).toBe(0);
    expect(idle(neutral(['state: unknown', 'tier: backup']))).toEqual([
      { low: 0, high: 1 },
      { low: 0, high: 1 },
    ]);
  });

  test('an unknown priority, spare factor or division leaves every share open', () => {
    const any = { low: 0, high: 1 };
    expect(idle(neutral(['weight: 1', 'priority: unknown']))).toEqual([any, any]);
    expect(idle(neutral(['weight: 1', 'tier: backup'], '    spare: unknown\n'))).toEqual([any, any]);
    expect(idle(neutral(['zone: a', 'zone: b'], '    zones: unknown\n'))).toEqual([any, any]);
  });

  test('an unknown state decides whether the next priority takes over', () => {
    const found = idle(neutral(['weight: 1', 'state: unknown', 'priority: 1'], '    spare: 1.4\n'));
    expect(found).toEqual([0, 0, 0].map(() => ({ low: 0, high: 1 })));
  });

  test('what bends a pool leaves no share, or shares on a condition', () => {
    const bends = (how: string): Pool =>
      neutral(['weight: 1', 'weight: 1'], `    caveats: [{ reason: a state file is loaded, bends: ${how} }]\n`);
    expect([predict(bends('all')).predictability, idle(bends('all'))[0]]).toEqual(['unknown', { low: 0, high: 1 }]);
    expect([predict(bends('some')).predictability, idle(bends('some'))[0]]).toEqual(['conditional', 0.5]);
    expect(predict(neutral(['resolves: all', 'resolves: one'])).predictability).toBe('conditional');
    expect(predict(neutral(['resolves: one', 'resolves: one'])).predictability).toBe('exact');
  });
});

/** The same numbers in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('properties of 300 random pools', () => {
  const random = numbers(20_260_101);
  const ALGORITHMS = [
    'round-robin',
    'random',
    'source-hash',
    '{ kind: least-connections, idle: equal, loaded: equal }',
  ];
  const specs = Array.from({ length: 300 }, () => ({
    algorithm: ALGORITHMS[random(4)] ?? 'round-robin',
    zones: ['pooled', 'separate'][random(2)] ?? 'pooled',
    spare: random(2) === 0 ? '' : '    spare: 1.4\n',
    servers: Array.from({ length: 2 + random(6) }, (_, i) => ({
      weight: i === 0 ? 1 + random(9) : random(10),
      priority: i === 0 ? 0 : random(3),
      state: i === 0 ? 'up' : (['up', 'up', 'down', 'degraded'][random(4)] ?? 'up'),
      zone: ['a', 'b'][random(2)] ?? 'a',
      count: 1 + random(3),
    })),
  }));
  type Spec = (typeof specs)[number];
  const poolOf = (spec: Spec, unknown = -1, raised = -1): Pool =>
    neutral(
      spec.servers.map(
        ({ weight, priority, state, zone, count }, i) =>
          `weight: ${i === unknown ? 'unknown' : weight + (i === raised ? 5 : 0)}, priority: ${priority}, state: ${state}, zone: ${zone}, count: ${count}`,
      ),
      `    algorithm: ${spec.algorithm}\n    zones: ${spec.zones}\n${spec.spare}`,
    );

  test('shares add up to 1', () => {
    for (const spec of specs) {
      for (const kind of ['loaded', 'byKey'] as const) {
        const parts = predict(poolOf(spec)).shares.map((share) => exactly(share[kind]));
        if (parts.includes(null)) continue;
        expect(parts.reduce<number>((sum, part) => sum + (part ?? 0), 0)).toBeCloseTo(1, 9);
      }
    }
  });

  test('bounds of an unknown weight hold what any weight gives', () => {
    for (const spec of specs) {
      const at = spec.servers.length - 1;
      if ((spec.servers[at]?.weight ?? 0) === 0) continue;
      const real = predict(poolOf(spec)).shares;
      predict(poolOf(spec, at)).shares.forEach((share, i) => {
        for (const kind of ['idle', 'loaded', 'byKey'] as const) {
          const part = exactly(real[i]?.[kind]);
          if (part === null) continue;
          const { low, high } = boundsOf(share[kind]);
          expect(part).toBeGreaterThanOrEqual(low - 1e-9);
          expect(part).toBeLessThanOrEqual(high + 1e-9);
        }
      });
    }
  });

  test('a larger weight never lowers the share of its server', () => {
    for (const spec of specs) {
      if ((spec.servers[0]?.weight ?? 0) === 0) continue;
      const [before, after] = [predict(poolOf(spec)), predict(poolOf(spec, -1, 0))].map(
        ({ shares }) => exactly(shares[0]?.loaded) ?? exactly(shares[0]?.byKey) ?? 0,
      );
      expect(after).toBeGreaterThanOrEqual((before ?? 0) - 1e-9);
    }
  });
});
