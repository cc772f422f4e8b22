import type { Algorithm } from '../../model/algorithm.ts';
import { poolKey, routeKey } from '../../model/keys.ts';
import { NO_OPTIONS, type Pool, type Server, type Unknown, type ZoneUse } from '../../model/pool.ts';
import type { Branch, Route, Target } from '../../model/route.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import type { Spill } from '../../model/traffic.ts';
import { headOf, type PNode } from '../../text/positioned.ts';
import { say } from '../../text/say.ts';
import { CHECK_FIELDS, HTTP_CHECK_FIELDS, PASSIVE_FIELDS, readCheck, readPassive } from './checks.ts';
import { dialect } from './dialect.ts';
import { nameCaveats, readDrops, readServers, type Discovery } from './endpoints.ts';
import { together } from './repeated.ts';
import type { Cluster, Subset, Use, World } from './found.ts';
import { at, durationAt, listOf, numberAt, partAt, rawAt, typedAt, wordAt } from './nodes.ts';
import { readAlgorithm, readPolicy, readSlowStart, type Policy } from './policy.ts';
import { settingsOf } from './settings.ts';
import { criteriaText, membersOf } from './subsets.ts';
import { targetOf } from './targets.ts';

/** Healthy servers of a priority can carry 1.4 times their even part, and below 50 % healthy ones health no longer counts. */
const SPARE = 1.4;
const PANIC = 0.5;

/** The option of a pool that is a subset of a cluster: what its routes ask of the servers. */
export const SUBSET = 'metadata_match';

/** What else a pool needs to know of its file. */
export interface Surroundings {
  readonly world: World;
  /** The file says which cluster the callers are in, so that their zone counts. */
  readonly local: boolean;
  readonly assignments: ReadonlyMap<string, PNode>;
}

/** Clusters by their names. Envoy rejects a second one of a name. */
export function clusterOf(node: PNode): Cluster {
  const name = at(node, 'name');
  const type = typedAt(at(node, 'cluster_type', 'typed_config'))?.type ?? rawAt(at(node, 'cluster_type', 'name')) ?? '';
  const kind =
    /aggregate|^ClusterConfig$/i.test(type) && at(node, 'cluster_type', 'typed_config', 'clusters') !== undefined
      ? 'aggregate'
      : /dynamic_forward_proxy/.test(rawAt(at(node, 'cluster_type', 'name')) ?? '')
        ? 'forward'
        : discoveryOf(node) === 'ORIGINAL_DST'
          ? 'original'
          : 'pool';
  return { name: rawAt(name) ?? '', nameAt: headOf(name ?? node), node, kind };
}

function discoveryOf(node: PNode): Discovery {
  const custom = at(node, 'cluster_type');
  if (custom === undefined) return (wordAt(at(node, 'type'), 'Cluster.DiscoveryType')?.value ?? 'STATIC') as Discovery;
  const type = typedAt(at(custom, 'typed_config'));
  if (type?.type !== 'DnsCluster') return undefined;
  return at(type.body, 'all_addresses_in_single_endpoint') === undefined ? 'STRICT_DNS' : 'LOGICAL_DNS';
}

/** A cluster as a pool, as its routes choose its servers. */
export function readPool(cluster: Cluster, subset: Subset | undefined, surroundings: Surroundings): Pool {
  const { world, local, assignments } = surroundings;
  const { node, nameAt: place } = cluster;
  const name = subset?.name ?? cluster.name;
  const uses = world.uses.get(name) ?? [];
  const discovery = discoveryOf(node);
  const service = rawAt(at(node, 'eds_cluster_config', 'service_name')) ?? cluster.name;
  const found = at(node, 'load_assignment') ?? (discovery === 'EDS' ? assignments.get(service) : undefined);
  const policy = readPolicy(node, place, local);
  const unknowns: Unknown[] = [];
  const shared = readShared(node, policy);
  const all = readServers(found, { discovery, bothFamilies: familyOf(node) === 'ALL', fields: shared }, unknowns);
  const servers = subset === undefined ? all : membersOf(subset, policy.subsets, all, listOf(at(found, 'endpoints')));
  const canPlace = all.every(({ address }) => address !== undefined && /^[\d.]+$|:/.test(address));
  return {
    ...poolBase(name, subset?.at ?? place, world, together(servers, policy), unknowns),
    protocol: protocolOf(uses),
    algorithm: readAlgorithm(policy, uses, canPlace),
    ...(shared.activeCheck === undefined ? {} : { activeCheck: shared.activeCheck }),
    ...(shared.passiveCheck === undefined ? {} : { passiveCheck: shared.passiveCheck }),
    ...(shared.slowStartMs === undefined ? {} : { slowStartMs: shared.slowStartMs }),
    ...fromUses(uses),
    ...budgetOf(node),
    timeouts: timeoutsOf(node),
    spill: readSpill(found, at(node, 'common_lb_config'), place),
    zones: policy.zones,
    dynamic: isDynamic(discovery, found, cluster),
    answers: readDrops(found),
    options: optionsOf(node, found, policy, subset),
  };
}

/** Endpoints without their cluster: what picks one of them is written elsewhere. */
export function readAssignment(node: PNode, world: World): Pool {
  const nameNode = at(node, 'cluster_name');
  const place = headOf(nameNode ?? node);
  const unknowns: Unknown[] = [];
  const servers = readServers(node, { discovery: 'EDS', bothFamilies: false, fields: {} }, unknowns);
  return {
    ...poolBase(rawAt(nameNode) ?? '', place, world, servers, unknowns),
    protocol: 'unknown',
    algorithm: implied<Algorithm>(undefined, place),
    timeouts: {},
    spill: readSpill(node, undefined, place),
    zones: implied<ZoneUse>(undefined, place),
    dynamic: false,
    answers: readDrops(node),
    options: NO_OPTIONS,
  };
}

function poolBase(
  name: string,
  place: Span,
  { found }: World,
  servers: readonly Server[],
  unknowns: readonly Unknown[],
): Pick<Pool, 'key' | 'name' | 'dialect' | 'at' | 'servers' | 'unknowns' | 'caveats'> {
  const key = poolKey(dialect.format, found.path, name);
  return { key, name, dialect, at: place, servers, unknowns, caveats: nameCaveats(servers) };
}

type SharedFields = Partial<Pick<Server, 'activeCheck' | 'passiveCheck' | 'slowStartMs' | 'maxConnections' | 'tls'>>;

function readShared(node: PNode, policy: Policy): SharedFields {
  const tls = readTls(node);
  const activeCheck = readCheck(node, tls === undefined ? mayUseTls(node) : tls.value === true);
  const passiveCheck = readPassive(node);
  const slowStartMs = readSlowStart(policy);
  const [perHost] = listOf(at(node, 'circuit_breakers', 'per_host_thresholds'));
  const maxConnections = numberAt(at(perHost, 'max_connections'));
  return {
    ...(tls === undefined ? {} : { tls }),
    ...(activeCheck === undefined ? {} : { activeCheck }),
    ...(passiveCheck === undefined ? {} : { passiveCheck }),
    ...(slowStartMs === undefined ? {} : { slowStartMs }),
    ...(maxConnections === undefined ? {} : { maxConnections }),
  };
}

/** Undefined where a match of each server decides. */
function readTls(node: PNode): Setting<boolean> | undefined {
  if (at(node, 'transport_socket_matches') !== undefined) return undefined;
  const socket = at(node, 'transport_socket');
  if (socket === undefined) return implied(false, headOf(node));
  return isTls(socket) ? written(true, headOf(socket)) : undefined;
}

/** Whether a server of the cluster is spoken to with TLS, where each has its own socket. */
function mayUseTls(node: PNode): boolean {
  return listOf(at(node, 'transport_socket_matches')).some((match) => isTls(at(match, 'transport_socket')));
}

function isTls(socket: PNode | undefined): boolean {
  return /tls/i.test(typedAt(at(socket, 'typed_config'))?.type ?? rawAt(at(socket, 'name')) ?? '');
}

function familyOf(node: PNode): string {
  const typed = typedAt(at(node, 'cluster_type', 'typed_config'));
  const own = wordAt(at(typed?.body, 'dns_lookup_family'), 'DnsLookupFamily');
  return (own ?? wordAt(at(node, 'dns_lookup_family'), 'Cluster.DnsLookupFamily'))?.value ?? 'AUTO';
}

function isDynamic(discovery: Discovery, found: PNode | undefined, { kind }: Cluster): boolean {
  if (kind !== 'pool' || (discovery === 'EDS' && found === undefined)) return true;
  return listOf(at(found, 'endpoints')).some((group) => at(group, 'leds_cluster_locality_config') !== undefined);
}

function readSpill(assignment: PNode | undefined, common: PNode | undefined, place: Span): Spill {
  const factor = numberAt(at(assignment, 'policy', 'overprovisioning_factor'));
  const panic = partAt(at(common, 'healthy_panic_threshold'));
  return {
    spare:
      factor === undefined
        ? implied(SPARE, place)
        : { ...factor, value: factor.value === undefined ? undefined : factor.value / 100 },
    panicBelow:
      panic === undefined
        ? implied({ share: PANIC }, place)
        : { ...panic, value: panic.value === undefined ? undefined : { share: panic.value } },
    standby: 'all',
    standbyBy: 'algorithm',
  };
}

function timeoutsOf(node: PNode): Pool['timeouts'] {
  const connectMs = durationAt(at(node, 'connect_timeout'));
  return connectMs === undefined ? {} : { connectMs };
}

function protocolOf(uses: readonly Use[]): Pool['protocol'] {
  const protocols = new Set(uses.map(({ protocol }) => protocol));
  const [only] = protocols;
  return protocols.size === 1 && only !== undefined ? only : protocols.size === 0 ? 'http' : 'unknown';
}

/** Stickiness and retries are said by the routes; the first that says it speaks for the pool. */
function fromUses(uses: readonly Use[]): Pick<Pool, 'stickiness' | 'retries' | 'retriesAnswers' | 'retriesElsewhere'> {
  const sticky = uses.find(({ stickiness }) => stickiness !== undefined)?.stickiness;
  const most = uses
    .flatMap(({ retry }) => retry ?? [])
    .toSorted((a, b) => (b.times.value ?? 0) - (a.times.value ?? 0))[0];
  return {
    ...(sticky === undefined ? {} : { stickiness: sticky }),
    ...(most === undefined ? {} : { retries: most.times }),
    ...(most?.answers === undefined ? {} : { retriesAnswers: most.answers }),
    ...(most?.elsewhere === undefined ? {} : { retriesElsewhere: most.elsewhere }),
  };
}

function budgetOf(node: PNode): Pick<Pool, 'retryBudget'> {
  const [thresholds] = listOf(at(node, 'circuit_breakers', 'thresholds'));
  const budget = at(thresholds, 'retry_budget');
  if (budget === undefined) return {};
  return { retryBudget: partAt(at(budget, 'budget_percent')) ?? implied(0.2, headOf(budget)) };
}

/** Everything else that is written of a cluster. */
function optionsOf(
  node: PNode,
  assignment: PNode | undefined,
  { word, body }: Policy,
  subset: Subset | undefined,
): Pool['options'] {
  const [check] = listOf(at(node, 'health_checks'));
  const checks = listOf(at(node, 'health_checks')).slice(1);
  return new Map([
    ...settingsOf(node, '', POOL_FIELDS),
    ...settingsOf(check, 'health_checks.', [...CHECK_FIELDS, 'http_health_check']),
    ...settingsOf(at(check, 'http_health_check'), 'health_checks.http_health_check.', HTTP_CHECK_FIELDS),
    ...checks.flatMap((other, i) => [...settingsOf(other, `health_checks[${i + 1}].`)]),
    ...settingsOf(at(node, 'outlier_detection'), 'outlier_detection.', PASSIVE_FIELDS),
    ...settingsOf(at(node, 'common_lb_config'), 'common_lb_config.', [
      'healthy_panic_threshold',
      'locality_weighted_lb_config',
    ]),
    ...settingsOf(body, `${(word.value ?? 'policy').toLowerCase()}.`, ['subset_lb_policy', 'endpoint_picking_policy']),
    ...settingsOf(at(assignment, 'policy'), 'policy.', ['overprovisioning_factor', 'drop_overloads']),
    ...(subset === undefined ? [] : [[SUBSET, written(criteriaText(subset.wanted), subset.at)] as const]),
  ]);
}

const POOL_FIELDS = [
  'name',
  'type',
  'connect_timeout',
  'lb_policy',
  'load_assignment',
  'health_checks',
  'outlier_detection',
  'common_lb_config',
  'round_robin_lb_config',
  'least_request_lb_config',
  'ring_hash_lb_config',
  'maglev_lb_config',
  'load_balancing_policy',
];

/** A cluster over clusters: the first with healthy servers carries what it can, the next ones the rest, as priorities do. */
export function readAggregate({ name, nameAt, node }: Cluster, world: World): Route {
  const list = listOf(at(node, 'cluster_type', 'typed_config', 'clusters'));
  return {
    key: routeKey(dialect.format, world.found.path, name),
    name,
    at: nameAt,
    kind: 'failover',
    watchesHealth: implied(true, nameAt),
    spill: readSpill(undefined, at(node, 'common_lb_config'), nameAt),
    to: list.map((child, i): Branch => {
      const place = headOf(child);
      return {
        to: childTarget(child, world),
        at: place,
        weight: implied(1, place),
        role: i === 0 ? 'serves' : 'fallback',
      };
    }),
  };
}

function childTarget(child: PNode, world: World): Target {
  const name = rawAt(child);
  if (name === undefined) return { kind: 'unknown', why: say`the name of a cluster is filled in by a template` };
  return targetOf(child, name, undefined, world);
}
