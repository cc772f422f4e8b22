import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { compare } from '../../src/compare/compare.ts';
import { diffDocument } from '../../src/compare/diff-document.ts';
import { routeKey } from '../../src/model/keys.ts';
import type { Pool } from '../../src/model/pool.ts';
import type { Branch, Route } from '../../src/model/route.ts';
import { written } from '../../src/model/span.ts';
import { algorithm } from '../support/algorithms.ts';
import { config, pool, type PoolSpec } from '../support/pool.ts';

const schema = JSON.parse(readFileSync('schemas/diff.schema.json', 'utf8')) as Record<string, unknown>;
const valid = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(schema);

function diff(base: PoolSpec | undefined, head: PoolSpec) {
  const estate = compare(base && [config([pool(base)])], [config([pool(head)])]);
  const document = diffDocument(estate);
  expect(valid(document) ? null : valid.errors).toBeNull();
  return document;
}

/** A setting that the config does not tell. */
const UNTOLD = written<never>(undefined, pool({ servers: [] }).at);

const three = { servers: [{ weight: 10 }, { weight: 10 }, { weight: 10 }] };

describe('compare', () => {
  test('equal pools differ in nothing', () => {
    const document = diff(three, three);
    expect(document.pools.map((p) => p.change)).toEqual(['same']);
    expect(document.summary).toEqual({
      poolsAdded: 0,
      poolsRemoved: 0,
      poolsChanged: 0,
      serversAdded: 0,
      serversRemoved: 0,
      checksLost: 0,
      maxShareIncrease: 0,
      maxKeysMoved: null,
    });
  });

  test('what the config does not tell is unknown, not its default, and not gone', () => {
    const untold: PoolSpec = {
      servers: [{ more: { state: UNTOLD, priority: UNTOLD, maxConnections: UNTOLD } }],
      more: { timeouts: { connectMs: UNTOLD }, stickiness: { type: 'cookie', at: UNTOLD.at, name: UNTOLD } },
    };
    const told: PoolSpec = {
      servers: [{ more: { maxConnections: written(100, UNTOLD.at) } }],
      more: { timeouts: { connectMs: written(5000, UNTOLD.at) } },
    };
    const [changed] = diff(told, untold).pools;
    expect(changed?.servers[0]?.after).toMatchObject({ state: null, priority: null, tier: null });
    expect(changed?.changes.map(({ setting, before, after }) => [setting, before, after])).toEqual([
      ['state', 'up', 'unknown'],
      ['tier', 'primary', 'unknown'],
      ['connection limit', 100, 'unknown'],
      ['stickiness', null, 'cookie unknown'],
      ['timeout connect (ms)', 5000, 'unknown'],
    ]);
  });

  test('weights: shares before and after, the rise, the lines', () => {
    const document = diff(three, { servers: [{ weight: 100 }, { weight: 20 }, { weight: 20 }] });
    const [changed] = document.pools;
    expect(changed?.changes.map((c) => [c.kind, c.server, c.before, c.after, c.line])).toEqual([
      ['weight-changed', 's1', 10, 100, 2],
      ['weight-changed', 's2', 10, 20, 3],
      ['weight-changed', 's3', 10, 20, 4],
    ]);
    expect(changed?.servers.map((s) => [s.shareBefore?.toFixed(3), s.shareAfter?.toFixed(3)])).toEqual([
      ['0.333', '0.714'],
      ['0.333', '0.143'],
      ['0.333', '0.143'],
    ]);
    expect(document.summary.maxShareIncrease).toBeCloseTo(0.381, 3);
    expect(changed?.after?.maxShareAfterLoss).toBeCloseTo(100 / 120, 9);
  });

  test('servers match by name, then by address', () => {
    const document = diff(
      {
        servers: [
          { name: 'a', port: 1 },
          { name: 'b', port: 2 },
          { name: 'c', port: 3 },
        ],
      },
      {
        servers: [
          { name: 'a', port: 9 },
          { name: 'bee', port: 2 },
          { name: 'd', port: 4 },
        ],
      },
    );
    expect(document.pools[0]?.changes.map((c) => [c.kind, c.server])).toEqual([
      ['address-changed', 'a'],
      ['server-renamed', 'bee'],
      ['server-added', 'd'],
      ['server-removed', 'c'],
    ]);
  });

  test('the order of servers is no change where the method ignores it, and one where it decides', () => {
    const a = { name: 'a', port: 1 };
    const b = { name: 'b', port: 2 };
    expect(diff({ servers: [a, b] }, { servers: [b, a] }).pools[0]?.change).toBe('same');
    const hash = { algorithm: algorithm('haproxy', 'uri') };
    const document = diff({ ...hash, servers: [a, b] }, { ...hash, servers: [b, a] });
    expect(document.pools[0]?.changes.map((c) => c.kind)).toEqual(['order-changed']);
    expect(document.summary.maxKeysMoved).toBeCloseTo(1, 1);
  });

  test('a lost check is counted, and told at the server', () => {
    const at = pool(three).at;
    const check = { activeCheck: { type: 'tcp', at } } as const;
    const document = diff({ servers: [{ more: check }, { more: check }] }, { servers: [{ more: check }, {}] });
    expect(document.summary.checksLost).toBe(1);
    expect(document.pools[0]?.changes.map((c) => [c.kind, c.server, c.line])).toEqual([['check-lost', 's2', 3]]);
  });

  test('a pool that is renamed keeps its servers', () => {
    const document = diff({ ...three, name: 'old' }, { ...three, name: 'new' });
    expect(document.pools.map((p) => [p.name, p.change])).toEqual([['new', 'changed']]);
  });

  test('without a base nothing is said to have changed', () => {
    const document = diff(undefined, three);
    expect(document.pools.map((p) => [p.change, p.before])).toEqual([['same', null]]);
    expect(document.summary.maxShareIncrease).toBe(0);
  });

  test('a changed route weight is told at the pools it feeds', () => {
    const blue = pool({ name: 'blue', servers: [{}] });
    const green = pool({ name: 'green', servers: [{ port: 7 }] });
    const branch = ({ key, name, at }: Pool, weight: number): Branch => ({
      to: { kind: 'pool', pool: key, name },
      role: 'serves',
      weight: written(weight, at),
      at,
    });
    const route = (a: number, b: number): Route => ({
      key: routeKey('haproxy', 'lb.cfg', 'split'),
      name: 'split',
      at: blue.at,
      kind: 'weighted',
      to: [branch(blue, a), branch(green, b)],
    });
    const document = diffDocument(
      compare(
        [config([blue, green], { routes: [route(95, 5)] })],
        [config([blue, green], { routes: [route(50, 50)] })],
      ),
    );
    expect(document.pools.flatMap((p) => p.changes.map((c) => [p.name, c.kind, c.before, c.after]))).toEqual([
      ['blue', 'route-changed', 0.95, 0.5],
      ['green', 'route-changed', 0.05, 0.5],
    ]);
    expect(document.summary.poolsChanged).toBe(2);
  });
});
