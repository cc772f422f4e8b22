import { entryFlow } from '../../src/compare/flow.ts';
import { predict } from '../../src/compare/predict.ts';
import { poolsOf } from '../../src/compare/references.ts';
import { reader } from '../../src/formats/envoy/reader.ts';
import type { Config } from '../../src/model/config.ts';
import { boundsOf, exactly, mainPart } from '../../src/model/share.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { plain } from '../../src/text/say.ts';
import { bootstrap, cluster, endpoint, type Parts } from '../support/envoy.ts';
import { send } from '../support/real/client.ts';
import { describeReal, freePort, startBackends, startServer } from '../support/real-servers.ts';

const NAMES = ['a', 'b', 'c', 'd'];

const read = (text: string): Config =>
  reader.read('envoy.yaml', new MemoryTree({ 'envoy.yaml': text }), { rootMap: {} });

/** What the config says each server gets of all requests: its share of its pool times its pool's part of the entry. */
function predicted(text: string, names: ReadonlyMap<number, string>): ReadonlyMap<string, number> {
  const config = read(text);
  expect(config.problems.map(({ what }) => plain(what))).toEqual([]);
  const [entry] = config.entries;
  if (entry === undefined) throw new Error('no entry');
  const { pools, lost } = entryFlow(entry, [config]).total;
  const shares = new Map<string, number>([['status 503', exactly(lost) ?? Number.NaN]]);
  for (const [key, part] of pools) {
    const pool = poolsOf([config]).byKey(key)?.pool;
    if (pool === undefined || typeof part !== 'number') throw new Error('not known');
    for (const [i, share] of predict(pool).shares.entries()) {
      const name = names.get(pool.servers[i]?.port?.value ?? 0) ?? '?';
      const { low, high } = boundsOf(mainPart(share));
      expect(low).toBe(high);
      shares.set(name, (shares.get(name) ?? 0) + part * low);
    }
  }
  return shares;
}

interface Host {
  readonly address: { readonly socket_address?: { readonly address: string; readonly port_value: number } };
  readonly weight: number;
  readonly priority?: number;
  readonly locality?: { readonly zone?: string };
}

/** The servers of each cluster with weight, priority and zone, as the running Envoy lists them. */
async function loaded(adminPort: number): Promise<readonly string[]> {
  const answer = await fetch(`http://127.0.0.1:${adminPort}/clusters?format=json`);
  const { cluster_statuses: clusters } = (await answer.json()) as {
    cluster_statuses: { name: string; host_statuses?: Host[] }[];
  };
  return inOrder(
    clusters.flatMap(({ name, host_statuses: hosts = [] }) =>
      hosts.map(({ address, weight, priority = 0, locality }) =>
        [name, address.socket_address?.port_value, weight, priority, locality?.zone ?? ''].join(' '),
      ),
    ),
  );
}

/** The same of the file. Of a cluster with subsets the pools have its name and what routes ask for. */
function written(text: string): readonly string[] {
  return inOrder(
    read(text).pools.flatMap(({ name, servers }) =>
      servers.flatMap(({ port, weight, priority, locality, alsoAt = [] }) => {
        const lines = 1 + alsoAt.length;
        // What the route does not choose has weight 0 in its pool.
        const each = weight.written ? (weight.value ?? 0) / lines : 1;
        const row = [name.replace(/ \[.*/, ''), port?.value, each, priority.value, locality?.name ?? ''].join(' ');
        return Array.from({ length: lines }, () => row);
      }),
    ),
  );
}

function inOrder(texts: readonly string[]): readonly string[] {
  return texts.toSorted((a, b) => a.localeCompare(b));
}

/** Random splits are within 4.5 sigma of 2,000 requests (error under 1e-5); the others come out to a request a level. */
const EXACT = 2;
const RANDOM = 101;
const requests = 2000;
const keyed = { headers: (i: number) => ({ 'x-user': `user-${i}` }) };
const hashing = 'cluster: app, hash_policy: [{ header: { header_name: x-user } }]';

const SITUATIONS: readonly (readonly [string, (ports: readonly number[]) => Parts, number])[] = [
  ['equal servers', ([a, b, c]) => ({ clusters: [cluster('app', [endpoint(a), endpoint(b), endpoint(c)])] }), EXACT],
  [
    'weights 5, 3 and 2',
    ([a, b, c]) => ({ clusters: [cluster('app', [endpoint(a, 5), endpoint(b, 3), endpoint(c, 2)])] }),
    EXACT,
  ],
  [
    'least request with weights',
    ([a, b]) => ({ clusters: [cluster('app', [endpoint(a, 3), endpoint(b)], { lb_policy: 'LEAST_REQUEST' })] }),
    EXACT,
  ],
  [
    'random, which ignores weights, by its number and in camel case',
    ([a, b]) => ({ clusters: [cluster('app', [endpoint(a, 9), endpoint(b)], { lbPolicy: 3 })] }),
    RANDOM,
  ],
  [
    'a standby priority',
    ([a, b, c]) => ({ clusters: [cluster('app', [[endpoint(a), endpoint(b)], [endpoint(c)]])] }),
    EXACT,
  ],
  [
    'a priority of which half is unhealthy',
    ([a, b, c]) => ({
      clusters: [cluster('app', [[endpoint(a), endpoint(b, 1, { health_status: 'UNHEALTHY' })], [endpoint(c)]])],
    }),
    RANDOM,
  ],
  [
    'the same with a spare factor of 1',
    ([a, b, c]) => ({
      clusters: [
        cluster(
          'app',
          [[endpoint(a), endpoint(b, 1, { health_status: 'TIMEOUT' })], [endpoint(c)]],
          {},
          { overprovisioning_factor: 100 },
        ),
      ],
    }),
    RANDOM,
  ],
  [
    'fewer healthy servers than the panic threshold',
    ([a, b, c]) => ({
      clusters: [
        cluster('app', [
          endpoint(a),
          endpoint(b, 1, { health_status: 2 }),
          endpoint(c, 1, { health_status: 'DRAINING' }),
        ]),
      ],
    }),
    EXACT,
  ],
  [
    'no healthy server and no panic',
    ([a, b]) => ({
      clusters: [
        cluster(
          'app',
          [endpoint(a, 1, { health_status: 'UNHEALTHY' }), endpoint(b, 1, { health_status: 'DRAINING' })],
          {
            common_lb_config: { healthy_panic_threshold: { value: 0 } },
          },
        ),
      ],
    }),
    EXACT,
  ],
  [
    'a degraded server with a healthy one',
    ([a, b]) => ({ clusters: [cluster('app', [endpoint(a), endpoint(b, 1, { health_status: 'DEGRADED' })])] }),
    RANDOM,
  ],
  [
    'weights of localities that nothing reads',
    ([a, b, c]) => ({
      clusters: [
        cluster('app', [
          { locality: { zone: 'west' }, load_balancing_weight: 1, lb_endpoints: [endpoint(a), endpoint(b)] },
          { locality: { zone: 'east' }, load_balancing_weight: 3, lb_endpoints: [endpoint(c)] },
        ]),
      ],
    }),
    EXACT,
  ],
  [
    'weights of localities',
    ([a, b, c]) => ({
      clusters: [
        cluster(
          'app',
          [
            { locality: { zone: 'west' }, load_balancing_weight: 1, lb_endpoints: [endpoint(a), endpoint(b)] },
            { locality: { zone: 'east' }, load_balancing_weight: 3, lb_endpoints: [endpoint(c)] },
          ],
          { common_lb_config: { locality_weighted_lb_config: {} } },
        ),
      ],
    }),
    EXACT,
  ],
  [
    'a locality without weight among others',
    ([a, b]) => ({
      clusters: [
        cluster(
          'app',
          [
            { locality: { zone: 'west' }, load_balancing_weight: 1, lb_endpoints: [endpoint(a)] },
            { locality: { zone: 'east' }, lb_endpoints: [endpoint(b)] },
          ],
          { common_lb_config: { locality_weighted_lb_config: {} } },
        ),
      ],
    }),
    EXACT,
  ],
  [
    'one locality in two groups, of which the last weight counts',
    ([a, b, c]) => ({
      clusters: [
        cluster(
          'app',
          [
            { locality: { zone: 'west' }, load_balancing_weight: 9, lb_endpoints: [endpoint(a)] },
            { locality: { zone: 'west' }, load_balancing_weight: 1, lb_endpoints: [endpoint(b)] },
            { locality: { zone: 'east' }, load_balancing_weight: 1, lb_endpoints: [endpoint(c)] },
          ],
          { common_lb_config: { locality_weighted_lb_config: {} } },
        ),
      ],
    }),
    EXACT,
  ],
  [
    'a subset',
    ([a, b, c]) => ({
      clusters: [
        cluster('app', [staged(a, 'one'), staged(b, 'one'), staged(c, 'two')], {
          lb_subset_config: { subset_selectors: [{ keys: ['stage'] }] },
        }),
      ],
      route: 'cluster: app, metadata_match: { filter_metadata: { envoy.lb: { stage: one } } }',
    }),
    EXACT,
  ],
  [
    'a subset that no server is of',
    ([a, b]) => ({
      clusters: [
        cluster('app', [staged(a, 'one'), staged(b, 'two')], {
          lb_subset_config: { subset_selectors: [{ keys: ['stage'] }] },
        }),
      ],
      route: 'cluster: app, metadata_match: { filter_metadata: { envoy.lb: { stage: three } } }',
    }),
    EXACT,
  ],
  [
    'subsets with a fallback to any server',
    ([a, b]) => ({
      clusters: [
        cluster('app', [staged(a, 'one'), staged(b, 'two')], {
          lb_subset_config: { fallback_policy: 'ANY_ENDPOINT', subset_selectors: [{ keys: ['stage'] }] },
        }),
      ],
    }),
    EXACT,
  ],
  [
    'subsets with a default',
    ([a, b]) => ({
      clusters: [
        cluster('app', [staged(a, 'one'), staged(b, 'two')], {
          lb_subset_config: {
            fallback_policy: 2,
            default_subset: { stage: 'two' },
            subset_selectors: [{ keys: ['stage'] }],
          },
        }),
      ],
    }),
    EXACT,
  ],
  [
    'weighted clusters with a sum of 90',
    ([a, b, c]) => ({
      clusters: [cluster('app', [endpoint(a), endpoint(b)]), cluster('next', [endpoint(c)])],
      route: 'weighted_clusters: { clusters: [{ name: app, weight: 60 }, { name: next, weight: 30 }] }',
    }),
    RANDOM,
  ],
  [
    'an endpoint that is listed twice',
    ([a, b]) => ({ clusters: [cluster('app', [endpoint(a), endpoint(b), endpoint(b)])] }),
    EXACT,
  ],
  [
    'a ring',
    ([a, b, c]) => ({
      clusters: [cluster('app', [endpoint(a), endpoint(b, 2), endpoint(c)], { lb_policy: 'RING_HASH' })],
      route: hashing,
    }),
    RANDOM,
  ],
  [
    'a ring with nothing to hash',
    ([a, b]) => ({
      clusters: [
        cluster('app', [endpoint(a), endpoint(b)], {
          lb_policy: 'RING_HASH',
          ring_hash_lb_config: { minimum_ring_size: 16 },
        }),
      ],
    }),
    RANDOM,
  ],
  [
    'maglev',
    ([a, b]) => ({
      clusters: [cluster('app', [endpoint(a, 3), endpoint(b)], { lb_policy: 'MAGLEV' })],
      route: hashing,
    }),
    RANDOM,
  ],
  [
    'a policy as an extension',
    ([a, b]) => ({
      clusters: [
        cluster('app', [endpoint(a, 3), endpoint(b)], {
          load_balancing_policy: {
            policies: [
              {
                typed_extension_config: {
                  name: 'own',
                  typed_config: {
                    '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin',
                  },
                },
              },
            ],
          },
        }),
      ],
    }),
    EXACT,
  ],
];

function staged(port: number | undefined, stage: string): object {
  return endpoint(port, 1, { metadata: { filter_metadata: { 'envoy.lb': { stage } } } });
}

describeReal('envoy', 'servers and shares of a real Envoy', () => {
  test.each(SITUATIONS)(
    '%s',
    async (_name, partsOf, within) => {
      const backends = await startBackends(NAMES);
      const port = await freePort();
      const text = bootstrap(port, partsOf(backends.map((backend) => backend.port)));
      const server = await startServer('envoy', text, port);
      const { counts } = await send(port, requests, keyed);
      expect(written(text)).toEqual(await loaded(server.adminPort));
      await server.stop();
      const expected = predicted(text, new Map(backends.map((backend, i) => [backend.port, NAMES[i] ?? ''])));
      for (const name of new Set([...expected.keys(), ...Object.keys(counts)])) {
        const difference = (counts[name] ?? 0) - (expected.get(name) ?? 0) * requests;
        expect([name, Math.abs(difference) <= within ? 'as predicted' : difference]).toEqual([name, 'as predicted']);
      }
    },
    30_000,
  );
});
