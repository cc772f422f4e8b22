import { entryFlow, routeParts } from '../../../src/compare/flow.ts';
import { without } from '../../../src/compare/loss.ts';
import { predict } from '../../../src/compare/predict.ts';
import { reader } from '../../../src/formats/envoy/reader.ts';
import { FORMATS } from '../../../src/formats/list.ts';
import type { Config } from '../../../src/model/config.ts';
import { nameOfKey } from '../../../src/model/keys.ts';
import type { Pool } from '../../../src/model/pool.ts';
import { nameOfTarget } from '../../../src/model/route.ts';
import { mainPart } from '../../../src/model/share.ts';
import type { Setting, Span } from '../../../src/model/span.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';
import { textOf } from '../../../src/text/source.ts';
import { bootstrap, cluster, endpoint } from '../../support/envoy.ts';
import { random } from '../../support/random.ts';

const read = (text: string, path = 'envoy.yaml'): Config =>
  reader.read(path, new MemoryTree({ [path]: text }), { rootMap: {} });
const shares = (pool: Pool | undefined): unknown[] => (pool === undefined ? [] : predict(pool).shares.map(mainPart));
const says = ({ problems }: Config): string[] => problems.map(({ what }) => plain(what));

/** Everything that the model has, each value once and unlike the others. */
const SHOP = `static_resources:
  listeners:
    - name: web
      address: { socket_address: { address: 0.0.0.0, port_value: 8443 } }
      listener_filters: [{ name: envoy.filters.listener.proxy_protocol }]
      filter_chains:
        - filter_chain_match: { server_names: [shop.example] }
          transport_socket: { name: envoy.transport_sockets.tls }
          filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: web
                xff_num_trusted_hops: 2
                route_config:
                  name: all
                  response_headers_to_add: [{ header: { key: x-backend, value: "%UPSTREAM_HOST%" } }]
                  virtual_hosts:
                    - name: shop
                      domains: [shop.example, "*.shop.example"]
                      routes:
                        - match: { path: /health }
                          direct_response: { status: 204 }
                        - match: { prefix: /api, case_sensitive: false, headers: [{ name: x-beta, present_match: true }] }
                          route: { cluster: beta, timeout: 3s }
                        - match: { prefix: /old }
                          redirect: { host_redirect: old.example, https_redirect: true }
                        - match: { prefix: / }
                          route:
                            weighted_clusters: { clusters: [{ name: shop, weight: 80 }, { name: beta, weight: 15 }] }
                            hash_policy: [{ cookie: { name: who, ttl: 60s } }]
                            retry_policy: { retry_on: "5xx,reset", num_retries: 4 }
                            request_mirror_policies: [{ cluster: beta, runtime_fraction: { default_value: { numerator: 25 } } }]
  clusters:
    - name: shop
      type: STRICT_DNS
      connect_timeout: 0.25s
      lb_policy: RING_HASH
      ring_hash_lb_config: { minimum_ring_size: 2048 }
      common_lb_config: { healthy_panic_threshold: { value: 35 }, locality_weighted_lb_config: {} }
      health_checks:
        - { timeout: 2s, interval: 7s, unhealthy_interval: 9s, unhealthy_threshold: 6, healthy_threshold: 5,
            http_health_check: { path: /up, host: up.example, method: HEAD, expected_statuses: [{ start: 200, end: 300 }] } }
      outlier_detection: { consecutive_5xx: 11, interval: 12s, base_ejection_time: 13s, max_ejection_percent: 14 }
      circuit_breakers:
        thresholds: [{ max_connections: 1001, retry_budget: { budget_percent: { value: 21 } } }]
        per_host_thresholds: [{ max_connections: 77 }]
      transport_socket: { name: envoy.transport_sockets.tls }
      load_assignment:
        cluster_name: shop
        policy: { overprovisioning_factor: 150 }
        endpoints:
          - locality: { region: eu, zone: eu-1 }
            load_balancing_weight: 31
            lb_endpoints:
              - endpoint: { address: { socket_address: { address: a.example, port_value: 9001 } }, health_check_config: { port_value: 9101 } }
                load_balancing_weight: 32
              - endpoint: { address: { socket_address: { address: "2001:db8::1", port_value: 9002 } }, health_check_config: { disable_active_health_check: true } }
                health_status: DEGRADED
          - priority: 1
            lb_endpoints:
              - endpoint: { address: { pipe: { path: /run/shop.sock } } }
                health_status: DRAINING
    - name: beta
      lb_policy: LEAST_REQUEST
      least_request_lb_config: { slow_start_config: { slow_start_window: 40s } }
      load_assignment:
        cluster_name: beta
        endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: 192.0.2.9, port_value: 80 } } } }] }]
`;

describe('a bootstrap', () => {
  const config = read(SHOP);
  const [shop, beta] = config.pools;
  const [a, b, c] = shop?.servers ?? [];
  const [entry] = config.entries;

  test('is read whole, and more certainly by this reader than by any other', () => {
    expect([config.status, says(config), config.unknowns]).toEqual(['read', [], []]);
    const sure = FORMATS.map((one) => [one.dialect.format, one.recognise('envoy.yaml', SHOP)] as const);
    expect(sure.toSorted((x, y) => y[1] - x[1])[0]?.[0]).toBe('envoy');
  });

  const at = (setting: Setting<unknown> | { readonly at: Span } | undefined): string | undefined =>
    setting && textOf(setting.at);
  test.each<[string, Setting<unknown> | undefined, unknown, string]>([
    ['connect_timeout', shop?.timeouts.connectMs, 250, '0.25s'],
    ['healthy_panic_threshold', shop?.spill.panicBelow, { share: 0.35 }, '35'],
    ['overprovisioning_factor', shop?.spill.spare, 1.5, '150'],
    ['locality_weighted_lb_config', shop?.zones, 'weighted', '{'],
    ['check timeout', shop?.activeCheck?.timeoutMs, 2000, '2s'],
    ['check interval', shop?.activeCheck?.intervalMs, 7000, '7s'],
    ['unhealthy_interval', shop?.activeCheck?.retryIntervalMs, 9000, '9s'],
    ['unhealthy_threshold', shop?.activeCheck?.fall, 6, '6'],
    ['healthy_threshold', shop?.activeCheck?.rise, 5, '5'],
    ['path', shop?.activeCheck?.path, '/up', '/up'],
    ['host', shop?.activeCheck?.host, 'up.example', 'up.example'],
    ['method', shop?.activeCheck?.method, 'HEAD', 'HEAD'],
    ['expected_statuses', shop?.activeCheck?.expects, '200-299', '['],
    ['consecutive_5xx', shop?.passiveCheck?.maxFails, 11, '11'],
    ['outlier interval', shop?.passiveCheck?.windowMs, 12_000, '12s'],
    ['base_ejection_time', shop?.passiveCheck?.ejectMs, 13_000, '13s'],
    ['max_ejection_percent', shop?.passiveCheck?.maxEjected, 0.14, '14'],
    ['retry_budget', shop?.retryBudget, 0.21, '21'],
    ['num_retries', shop?.retries, 4, '4'],
    ['retry_on', shop?.retriesAnswers, true, '"5xx,reset"'],
    ['per_host max_connections', a?.maxConnections, 77, '77'],
    ['transport_socket', a?.tls, true, '{ name'],
    ['port_value', a?.port, 9001, '9001'],
    ['checked port', a?.activeCheck?.port, 9101, '9101'],
    ['load_balancing_weight', a?.weight, 32, '32'],
    ['locality weight', a?.locality?.weight, 31, '31'],
    ['health_status', b?.state, 'degraded', 'DEGRADED'],
    ['priority', c?.priority, 1, '1'],
    ['slow_start_window', beta?.slowStartMs, 40_000, '40s'],
    ['timeout of a route', config.references[0]?.timeouts.serverMs, 3000, '3s'],
    ['max_connections', shop?.options.get('circuit_breakers.thresholds[0].max_connections'), '1001', '1001'],
    ['xff_num_trusted_hops', entry?.settings.get('xff_num_trusted_hops'), '2', '2'],
  ])('%s has its value at its place', (_, setting, value, text) => {
    expect([setting?.value, setting?.written, at(setting)]).toEqual([value, true, text]);
  });

  test('servers have names, addresses, states and localities', () => {
    expect(
      shop?.servers.map(({ name, address, state, locality, resolves, activeCheck }) => [
        name,
        address,
        state.value,
        locality?.name,
        resolves,
        activeCheck === undefined ? undefined : activeCheck.type,
      ]),
    ).toEqual([
      ['a.example:9001', 'a.example', 'up', 'eu/eu-1', 'all', 'https'],
      ['[2001:db8::1]:9002', '2001:db8::1', 'degraded', 'eu/eu-1', undefined, undefined],
      ['unix:/run/shop.sock', 'unix:/run/shop.sock', 'drain', undefined, undefined, 'https'],
    ]);
    expect(shop?.algorithm.value).toMatchObject({ kind: 'hash', key: { of: 'cookie', native: 'cookie who' } });
    expect([beta?.algorithm.value?.native, beta?.protocol, beta?.timeouts]).toEqual(['LEAST_REQUEST', 'http', {}]);
  });

  test('routes are asked in their order, with what they answer themselves', () => {
    expect(entry?.matches.map(({ when, to }) => [when?.text, nameOfTarget(to)])).toEqual([
      ['path /health', '204'],
      ['prefix /api without case and header x-beta present_match true', 'beta'],
      ['prefix /old', 'https://old.example'],
      [undefined, 'every request of listener web (server_names shop.example), virtual host shop with mirrors'],
    ]);
    expect([
      entry?.hosts,
      entry?.listens.map(({ address, tls, proxyProtocol }) => [address, tls, proxyProtocol]),
    ]).toEqual([['shop.example', '*.shop.example'], [['*:8443', true, true]]]);
    const [weighted, mirrored] = config.routes;
    expect(weighted && routeParts(weighted, [config])).toEqual([80 / 95, 15 / 95]);
    expect(mirrored?.to.map(({ role, part }) => [role, part])).toEqual([
      ['serves', undefined],
      ['copy', 0.25],
    ]);
    expect(config.listeners).toMatchObject([
      { host: '*', port: 8443, acceptsProxyProtocol: true, leadsTo: ['beta', 'shop'] },
    ]);
  });
});

describe('every shape of a file gives the same pools', () => {
  const one = cluster('app', [endpoint(1, 3), endpoint(2)], { lb_policy: 'ROUND_ROBIN' });
  const typed = { '@type': 'type.googleapis.com/envoy.config.cluster.v3.Cluster', ...one };
  test.each<[string, unknown]>([
    ['a bootstrap', { static_resources: { clusters: [one] } }],
    [
      'a bootstrap in camel case',
      JSON.parse(
        JSON.stringify({ staticResources: { clusters: [one] } }).replaceAll(/_([a-z])(?=[a-z_]*":)/g, (_, c: string) =>
          c.toUpperCase(),
        ),
      ),
    ],
    ['a discovery response', { version_info: '7', resources: [typed] }],
    ['wrapped resources', { resources: [{ name: 'app', resource: typed }] }],
    ['a list', [one]],
    ['one resource', one],
    [
      'a dump',
      {
        configs: [
          { '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump', static_clusters: [{ cluster: typed }] },
        ],
      },
    ],
    ['an enum as a number', [{ ...one, lb_policy: 0, type: 0 }]],
  ])('%s', (_, document) => {
    const text = JSON.stringify(document, null, 1);
    const config = read(text, 'app.json');
    expect([says(config), config.pools.map(({ name }) => name), shares(config.pools[0])]).toEqual([
      [],
      ['app'],
      [0.75, 0.25],
    ]);
    expect(reader.recognise('app.json', text)).toBeGreaterThan(0);
    const statements = config.statements ?? [];
    expect(statements.filter(({ kind }) => kind === 'unjudged').map((statement) => statement.text)).toEqual([]);
  });

  test('endpoints without a cluster are a pool of which only the servers are known', () => {
    const config = read(
      JSON.stringify([{ clusterName: 'app', endpoints: [{ lbEndpoints: [endpoint(1), endpoint(2)] }] }]),
    );
    expect(config.pools.map(({ name, servers, algorithm }) => [name, servers.length, algorithm.value])).toEqual([
      ['app', 2, undefined],
    ]);
    expect(shares(config.pools[0])).toEqual([
      { low: 0, high: 1 },
      { low: 0, high: 1 },
    ]);
  });

  test.each([
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['a byte order mark', (text: string) => `\uFEFF${text}`],
    ['characters of several bytes', (text: string) => `# \u{1F680} größer\n${text}`],
    [
      'a tab after a value',
      (text: string) => text.replace('connect_timeout: 0.25s', 'connect_timeout: 0.25s\t# short'),
    ],
    [
      'an anchor',
      (text: string) =>
        text
          .replace('connect_timeout: 0.25s', 'connect_timeout: &short 0.25s')
          .replace('lb_policy: LEAST_REQUEST', 'lb_policy: LEAST_REQUEST\n      connect_timeout: *short'),
    ],
    [
      'a folded text',
      (text: string) =>
        text
          .replace('path: /health }', 'path: /health }')
          .replace('name: shop\n      type', 'name: >-\n        shop\n      type'),
    ],
  ])('%s moves no value', (_, change) => {
    const text = change(SHOP);
    const { pools, problems } = read(text);
    expect(problems).toEqual([]);
    const [shop] = pools;
    const { timeouts, servers } = shop ?? {};
    expect([
      shop?.name,
      timeouts?.connectMs && textOf(timeouts.connectMs.at),
      servers?.[0] && textOf(servers[0].weight.at),
    ]).toEqual(['shop', '0.25s', '32']);
  });
});

describe('what the file does not say', () => {
  const of = (parts: Parameters<typeof bootstrap>[1]): Config => read(bootstrap(8080, parts));

  test('a template fills in', () => {
    const config = of({ clusters: [cluster('app', [{ ...endpoint(1), load_balancing_weight: '${W}' }, endpoint(2)])] });
    expect(config.status).toBe('partial');
    expect(config.pools[0]?.unknowns.map(({ reason }) => plain(reason))).toEqual([
      'the weight of 127.0.0.1:1 is filled in by a template',
    ]);
    expect(shares(config.pools[0])).toEqual([
      { low: 0.5, high: expect.any(Number) },
      { low: expect.any(Number), high: 0.5 },
    ]);
  });

  test('a control plane gives', () => {
    const text = `dynamic_resources: { cds_config: { ads: {} } }\n${bootstrap(8080, { clusters: [], route: 'cluster: app' })}`;
    const config = read(text);
    const [entry] = config.entries;
    expect(says(config)).toEqual([]);
    expect(entry && entryFlow(entry, [config]).total.unknown).toBe(1);
  });

  test('a cluster over clusters divides as priorities do', () => {
    const aggregate = {
      name: 'all',
      lb_policy: 'CLUSTER_PROVIDED',
      cluster_type: {
        name: 'envoy.clusters.aggregate',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig',
          clusters: ['app', 'next'],
        },
      },
    };
    const down = { health_status: 'UNHEALTHY' };
    const config = of({
      clusters: [cluster('app', [endpoint(1), endpoint(2, 1, down)]), cluster('next', [endpoint(3)]), aggregate],
      route: 'cluster: all',
    });
    expect(says(config)).toEqual([]);
    const [entry] = config.entries;
    const { pools, lost } = entry === undefined ? { pools: new Map(), lost: 1 } : entryFlow(entry, [config]).total;
    expect([[...pools].map(([key, part]) => [nameOfKey(key), part]), lost]).toEqual([
      [
        ['app', 0.7],
        ['next', expect.closeTo(0.3)],
      ],
      0,
    ]);
  });

  test('a name that is resolved to several servers makes shares conditional', () => {
    const named = { endpoint: { address: { socket_address: { address: 'app.example', port_value: 80 } } } };
    const config = of({ clusters: [cluster('app', [named, endpoint(2)], { type: 'STRICT_DNS' })] });
    expect(config.pools.map((pool) => predict(pool).predictability)).toEqual(['conditional']);
  });
});

test('an address that is listed twice is one server with both parts, and the place of each line', () => {
  const of = (members: readonly object[], more: object = {}): readonly unknown[] => {
    const [pool] = read(bootstrap(8080, { clusters: [cluster('app', members, more)] })).pools;
    return [shares(pool), pool?.servers.map(({ weight, alsoAt = [] }) => [weight.value, alsoAt.map(textOf)])];
  };
  const twice = [endpoint(1), endpoint(2), endpoint(2, 2)];
  expect(of(twice)).toEqual([
    [0.25, 0.75],
    [
      [1, []],
      [3, ['endpoint']],
    ],
  ]);
  // Every line is drawn alike, and health counts lines.
  expect(of(twice, { lb_policy: 'RANDOM' })[0]).toEqual([1 / 3, 1 / 3, 1 / 3]);
  expect(of([...twice, endpoint(3, 1, { health_status: 'UNHEALTHY' })])[1]).toHaveLength(4);
});

test('least request gives a heavier server less than its weight under load', () => {
  const [pool] = read(
    bootstrap(8080, { clusters: [cluster('app', [endpoint(1, 3), endpoint(2)], { lb_policy: 'LEAST_REQUEST' })] }),
  ).pools;
  expect(pool && predict(pool).shares.map(({ loaded }) => loaded)).toEqual([
    { low: 0.5, high: 0.75 },
    { low: 0.25, high: 0.5 },
  ]);
});

test('a server that is down moves its part to the next priority, as far as it cannot be carried', () => {
  const text = bootstrap(8080, {
    clusters: [cluster('app', [[endpoint(1), endpoint(2), endpoint(3), endpoint(4)], [endpoint(5)]])],
  });
  const [pool] = read(text).pools;
  if (pool === undefined) throw new Error('no pool');
  // 3 of 4 healthy x 1.4 = 105 %; 2 of 4 = 70 %.
  expect(shares(without(pool, 0)).at(-1)).toBe(0);
  expect(shares(without(without(pool, 0), 1)).at(-1)).toBeCloseTo(0.3);
});

test('any text at all is read without an exception (600 seeded texts)', () => {
  const next = random(13);
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    '\n',
    ': ',
    '- ',
    '${X}',
    '{{ x }}',
    '"',
    '*a',
    '&a ',
    'null',
    '__proto__: {}',
    'lb_endpoints',
    '@type',
    '9'.repeat(30),
    '\t',
    '\u{1F680}',
  ];
  for (let i = 0; i < 600; i++) {
    let text = SHOP;
    for (let n = 1 + Math.floor(next() * 6); n > 0; n--) {
      const at = Math.floor(next() * text.length);
      const piece = pieces[Math.floor(next() * pieces.length)] ?? '';
      text = `${text.slice(0, at)}${piece}${text.slice(at + Math.floor(next() * 30))}`;
    }
    const config = read(text);
    for (const pool of config.pools) expect(predict(pool).shares).toHaveLength(pool.servers.length);
    for (const entry of config.entries) entryFlow(entry, [config]);
  }
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
