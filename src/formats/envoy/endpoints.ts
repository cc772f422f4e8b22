import type { Match } from '../../model/route.ts';
import { NO_OPTIONS, type Locality, type Pool, type Server, type Unknown } from '../../model/pool.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import type { ServerState } from '../../model/traffic.ts';
import { isHostName } from '../../text/hosts.ts';
import { headOf, type PNode } from '../../text/positioned.ts';
import { say } from '../../text/say.ts';
import { at, isComputed, isOn, listOf, numberAt, partAt, rawAt, wordAt } from './nodes.ts';
import { settingsOf } from './settings.ts';

/** How a cluster finds its servers. */
export type Discovery = 'STATIC' | 'STRICT_DNS' | 'LOGICAL_DNS' | 'EDS' | 'ORIGINAL_DST' | undefined;

/** What the cluster says of each of its servers. */
export interface Shared {
  readonly discovery: Discovery;
  /** All addresses of a name are used, those of IPv4 and IPv6. */
  readonly bothFamilies: boolean;
  readonly fields: Partial<Pick<Server, 'activeCheck' | 'passiveCheck' | 'slowStartMs' | 'maxConnections' | 'tls'>>;
}

/** The servers of a load assignment in the order of the file. */
export function readServers(assignment: PNode | undefined, shared: Shared, unknowns: Unknown[]): Server[] {
  const groups = listOf(at(assignment, 'endpoints'));
  const weights = localityWeights(groups);
  const seen = new Map<string, number>();
  return groups.flatMap((group) => {
    const place = headOf(group);
    const priority = numberAt(at(group, 'priority')) ?? implied(0, place);
    const locality = localityOf(group, weights);
    const endpoints = at(group, 'lb_endpoints') ?? at(group, 'load_balancer_endpoints', 'lb_endpoints');
    return listOf(endpoints).map((node) => {
      const server = readServer(node, shared, unknowns);
      const times = (seen.get(server.name) ?? 0) + 1;
      seen.set(server.name, times);
      return {
        ...server,
        ...(times === 1 ? {} : { name: `${server.name}#${times}` }),
        priority,
        ...(locality === undefined ? {} : { locality }),
      };
    });
  });
}

/** Groups of one priority and place are one locality; the weight of the last one counts. */
function localityWeights(groups: readonly PNode[]): ReadonlyMap<string, Setting<number> | undefined> {
  return new Map(groups.map((group) => [placeOf(group), numberAt(at(group, 'load_balancing_weight'))]));
}

function placeOf(group: PNode): string {
  return `${nameOf(group)}\0${rawAt(at(group, 'priority')) ?? '0'}`;
}

/** `eu/eu-1/rack2`, as far as it is written. */
function nameOf(group: PNode): string {
  return ['region', 'zone', 'sub_zone'].flatMap((name) => rawAt(at(group, 'locality', name)) ?? []).join('/');
}

function localityOf(group: PNode, weights: ReturnType<typeof localityWeights>): Locality | undefined {
  const weight = weights.get(placeOf(group));
  const node = at(group, 'locality');
  if (node === undefined && weight === undefined) return undefined;
  const place = headOf(node ?? group);
  return { name: nameOf(group), at: place, ...(weight === undefined ? {} : { weight }) };
}

function readServer(node: PNode, { discovery, bothFamilies, fields }: Shared, unknowns: Unknown[]): Server {
  const endpoint = at(node, 'endpoint');
  const place = headOf(node);
  const { name, address, port } = addressOf(at(endpoint, 'address'), place);
  if (address.some(isComputed))
    unknowns.push({ at: place, reason: say`the address ${name} is filled in by a template` });
  const host = address.some(isComputed) ? undefined : rawAt(address[0]);
  const weightNode = at(node, 'load_balancing_weight');
  const weight = numberAt(weightNode) ?? implied(1, place);
  if (isComputed(weightNode))
    unknowns.push({ at: place, reason: say`the weight of ${name} is filled in by a template` });
  const options = serverOptions(node, endpoint);
  const isName = isHostName(host) && (discovery === 'STRICT_DNS' || discovery === 'LOGICAL_DNS');
  const isLocal = host === 'localhost' && discovery === 'STRICT_DNS' && bothFamilies;
  return {
    name,
    address: host === undefined ? undefined : at(endpoint, 'address', 'pipe') === undefined ? host : `unix:${host}`,
    port,
    at: place,
    weight,
    priority: implied(0, place),
    state: readState(at(node, 'health_status'), place),
    instances: { count: implied(isLocal ? 2 : 1, place), named: 'listed' },
    ...(isName ? { resolves: discovery === 'STRICT_DNS' ? ('all' as const) : ('one' as const) } : {}),
    ...fieldsFor(endpoint, fields),
    options: options.size === 0 ? NO_OPTIONS : options,
  };
}

function serverOptions(node: PNode, endpoint: PNode | undefined): Server['options'] {
  return new Map([
    ...settingsOf(node, '', ['endpoint', 'load_balancing_weight', 'health_status']),
    ...settingsOf(endpoint, '', ['address', 'health_check_config']),
    ...settingsOf(at(endpoint, 'health_check_config'), 'health_check_config.', [
      'port_value',
      'disable_active_health_check',
    ]),
  ]);
}

/** A server may be checked on another port, or not at all. */
function fieldsFor(endpoint: PNode | undefined, { activeCheck, ...others }: Shared['fields']): Shared['fields'] {
  const own = at(endpoint, 'health_check_config');
  if (activeCheck === undefined || isOn(at(own, 'disable_active_health_check'))) return others;
  const port = numberAt(at(own, 'port_value'));
  return { ...others, activeCheck: port === undefined || port.value === 0 ? activeCheck : { ...activeCheck, port } };
}

/** The nodes that make up an address, and how the server is called. */
function addressOf(
  node: PNode | undefined,
  place: Span,
): { readonly name: string; readonly address: readonly PNode[]; readonly port: Setting<number> | undefined } {
  const socket = at(node, 'socket_address');
  const path = at(node, 'pipe', 'path');
  if (path !== undefined) return { name: `unix:${rawAt(path) ?? ''}`, address: [path], port: undefined };
  const internal = at(node, 'envoy_internal_address', 'server_listener_name');
  if (internal !== undefined) return { name: `listener ${rawAt(internal) ?? ''}`, address: [], port: undefined };
  const host = at(socket, 'address');
  const portNode = at(socket, 'port_value');
  const text = rawAt(host) ?? '';
  const port =
    numberAt(portNode) ??
    (at(socket, 'named_port') === undefined ? implied(0, place) : written<number>(undefined, place));
  return {
    name: `${text.includes(':') ? `[${text}]` : text}:${rawAt(portNode) ?? rawAt(at(socket, 'named_port')) ?? '0'}`,
    address: [host, portNode].flatMap((one) => one ?? []),
    port,
  };
}

const STATES: ReadonlyMap<string, ServerState> = new Map([
  ['UNKNOWN', 'up'],
  ['HEALTHY', 'up'],
  ['UNHEALTHY', 'down'],
  ['TIMEOUT', 'down'],
  ['DRAINING', 'drain'],
  ['DEGRADED', 'degraded'],
]);

function readState(node: PNode | undefined, place: Span): Setting<ServerState> {
  const word = wordAt(node, 'HealthStatus');
  return word === undefined ? implied('up', place) : written(STATES.get(word.value ?? ''), word.at);
}

/** Requests that the assignment drops whatever the servers are: each category takes its part of what is left. */
export function readDrops(assignment: PNode | undefined): Match[] {
  return listOf(at(assignment, 'policy', 'drop_overloads')).flatMap((drop): Match[] => {
    const part = partAt(at(drop, 'drop_percentage'));
    const place = headOf(drop);
    if (part?.value === 0) return [];
    return [
      {
        at: place,
        to: { kind: 'answer', status: 503 },
        when: { text: '', at: place, ...(part?.value === undefined ? {} : { chance: part.value }) },
      },
    ];
  });
}

/** Reasons why the listed servers of a pool may stand for more than themselves. */
export function nameCaveats(servers: readonly Server[]): Pool['caveats'] {
  if (servers.length < 2) return [];
  return servers
    .filter(({ resolves }) => resolves === 'all')
    .map(({ at: place, address = '' }) => ({
      at: place,
      bends: 'some' as const,
      reason: say`${address} may have several addresses, and each of them gets a share of its own`,
    }));
}
