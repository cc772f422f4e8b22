import { entryFlow } from '../../../src/compare/flow.ts';
import { reader } from '../../../src/formats/kubernetes/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import { nameOfKey } from '../../../src/model/keys.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';
import { textOf } from '../../../src/text/source.ts';

function read(...documents: readonly string[]): Config {
  return reader.read('all.yaml', new MemoryTree({ 'all.yaml': documents.join('\n---\n') }), { rootMap: {} });
}

const route = (rules: string, more = ''): string => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: shop, namespace: shop }
spec:
  parentRefs: [{ name: edge }]
  ${more}
  rules:
${rules}`;

const service = (name: string, namespace = 'shop'): string => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec: { selector: { app: ${name} }, ports: [{ port: 80 }] }`;

/** The parts of all requests of the only entry. */
function flow(config: Config): { pools: Record<string, unknown>; lost: unknown; unknown: unknown } {
  const [entry] = config.entries;
  if (entry === undefined) throw new Error('no entry');
  const { pools, lost, unknown } = entryFlow(entry, [config]).total;
  return { pools: Object.fromEntries([...pools].map(([key, part]) => [nameOfKey(key), part])), lost, unknown };
}

/** Worked examples of the specification: https://gateway-api.sigs.k8s.io/reference/spec/ (BackendRef, HTTPRouteRule). */
describe('weights of backends', () => {
  test.each<[string, string, Record<string, number>, number]>([
    [
      'a weight that is not written is 1',
      '{ name: a, port: 80 }, { name: b, port: 80, weight: 10 }',
      { a: 1 / 11, b: 10 / 11 },
      0,
    ],
    [
      'weights need not add up to 100',
      '{ name: a, port: 80, weight: 2 }, { name: b, port: 80, weight: 6 }',
      { a: 0.25, b: 0.75 },
      0,
    ],
    ['weight 0 gets nothing', '{ name: a, port: 80, weight: 0 }, { name: b, port: 80, weight: 1 }', { b: 1 }, 0],
    ['without a weight above 0 every request gets 500', '{ name: a, port: 80, weight: 0 }', {}, 1],
    [
      'of two equal backends of which one is invalid, half of the requests get 500',
      '{ name: a, port: 80 }, { name: x, namespace: lab, port: 80 }',
      { a: 0.5 },
      0.5,
    ],
  ])('%s', (_name, refs, pools, lost) => {
    const found = flow(read(route(`    - backendRefs: [${refs}]`), service('a'), service('b'), service('x', 'lab')));
    expect(found.lost).toBeCloseTo(lost, 9);
    expect(
      Object.keys(found.pools)
        .filter((name) => found.pools[name] !== 0)
        .toSorted(),
    ).toEqual(Object.keys(pools));
    for (const [name, part] of Object.entries(pools)) expect(found.pools[name]).toBeCloseTo(part, 9);
  });

  test('a grant makes a reference to another namespace valid', () => {
    const grant = `apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: g, namespace: lab }
spec: { from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop }], to: [{ group: '', kind: Service }] }`;
    const text = route('    - backendRefs: [{ name: x, namespace: lab, port: 80 }]');
    expect(flow(read(text, service('x', 'lab'), grant))).toMatchObject({ pools: { x: 1 }, lost: 0 });
    expect(flow(read(text, service('x', 'lab')))).toMatchObject({ lost: 1 });
    expect(flow(read(text, service('x', 'lab'), grant.replace('namespace: shop', 'namespace: other')))).toMatchObject({
      lost: 1,
    });
  });

  test('every weight is at its place', () => {
    const config = read(route('    - backendRefs:\n      - { name: a, weight: 3 }\n      - { name: b }'));
    expect(config.routes[0]?.to.map(({ weight, at }) => [weight.value, weight.written, textOf(at)])).toEqual([
      [3, true, '3'],
      [1, false, 'b'],
    ]);
  });
});

test('matches are asked by the precedence of the specification, whatever their order', () => {
  const [entry] = read(
    route(`    - matches: [{ path: { type: PathPrefix, value: / } }]
      backendRefs: [{ name: rest }]
    - matches: [{ path: { type: PathPrefix, value: /a } }]
      backendRefs: [{ name: short }]
    - matches:
        - { path: { type: PathPrefix, value: /a/long } }
        - { path: { type: PathPrefix, value: /a/long }, headers: [{ name: X-Beta, value: 'on' }] }
      backendRefs: [{ name: long }]
    - matches: [{ path: { type: PathPrefix, value: /a/long }, method: POST }]
      backendRefs: [{ name: post }]
    - matches: [{ path: { type: Exact, value: /a } }]
      backendRefs: [{ name: exact }]`),
  ).entries;
  expect(
    entry?.matches.map(({ when, to }) => `${when?.text ?? 'all'} -> ${to.kind === 'pool' ? to.name : to.kind}`),
  ).toEqual([
    'path = /a -> exact',
    'path begins with /a/long and method = POST -> post',
    'path begins with /a/long and header x-beta = on -> long',
    'path begins with /a/long -> long',
    'path begins with /a -> short',
    'all -> rest',
  ]);
});

test('redirects, mirrors and rules without backends', () => {
  const { entries, routes } = read(
    route(`    - matches: [{ path: { value: /old } }]
      filters: [{ type: RequestRedirect, requestRedirect: { scheme: https, hostname: new.example } }]
    - matches: [{ path: { value: /copy } }]
      filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: twin }, percent: 20 } }]
      backendRefs: [{ name: a }]
    - matches: [{ path: { value: /none } }]`),
  );
  expect(entries[0]?.matches.map(({ to }) => to)).toMatchObject([
    { kind: 'route' },
    { kind: 'answer', status: 500 },
    { kind: 'redirect', location: 'https://new.example' },
  ]);
  expect(routes[0]?.to.map(({ role, part }) => [role, part])).toEqual([
    ['serves', undefined],
    ['copy', 0.2],
  ]);
});

test('a host of a Gateway is an entry, with the listeners of the Gateway', () => {
  const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec:
  listeners:
    - { name: http, port: 80, protocol: HTTP }
    - { name: https, port: 443, protocol: HTTPS }`;
  const { entries } = read(gateway, route('    - backendRefs: [{ name: a }]', 'hostnames: [a.example, b.example]'));
  expect(
    entries.map(({ name, hosts, listens }) => [name, hosts, listens.map(({ address, tls }) => [address, tls])]),
  ).toEqual(
    ['a.example', 'b.example'].map((host) => [
      `HTTPRoutes of Gateway edge for ${host}`,
      [host],
      [
        ['*:80', undefined],
        ['*:443', true],
      ],
    ]),
  );
});

test.each(['GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'])('%s splits by weight as well', (kind) => {
  const text = route('    - backendRefs: [{ name: a, port: 80, weight: 3 }, { name: b, port: 80, weight: 1 }]');
  expect(flow(read(text.replace('HTTPRoute', kind), service('a'), service('b')))).toMatchObject({
    pools: { a: 0.75, b: 0.25 },
  });
});

test('GRPCRoutes are matched by service and method', () => {
  const text = route(`    - matches: [{ method: { service: shop.Cart } }]
      backendRefs: [{ name: cart }]
    - matches: [{ method: { service: shop.Cart, method: Add } }]
      backendRefs: [{ name: add }]`).replace('HTTPRoute', 'GRPCRoute');
  expect(read(text).entries[0]?.matches.map(({ when }) => when?.text)).toEqual([
    'path = /shop.Cart/Add',
    'path = /shop.Cart/*',
  ]);
});

describe('BackendTrafficPolicy', () => {
  const policy = (spec: string): string => `apiVersion: gateway.envoyproxy.io/v1alpha1
kind: BackendTrafficPolicy
metadata: { name: p, namespace: shop }
spec:
  targetRefs: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, name: shop }]
${spec}`;
  const text = route('    - backendRefs: [{ name: a, port: 80 }]');

  test('balances the Services of its route', () => {
    const [pool] = read(
      text,
      service('a'),
      policy(`  loadBalancer: { type: RoundRobin, slowStart: { window: 1m30s } }
  retry: { numRetries: 4 }
  timeout: { tcp: { connectTimeout: 2s }, http: { requestTimeout: 500ms } }
  healthCheck:
    panicThreshold: 30
    active: { type: HTTP, interval: 5s, timeout: 2s, unhealthyThreshold: 4, http: { path: /up } }
    passive: { consecutive5XxErrors: 7, baseEjectionTime: 1m, maxEjectionPercent: 50 }`),
    ).pools;
    expect(pool?.algorithm.value).toMatchObject({ kind: 'round-robin' });
    expect(pool).toMatchObject({
      slowStartMs: { value: 90_000 },
      retries: { value: 4 },
      timeouts: { connectMs: { value: 2000 }, serverMs: { value: 500 } },
      spill: { panicBelow: { value: { share: 0.3 } } },
      activeCheck: {
        type: 'http',
        path: { value: '/up' },
        intervalMs: { value: 5000 },
        fall: { value: 4 },
        rise: { value: 1 },
      },
      passiveCheck: { maxFails: { value: 7 }, ejectMs: { value: 60_000 }, maxEjected: { value: 0.5 } },
    });
    const places = [
      pool?.algorithm.at,
      pool?.slowStartMs?.at,
      pool?.retries?.at,
      pool?.timeouts.connectMs?.at,
      pool?.activeCheck?.fall?.at,
    ];
    expect(places.map((at) => at && textOf(at))).toEqual(['RoundRobin', '1m30s', '4', '2s', '4']);
  });

  test.each([
    ['{ type: Random }', { kind: 'random', choices: 1 }],
    [
      '{ type: ConsistentHash, consistentHash: { type: SourceIP } }',
      { kind: 'hash', key: { of: 'source' }, lookup: { table: 'maglev', size: 65_537 } },
    ],
    [
      '{ type: ConsistentHash, consistentHash: { type: Header, header: { name: X-User }, tableSize: 251 } }',
      { kind: 'hash', key: { of: 'header', native: 'Header X-User' }, lookup: { size: 251 } },
    ],
    ['{ type: LeastRequest }', { kind: 'random', choices: 2 }],
  ])('%s', (balancer, expected) => {
    const [pool] = read(text, service('a'), policy(`  loadBalancer: ${balancer}`)).pools;
    expect(pool?.algorithm.value).toMatchObject(expected);
  });

  test('does not say how a Service is balanced that another route without it leads to as well', () => {
    const other = text.replace('name: shop, namespace', 'name: other, namespace');
    const [pool] = read(text, other, service('a'), policy('  loadBalancer: { type: RoundRobin }')).pools;
    expect(pool?.algorithm.value?.kind).toBe('random');
  });
});

describe('Backends of Envoy Gateway', () => {
  const backend = (name: string, spec: string): string => `apiVersion: gateway.envoyproxy.io/v1alpha1
kind: Backend
metadata: { name: ${name}, namespace: shop }
spec: ${spec}`;
  const ref = (name: string): string => `{ group: gateway.envoyproxy.io, kind: Backend, name: ${name} }`;
  const text = route(`    - backendRefs: [${ref('main')}, ${ref('spare')}]`);
  const main = '{ endpoints: [{ ip: { address: 192.0.2.1, port: 80 } }, { fqdn: { hostname: a.example, port: 81 } }] }';

  test('are pools of the addresses that they list', () => {
    const [pool] = read(text, backend('main', main)).pools;
    expect(pool?.servers.map(({ name, address, port, at }) => [name, address, port?.value, textOf(at)])).toEqual([
      ['192.0.2.1:80', '192.0.2.1', 80, '192.0.2.1'],
      ['a.example:81', 'a.example', 81, 'a.example'],
    ]);
  });

  test('with `fallback` serve when the others cannot', () => {
    const spare = '{ fallback: true, endpoints: [{ ip: { address: 192.0.2.9, port: 80 } }] }';
    expect(flow(read(text, backend('main', main), backend('spare', spare)))).toMatchObject({
      pools: { main: 1 },
      lost: 0,
    });
    expect(flow(read(text, backend('main', main), backend('spare', spare.replace('true', 'false'))))).toMatchObject({
      pools: { main: 0.5, spare: 0.5 },
    });
  });
});

test('a route with more rules than the API takes is refused', () => {
  const rules = Array.from({ length: 17 }, (_, i) => `    - backendRefs: [{ name: a${i} }]`).join('\n');
  const { problems, entries } = read(route(rules));
  expect(problems.map(({ what }) => plain(what))).toEqual(['HTTPRoute shop has 17 rules; the maximum is 16.']);
  expect(entries).toEqual([]);
});
