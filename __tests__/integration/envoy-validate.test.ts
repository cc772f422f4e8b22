import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reader } from '../../src/formats/envoy/reader.ts';
import { dialect } from '../../src/formats/envoy/dialect.ts';
import { RULES } from '../../src/rules/list.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { plain } from '../../src/text/say.ts';
import { describeReal } from '../support/real-servers.ts';
import { findProgram, RECIPES } from '../support/real/products.ts';
import { changeOf, findings } from '../support/run-rules.ts';

const BASE = `static_resources:
  listeners:
    - name: web
      address: { socket_address: { address: 127.0.0.1, port_value: 18080 } }
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: web
                route_config:
                  name: routes
                  virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes:
                        - match: { prefix: / }
                          route: { cluster: app }
                http_filters:
                  - name: envoy.filters.http.router
                    typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
  clusters:
    - name: app
      type: STATIC
      connect_timeout: 1s
      lb_policy: ROUND_ROBIN
      load_assignment:
        cluster_name: app
        endpoints:
          - lb_endpoints:
              - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: 9001 } } }
              - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: 9002 } } }
`;

const swap =
  (from: string, to: string) =>
  (text: string): string => {
    if (!text.includes(from)) throw new Error(`not in the file: ${from}`);
    return text.replace(from, to);
  };
const field = (line: string) => swap('      lb_policy: ROUND_ROBIN\n', `      lb_policy: ROUND_ROBIN\n      ${line}\n`);
const policy = (lines: string) => swap('      lb_policy: ROUND_ROBIN\n', `      ${lines}\n`);
const route = (lines: string) => swap('{ cluster: app }', lines);
const match = (lines: string) => swap('{ prefix: / }', lines);
const weights = (list: string) => route(`{ weighted_clusters: { clusters: [${list}] } }`);
const host = (domains: string) =>
  swap(
    '                    - name: all',
    `                    - { name: one, domains: ${domains}, routes: [] }\n                    - name: all`,
  );
const check = (fields: string) => field(`health_checks: [{ ${fields} }]`);

/** One small change each, and what Envoy says of the file: `true` = it takes it. */
const FILES: readonly (readonly [string, (text: string) => string, boolean])[] = [
  ['as it is', (text) => text, true],
  [
    'camel case',
    (text) =>
      text.replaceAll(/\b[a-z]+(?:_[a-z]+)+(?=:)/g, (key) => key.replace(/_(.)/g, (_, c: string) => c.toUpperCase())),
    true,
  ],
  ['a duration as a map', swap('connect_timeout: 1s', 'connect_timeout: { seconds: 1 }'), true],
  ['a duration without unit', swap('connect_timeout: 1s', 'connect_timeout: 1'), false],
  ['a duration in ms', swap('connect_timeout: 1s', 'connect_timeout: 1000ms'), false],
  ['a duration that begins with a point', swap('connect_timeout: 1s', 'connect_timeout: .5s'), false],
  ['no time to connect', swap('connect_timeout: 1s', 'connect_timeout: 0s'), false],
  ['the default time to connect', swap('      connect_timeout: 1s\n', ''), true],
  ['an enum in small letters', policy('lb_policy: round_robin'), true],
  ['an enum as a number', policy('lb_policy: 3'), true],
  ['an enum as a number in quotes', policy('lb_policy: "1"'), true],
  ['a number that an enum does not have', policy('lb_policy: 4'), false],
  ['a word that an enum does not have', policy('lb_policy: LEAST_CONN'), false],
  ['an unknown type', swap('type: STATIC', 'type: STATICC'), false],
  ['the default type', swap('      type: STATIC\n', ''), true],
  ['a port in quotes', swap('9001', '"9001"'), true],
  ['a port that is too large', swap('9001', '90010'), false],
  ['a port that is no number', swap('9001', 'http'), false],
  ['a weight', swap('9001 } } }', '9001 } } }\n                load_balancing_weight: 2.0'), true],
  ['a weight of 0', swap('9001 } } }', '9001 } } }\n                load_balancing_weight: 0'), false],
  ['a weight below 0', swap('9001 } } }', '9001 } } }\n                load_balancing_weight: -1'), false],
  ['half a weight', swap('9001 } } }', '9001 } } }\n                load_balancing_weight: 1.5'), false],
  [
    'a weight that is too large',
    swap('9001 } } }', '9001 } } }\n                load_balancing_weight: 4294967296'),
    false,
  ],
  [
    'a name where an address has to be',
    swap('address: 127.0.0.1, port_value: 9001', 'address: web.example, port_value: 9001'),
    false,
  ],
  ['two endpoints of a logical name', swap('STATIC', 'LOGICAL_DNS'), false],
  [
    'a gap in the priorities',
    swap('          - lb_endpoints:', '          - priority: 3\n            lb_endpoints:'),
    true,
  ],
  [
    'a priority that is too large',
    swap('          - lb_endpoints:', '          - priority: 129\n            lb_endpoints:'),
    false,
  ],
  ['no endpoint', (text) => text.replace(/ {10}- lb_endpoints:[^]*/, '          - lb_endpoints: []\n'), true],
  ['discovery without its source', swap('STATIC', 'EDS'), false],
  ['the cluster twice', (text) => text + text.slice(text.indexOf('    - name: app')), false],
  ['a misspelt field', field('helth_checks: []'), false],
  ['a field of version 2', field('tls_context: {}'), false],
  ['hosts of version 2', field('hosts: []'), false],
  ['a null', field('outlier_detection: null'), true],
  ['a percentage as a map', field('common_lb_config: { healthy_panic_threshold: { value: 30 } }'), true],
  ['a percentage as a number', field('common_lb_config: { healthy_panic_threshold: 30 }'), false],
  ['a percentage above 100', field('common_lb_config: { healthy_panic_threshold: { value: 101 } }'), false],
  [
    'two uses of zones',
    field('common_lb_config: { locality_weighted_lb_config: {}, zone_aware_lb_config: {} }'),
    false,
  ],
  [
    'a locality of a boolean',
    swap('          - lb_endpoints:', '          - locality: { zone: y }\n            lb_endpoints:'),
    false,
  ],
  [
    'no weight of a locality',
    swap('          - lb_endpoints:', '          - load_balancing_weight: 0\n            lb_endpoints:'),
    false,
  ],
  ['no spare', swap('cluster_name: app', 'cluster_name: app\n        policy: { overprovisioning_factor: 0 }'), false],
  [
    'a check',
    check('timeout: 1s, interval: 5s, unhealthy_threshold: 3, healthy_threshold: 1, tcp_health_check: {}'),
    true,
  ],
  [
    'a check as one map',
    field(
      'health_checks: { timeout: 1s, interval: 5s, unhealthy_threshold: 3, healthy_threshold: 1, tcp_health_check: {} }',
    ),
    true,
  ],
  [
    'a check without its interval',
    check('timeout: 1s, unhealthy_threshold: 3, healthy_threshold: 1, tcp_health_check: {}'),
    false,
  ],
  ['a check without thresholds', check('timeout: 1s, interval: 5s, tcp_health_check: {}'), false],
  ['a check of nothing', check('timeout: 1s, interval: 5s, unhealthy_threshold: 3, healthy_threshold: 1'), false],
  [
    'a check without path',
    check('timeout: 1s, interval: 5s, unhealthy_threshold: 3, healthy_threshold: 1, http_health_check: { path: "" }'),
    false,
  ],
  ['too much to eject', field('outlier_detection: { max_ejection_percent: 101 }'), false],
  ['ejection in camel case', field('outlierDetection: { consecutive5xx: 3 }'), true],
  ['one choice', policy('lb_policy: LEAST_REQUEST\n      least_request_lb_config: { choice_count: 1 }'), false],
  [
    'a ring with crossed sizes',
    policy('lb_policy: RING_HASH\n      ring_hash_lb_config: { minimum_ring_size: 9, maximum_ring_size: 8 }'),
    false,
  ],
  ['a table that is not prime', policy('lb_policy: MAGLEV\n      maglev_lb_config: { table_size: 100 }'), false],
  ['the policy of another cluster type', policy('lb_policy: CLUSTER_PROVIDED'), false],
  ['a policy that is written elsewhere', policy('lb_policy: LOAD_BALANCING_POLICY_CONFIG'), false],
  ['settings of two policies', field('ring_hash_lb_config: {}\n      maglev_lb_config: {}'), false],
  ['an unknown cluster', route('{ cluster: apps }'), false],
  ['an unknown mirror', route('{ cluster: app, request_mirror_policies: [{ cluster: none }] }'), false],
  ['weights with any sum', weights('{ name: app, weight: 7 }'), true],
  ['weights of 0', weights('{ name: app, weight: 0 }'), false],
  ['a cluster without weight', weights('{ name: app }'), false],
  ['an unknown weighted cluster', weights('{ name: app, weight: 1 }, { name: none, weight: 0 }'), false],
  ['no weighted cluster', weights(''), false],
  ['two ways to name the cluster', route('{ cluster: app, cluster_header: x-cluster }'), false],
  ['a time without unit', route('{ cluster: app, timeout: 0.25 }'), false],
  ['no match', match('{ }'), false],
  ['an empty prefix', match('{ prefix: "" }'), true],
  ['a match of version 2', match('{ regex: /.* }'), false],
  ['no action', swap('\n                          route: { cluster: app }', ''), false],
  ['a status that is none', swap('route: { cluster: app }', 'direct_response: { status: 700 }'), false],
  ['a redirect', swap('route: { cluster: app }', 'redirect: { https_redirect: true }'), true],
  ['a second virtual host', host('[shop.example]'), true],
  ['a domain twice', host('["*"]'), false],
  ['no domain', host('[]'), false],
  ['one domain without a list', swap('domains: ["*"]', 'domains: "*"'), true],
  ['a name that is a number', swap('name: all', 'name: 1'), false],
  ['a manager without statistics', swap('                stat_prefix: web\n', ''), false],
  [
    'a listener without address',
    swap('      address: { socket_address: { address: 127.0.0.1, port_value: 18080 } }\n', ''),
    false,
  ],
  ['a key twice', field('lb_policy: RANDOM'), true],
  ['a merge key', field('<<: { alt_stat_name: x }'), false],
  ['a tab', swap('      type: STATIC', '\t type: STATIC'), false],
  ['an expression that is none', match('{ safe_regex: { regex: "(" } }'), false],
  ['an unknown filter', swap('v3.HttpConnectionManager', 'v3.HttpConnection'), false],
  ['a field of the future', field('quantum_lb_config: {}'), false],
  [
    'a listener on a name',
    swap('address: 127.0.0.1, port_value: 18080', 'address: localhost, port_value: 18080'),
    false,
  ],
];

/** What evenkeel does not refuse though Envoy does, and why. */
const DIFFERENCES: ReadonlyMap<string, string> = new Map([
  ['an expression that is none', 'expressions are not evaluated'],
  ['an unknown filter', 'extensions are compiled into each Envoy, so the file does not say which ones it has'],
  ['a field of the future', 'a newer Envoy may have the field; only a slip of a known one is certainly wrong'],
]);

/** Errors that the change is stopped for. */
function refusals(text: string): string[] {
  const config = reader.read('envoy.yaml', new MemoryTree({ 'envoy.yaml': text }), { rootMap: {} });
  const own = config.problems
    .filter(({ severity }) => severity === undefined || severity === 'error')
    .map(({ what }) => plain(what));
  const named = RULES.filter(({ id }) => id === 'undefined-pool-reference');
  const missing = findings(named, changeOf('envoy', undefined, text), {}).filter(
    ({ severity }) => severity === 'error',
  );
  return [...own, ...missing.map(({ what }) => plain(what))];
}

describeReal('envoy', 'what a real Envoy accepts', () => {
  const program = findProgram(RECIPES.envoy.programs) ?? '';
  let folder = '';
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'envoy-validate-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(FILES)('%s', (name, change, accepted) => {
    const text = change(BASE);
    const file = join(folder, 'envoy.yaml');
    writeFileSync(file, text);
    const { status } = spawnSync(program, ['--mode', 'validate', '-c', file, '--use-dynamic-base-id']);
    expect([name, status === 0]).toEqual([name, accepted]);
    const said = refusals(text);
    if (DIFFERENCES.has(name)) expect(said).toEqual([]);
    else
      expect([name, said.length === 0 ? true : said]).toEqual([name, accepted ? true : said.length > 0 ? said : false]);
  });

  test('differs for reasons that are listed', () => {
    const names = new Set(FILES.map(([name]) => name));
    expect([...DIFFERENCES.keys()].filter((name) => !names.has(name))).toEqual([]);
    expect(FILES.length).toBeGreaterThanOrEqual(60);
    expect(dialect.test('envoy.yaml')).toBe('envoy --mode validate -c envoy.yaml');
  });
});
