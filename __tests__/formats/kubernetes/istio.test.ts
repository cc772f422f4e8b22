import { entryFlow } from '../../../src/compare/flow.ts';
import { predict } from '../../../src/compare/predict.ts';
import { reader } from '../../../src/formats/kubernetes/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import { nameOfKey } from '../../../src/model/keys.ts';
import type { Pool } from '../../../src/model/pool.ts';
import { mainShare } from '../../../src/model/share.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { textOf } from '../../../src/text/source.ts';

function read(...documents: readonly string[]): Config {
  return reader.read('mesh.yaml', new MemoryTree({ 'mesh.yaml': documents.join('\n---\n') }), { rootMap: {} });
}

const routing = (http: string, more = ''): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart }
spec:
  hosts: [cart]
  ${more}
  http:
${http}`;

const destinations = (spec: string, host = 'cart'): string => `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: cart }
spec:
  host: ${host}
${spec}`;

const SUBSETS = '  subsets: [{ name: old, labels: { version: v1 } }, { name: new, labels: { version: v2 } }]';
const SERVICE = `apiVersion: v1
kind: Service
metadata: { name: cart }
spec: { selector: { app: cart }, ports: [{ port: 80 }] }`;
const pods = (version: string, replicas: number): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: cart-${version} }
spec:
  replicas: ${replicas}
  template:
    metadata: { labels: { app: cart, version: ${version} } }
    spec: { containers: [{ name: app, image: cart }] }`;
const to = (subset: string, weight?: number): string =>
  `{ destination: { host: cart, subset: ${subset} }${weight === undefined ? '' : `, weight: ${weight}`} }`;

function flow(config: Config): Record<string, unknown> {
  const [entry] = config.entries;
  if (entry === undefined) throw new Error('no entry');
  const { pools, lost, unknown } = entryFlow(entry, [config]).total;
  return { ...Object.fromEntries([...pools].map(([key, part]) => [nameOfKey(key), part])), lost, unknown };
}

function poolOf(config: Config, name: string): Pool {
  const pool = config.pools.find((one) => one.name === name);
  if (pool === undefined) throw new Error(`no pool ${name}`);
  return pool;
}

/** Weights by https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRouteDestination. */
describe('destinations', () => {
  test.each<[string, string, Record<string, number>]>([
    ['by weight', `[${to('new', 25)}, ${to('old', 75)}]`, { 'cart/new': 0.25, 'cart/old': 0.75, lost: 0 }],
    [
      'whose weights do not add up to 100',
      `[${to('new', 1)}, ${to('old', 3)}]`,
      { 'cart/new': 0.25, 'cart/old': 0.75, lost: 0 },
    ],
    ['of which one without a weight gets nothing', `[${to('new', 10)}, ${to('old')}]`, { 'cart/new': 1, lost: 0 }],
    ['of which a single one gets everything', `[${to('new', 0)}]`, { 'cart/new': 1, lost: 0 }],
    [
      'of which one has a subset that is not defined',
      `[${to('new', 40)}, ${to('none', 60)}]`,
      { 'cart/new': 0.4, lost: 0.6 },
    ],
  ])('%s', (_name, route, expected) => {
    const found = flow(
      read(routing(`    - route: ${route}`), destinations(SUBSETS), SERVICE, pods('v1', 1), pods('v2', 1)),
    );
    for (const [name, part] of Object.entries(expected)) expect(found[name]).toBeCloseTo(part, 9);
  });

  test('a subset of a host without a rule in the files is not known', () => {
    expect(flow(read(routing(`    - route: [${to('new')}]`)))).toEqual({ lost: 0, unknown: 1 });
  });

  test('a fault takes its part, and a mirror takes none', () => {
    const config = read(
      routing(`    - fault: { abort: { percentage: { value: 12.5 }, httpStatus: 400 } }
      mirror: { host: cart, subset: old }
      mirrorPercentage: { value: 30 }
      route: [${to('new')}]`),
      destinations(SUBSETS),
      SERVICE,
      pods('v1', 1),
      pods('v2', 1),
    );
    expect(flow(config)).toMatchObject({ 'cart/new': 0.875, lost: 0.125 });
    expect(config.routes.flatMap((route) => route.to).find(({ role }) => role === 'copy')?.part).toBe(0.3);
  });

  test('routes are asked in their order', () => {
    const { entries } = read(
      routing(`    - match: [{ uri: { prefix: /api }, headers: { beta: { exact: 'yes' } } }, { uri: { exact: /new } }]
      route: [${to('new')}]
    - match: [{ uri: { prefix: /old } }]
      redirect: { uri: /new }
    - match: [{ uri: { prefix: / } }]
      directResponse: { status: 503 }
      timeout: 3s`),
      destinations(SUBSETS),
    );
    expect(entries[0]?.matches.map(({ when, to: target }) => [when?.text ?? 'all', target.kind])).toEqual([
      ['header beta = yes and path begins with /api', 'pool'],
      ['path = /new', 'pool'],
      ['path begins with /old', 'redirect'],
      ['all', 'answer'],
    ]);
    expect(entries[0]?.matches.at(-1)?.changes?.get('timeout')?.value).toBe('3s');
  });
});

test('a subset has the pods of its labels, and its own policy over that of the host', () => {
  const config = read(
    destinations(`  trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN }, outlierDetection: { consecutive5xxErrors: 3 } }
  subsets:
    - { name: old, labels: { version: v1 } }
    - { name: new, labels: { version: v2 }, trafficPolicy: { loadBalancer: { simple: RANDOM } } }`),
    SERVICE,
    pods('v1', 3),
    pods('v2', 1),
  );
  expect(predict(poolOf(config, 'cart')).shares.map(mainShare)).toEqual([0.75, 0.25]);
  const [old, fresh] = [poolOf(config, 'cart/old'), poolOf(config, 'cart/new')];
  expect([old, fresh].map(({ servers }) => servers.map(({ name }) => name))).toEqual([['cart-v1'], ['cart-v2']]);
  expect([old, fresh].map(({ algorithm }) => algorithm.value?.native)).toEqual(['ROUND_ROBIN', 'RANDOM']);
  expect([old, fresh].map(({ passiveCheck }) => passiveCheck?.maxFails.value)).toEqual([3, 3]);
});

/** Defaults by https://istio.io/latest/docs/reference/config/networking/destination-rule/. */
describe('a policy', () => {
  const balanced = (policy: string): Pool =>
    poolOf(read(destinations(`  trafficPolicy: ${policy}`), SERVICE, pods('v1', 2)), 'cart');

  test.each<[string, object]>([
    ['{ loadBalancer: {} }', { native: 'LEAST_REQUEST', kind: 'random', choices: 2 }],
    ['{ loadBalancer: { simple: LEAST_REQUEST } }', { kind: 'random', choices: 2 }],
    ['{ loadBalancer: { simple: ROUND_ROBIN } }', { kind: 'round-robin' }],
    ['{ loadBalancer: { simple: PASSTHROUGH } }', { kind: 'unknown' }],
    [
      '{ loadBalancer: { consistentHash: { httpHeaderName: x-user } } }',
      { kind: 'hash', key: { of: 'header' }, lookup: { table: 'ring', points: { min: 1024 } } },
    ],
    [
      '{ loadBalancer: { consistentHash: { useSourceIp: true, maglev: { tableSize: 251 } } } }',
      { kind: 'hash', key: { of: 'source' }, lookup: { table: 'maglev', size: 251 } },
    ],
    [
      '{ loadBalancer: { consistentHash: { httpCookie: { name: u, ttl: 0s } } } }',
      { kind: 'hash', key: { of: 'cookie' } },
    ],
    ['{ loadBalancer: { consistentHash: { httpQueryParameterName: q } } }', { kind: 'hash', key: { of: 'query' } }],
  ])('%s', (policy, expected) => {
    expect(balanced(policy).algorithm.value).toMatchObject(expected);
  });

  test('has every setting at its place', () => {
    const pool = balanced(`
    connectionPool: { tcp: { connectTimeout: 250ms, maxConnections: 77 }, http: { maxRetries: 5 } }
    loadBalancer: { simple: ROUND_ROBIN, warmup: { duration: 2m } }
    outlierDetection: { consecutive5xxErrors: 9, interval: 11s, baseEjectionTime: 41s, maxEjectionPercent: 60, minHealthPercent: 20 }`);
    const settings = {
      '250ms': [pool.timeouts.connectMs, 250],
      ROUND_ROBIN: [pool.algorithm, pool.algorithm.value],
      '2m': [pool.slowStartMs, 120_000],
      '9': [pool.passiveCheck?.maxFails, 9],
      '11s': [pool.passiveCheck?.windowMs, 11_000],
      '41s': [pool.passiveCheck?.ejectMs, 41_000],
      '60': [pool.passiveCheck?.maxEjected, 0.6],
      '20': [pool.spill.panicBelow, { share: 0.2 }],
      '77': [pool.options.get('connectionPool.tcp.maxConnections'), '77'],
      '5': [pool.options.get('connectionPool.http.maxRetries'), '5'],
    } as const;
    for (const [text, [setting, value]] of Object.entries(settings)) {
      expect(setting?.value).toEqual(value);
      expect(setting && textOf(setting.at)).toBe(text);
    }
  });

  test('ejects a tenth after five errors where nothing else is written', () => {
    expect(balanced('{ outlierDetection: {} }').passiveCheck).toMatchObject({
      maxFails: { value: 5 },
      windowMs: { value: 10_000 },
      ejectMs: { value: 30_000 },
      maxEjected: { value: 0.1 },
    });
  });

  test('by locality depends on where pods run', () => {
    const near = balanced('{ outlierDetection: {}, loadBalancer: { localityLbSetting: { failover: [] } } }');
    expect(near.caveats.map(({ bends }) => bends)).toEqual(['all']);
    expect(balanced('{ loadBalancer: { localityLbSetting: { failover: [] } } }').caveats).toEqual([]);
    const off = balanced('{ outlierDetection: {}, loadBalancer: { localityLbSetting: { enabled: false } } }');
    expect(off.caveats).toEqual([]);
  });
});

test('hosts are named by the namespace of the rule, or in full; others are those of ServiceEntries', () => {
  const entry = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ext }
spec:
  hosts: [pay.example]
  resolution: STATIC
  ports: [{ number: 443, name: tls, protocol: TLS }]
  endpoints:
    - { address: 192.0.2.1, weight: 3, labels: { version: v1 } }
    - { address: 192.0.2.2, labels: { version: v2 } }`;
  const config = read(
    entry,
    SERVICE,
    pods('v1', 1),
    destinations('  trafficPolicy: { loadBalancer: { simple: RANDOM } }', 'cart.default.svc.cluster.local'),
    destinations('  subsets: [{ name: one, labels: { version: v1 } }]', 'pay.example'),
    routing('    - route: [{ destination: { host: pay.example, subset: one } }]'),
  );
  expect(poolOf(config, 'cart').algorithm.value?.native).toBe('RANDOM');
  expect(predict(poolOf(config, 'pay.example')).shares.map(mainShare)).toEqual([0.75, 0.25]);
  expect(poolOf(config, 'pay.example/one').servers.map(({ name }) => name)).toEqual(['192.0.2.1:443']);
  expect(flow(config)).toMatchObject({ 'pay.example/one': 1 });
});

test('a VirtualService of a Gateway listens where the Gateway does', () => {
  const gateway = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: infra }
spec:
  servers:
    - { port: { number: 443, name: https, protocol: HTTPS }, hosts: ['*'] }`;
  const { entries } = read(
    gateway,
    routing('    - route: [{ destination: { host: cart } }]', 'gateways: [infra/edge]'),
  );
  expect(entries[0]?.listens.map(({ address, tls }) => [address, tls])).toEqual([['*:443', true]]);
});
