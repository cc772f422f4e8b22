import type { Problem } from '../../model/config.ts';
import { headOf, type PNode } from '../../text/positioned.ts';
import { say } from '../../text/say.ts';
import { isLiteral } from '../../text/hosts.ts';
import { REJECTED } from './faults.ts';
import { refused, type Cluster, type World } from './found.ts';
import { at, isComputed, listOf, numberAt, rawAt, typedAt, wordAt } from './nodes.ts';

/** What Envoy rejects of clusters beyond the shape of their messages. */
export function clusterFaults(clusters: readonly Cluster[], isBootstrap: boolean): Problem[] {
  const seen = new Set<string>();
  return clusters.flatMap((cluster) => {
    const { name, nameAt, node } = cluster;
    const twice = seen.has(name) && isBootstrap;
    seen.add(name);
    return [
      ...(twice
        ? [
            refused(
              nameAt,
              say`The cluster ${name} is defined twice.`,
              say`Remove one of them, or rename it.`,
              REJECTED,
            ),
          ]
        : []),
      ...addressFaults(node),
      ...policyFaults(cluster),
    ];
  });
}

function endpointsOf(node: PNode): readonly PNode[] {
  return listOf(at(node, 'load_assignment', 'endpoints')).flatMap((group) => listOf(at(group, 'lb_endpoints')));
}

function addressFaults(node: PNode): Problem[] {
  if (at(node, 'cluster_type') !== undefined) return [];
  const type = wordAt(at(node, 'type'), 'Cluster.DiscoveryType')?.value ?? 'STATIC';
  const endpoints = endpointsOf(node);
  const [, second] = endpoints;
  if (type === 'LOGICAL_DNS' && second !== undefined)
    return [
      refused(
        headOf(second),
        say`A ${'LOGICAL_DNS'} cluster has one endpoint; this one has ${endpoints.length}.`,
        say`Set ${'type: STRICT_DNS'}, or remove the other endpoints.`,
        REJECTED,
      ),
    ];
  if (type === 'EDS' && at(node, 'eds_cluster_config') === undefined)
    return [
      refused(
        headOf(node),
        say`An ${'EDS'} cluster has no ${'eds_cluster_config'}.`,
        say`Add ${'eds_cluster_config'}.`,
        REJECTED,
      ),
    ];
  if (type !== 'STATIC') return [];
  return endpoints.flatMap((endpoint) => {
    const socket = at(endpoint, 'endpoint', 'address', 'socket_address');
    const host = at(socket, 'address');
    const text = rawAt(host);
    const fine =
      text === undefined ||
      text === '' ||
      isComputed(host) ||
      isLiteral(text) ||
      at(socket, 'resolver_name') !== undefined;
    if (host === undefined || fine) return [];
    return [
      refused(
        headOf(host),
        say`${text} is not an IP address, and the cluster is ${'STATIC'}.`,
        say`Set ${'type: STRICT_DNS'}.`,
        REJECTED,
      ),
    ];
  });
}

/** Envoy takes only primes for the table of Maglev, and at most 5,000,011. */
const LARGEST_TABLE = 5_000_011;

function policyFaults({ kind, node, nameAt }: Cluster): Problem[] {
  const policy = wordAt(at(node, 'lb_policy'), 'Cluster.LbPolicy');
  const provided = policy?.value === 'CLUSTER_PROVIDED';
  const custom = typedAt(at(node, 'cluster_type', 'typed_config'));
  const provides = kind === 'aggregate' || kind === 'original';
  const found: Problem[] = [];
  const add = (place: PNode | undefined, what: Problem['what'], fix: Problem['fix']): void => {
    found.push(refused(place === undefined ? nameAt : headOf(place), what, fix, REJECTED));
  };
  if (provided && !provides && custom === undefined && at(node, 'cluster_type') === undefined)
    add(
      at(node, 'lb_policy'),
      say`The cluster does not provide a load balancer of its own.`,
      say`Set ${'lb_policy: ROUND_ROBIN'}.`,
    );
  if (kind === 'aggregate' && !provided && at(node, 'load_balancing_policy') === undefined)
    add(
      at(node, 'lb_policy'),
      say`An aggregate cluster balances by itself.`,
      say`Set ${'lb_policy: CLUSTER_PROVIDED'}.`,
    );
  if (policy?.value === 'LOAD_BALANCING_POLICY_CONFIG' && at(node, 'load_balancing_policy') === undefined)
    add(
      at(node, 'lb_policy'),
      say`The cluster has no ${'load_balancing_policy'}.`,
      say`Add ${'load_balancing_policy'}.`,
    );
  const subsets = at(node, 'lb_subset_config');
  if (subsets !== undefined && at(node, 'load_balancing_policy') !== undefined)
    add(
      subsets,
      say`${'lb_subset_config'} cannot be combined with ${'load_balancing_policy'}.`,
      say`Remove one of them.`,
    );
  if (policy?.value === 'RING_HASH') {
    const ring = at(node, 'ring_hash_lb_config');
    const [low, high] = [numberAt(at(ring, 'minimum_ring_size')), numberAt(at(ring, 'maximum_ring_size'))];
    if ((low?.value ?? 1024) > (high?.value ?? 8_388_608))
      add(
        ring,
        say`${'minimum_ring_size'} is above ${'maximum_ring_size'}.`,
        say`Set a ${'maximum_ring_size'} that is at least as large.`,
      );
  }
  const table = at(node, 'maglev_lb_config', 'table_size');
  const size = numberAt(table)?.value;
  if (policy?.value === 'MAGLEV' && size !== undefined && size <= LARGEST_TABLE && !isPrime(size))
    add(table, say`${'table_size'} ${size} is not a prime number.`, say`Set a prime, such as ${65_537}.`);
  return found;
}

function isPrime(n: number): boolean {
  for (let i = 2; i * i <= n; i++) if (n % i === 0) return false;
  return n > 1;
}

/** Envoy rejects weighted clusters of which none has a weight above 0, and mirrors to clusters that a bootstrap lacks. */
export function routeFaults({ found, clusters, isOpen }: World, isBootstrap: boolean): Problem[] {
  return found.routes.flatMap(({ kind, to, at: place }) => {
    const serving = to.filter(({ role }) => role === 'serves');
    const sum = serving.reduce((all, { weight }) => all + (weight.value ?? Number.NaN), 0);
    return [
      ...(kind === 'weighted' && serving.length > 0 && sum === 0
        ? [
            refused(
              place,
              say`The weights of ${'weighted_clusters'} are all 0.`,
              say`Set a ${'weight'} above 0.`,
              REJECTED,
            ),
          ]
        : []),
      ...to.flatMap(({ role, to: target, at: own }) =>
        role !== 'copy' || !isBootstrap || isOpen || target.kind !== 'pool' || clusters.has(clusterName(target.name))
          ? []
          : [
              refused(
                own,
                say`The cluster ${target.name} of a mirror is not defined.`,
                say`Set the name of a cluster that exists.`,
                REJECTED,
              ),
            ],
      ),
    ];
  });
}

/** The cluster of a pool that may be a subset of it. */
function clusterName(pool: string): string {
  return pool.replace(/ \[.*/, '');
}

/** Envoy listens on addresses alone, and each listener needs one. */
export function listenerFaults(node: PNode): Problem[] {
  const internal = at(node, 'internal_listener') ?? at(node, 'api_listener');
  const address = at(node, 'address');
  if (address === undefined)
    return internal === undefined
      ? [refused(headOf(node), say`The listener has no ${'address'}.`, say`Add ${'address'}.`, REJECTED)]
      : [];
  const host = at(address, 'socket_address', 'address');
  const text = rawAt(host);
  if (host === undefined || text === undefined || text === '' || isComputed(host) || isLiteral(text)) return [];
  return [refused(headOf(host), say`A listener cannot listen on the name ${text}.`, say`Set an IP address.`, REJECTED)];
}

/** A domain may be named once in a route configuration, in any letter case. */
export function domainFaults(config: PNode): Problem[] {
  const seen = new Set<string>();
  const found: Problem[] = [];
  for (const host of listOf(at(config, 'virtual_hosts')))
    for (const domain of listOf(at(host, 'domains'))) {
      const name = rawAt(domain)?.toLowerCase();
      if (name === undefined || isComputed(domain)) continue;
      if (seen.has(name))
        found.push(
          refused(headOf(domain), say`The domain ${name} is named twice.`, say`Remove one of them.`, REJECTED),
        );
      seen.add(name);
    }
  return found;
}
