import { NO_OPTIONS, type Pool, type Server } from '../../../model/pool.ts';
import { implied, type Setting, type Span } from '../../../model/span.ts';
import { isHostName } from '../../../text/hosts.ts';
import { headOf, itemsOf, type PNode } from '../../../text/positioned.ts';
import type { Cluster } from '../cluster.ts';
import { dialect } from '../dialect.ts';
import { keyOfPool, type Found } from '../found.ts';
import { at, labelsOf, numberAt, rawAt, settingsOf, textAt } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';
import { leastRequest } from './policy.ts';

export const SERVICE_ENTRY = 'networking.istio.io/ServiceEntry';

/** One endpoint of a ServiceEntry. */
export interface Endpoint {
  readonly node: PNode;
  readonly at: Span;
  readonly address: string;
  readonly labels: ReadonlyMap<string, Setting<string>>;
}

const known = new WeakMap<KubeObject, readonly Endpoint[]>();

function endpointsIn(entry: KubeObject): readonly Endpoint[] {
  let endpoints = known.get(entry);
  if (endpoints === undefined) {
    endpoints = itemsOf(at(entry.spec, 'endpoints')).flatMap((node) => {
      const address = at(node, 'address');
      const text = rawAt(address);
      if (address === undefined || text === undefined) return [];
      return [{ node, at: headOf(address), address: text, labels: labelsOf(at(node, 'labels')) }];
    });
    known.set(entry, endpoints);
  }
  return endpoints;
}

/** The endpoints of all ServiceEntries. */
export function endpointsOf(cluster: Cluster): readonly Endpoint[] {
  return cluster.of(SERVICE_ENTRY).flatMap(endpointsIn);
}

/** Every host of a ServiceEntry is a pool of its endpoints, or of the addresses of its name. */
export function readServiceEntries(entries: readonly KubeObject[], _cluster: Cluster, found: Found): void {
  for (const entry of entries)
    for (const host of itemsOf(at(entry.spec, 'hosts'))) {
      const name = rawAt(host)?.toLowerCase();
      if (name !== undefined && !name.includes('*')) found.pools.push(poolOf(name, headOf(host), entry, found));
    }
}

function poolOf(name: string, place: Span, entry: KubeObject, found: Found): Pool {
  const resolution = rawAt(at(entry.spec, 'resolution')) ?? 'NONE';
  const [port] = itemsOf(at(entry.spec, 'ports'));
  const endpoints = endpointsIn(entry);
  const isNamed = resolution.startsWith('DNS') && endpoints.length === 0;
  const servers = isNamed
    ? [serverOf(name, place, undefined, port, resolution)]
    : endpoints.map((endpoint) => serverOf(endpoint.address, endpoint.at, endpoint.node, port, resolution));
  const protocol = rawAt(at(port, 'protocol')) ?? '';
  return {
    key: keyOfPool(found, '', name),
    name,
    dialect,
    at: place,
    protocol: /^(?:http|grpc)/i.test(protocol) && !/^https/i.test(protocol) ? 'http' : 'tcp',
    algorithm: implied(leastRequest(servers), place),
    servers,
    timeouts: {},
    spill: { spare: implied(Infinity, place), standby: 'all', standbyBy: 'algorithm' },
    zones: implied('pooled', place),
    // Proxies take the address that the client asked for, or pods by their labels.
    dynamic: servers.length === 0,
    unknowns: [],
    caveats: [],
    answers: [],
    options: settingsOf(entry.spec, '', ['hosts', 'endpoints', 'exportTo', 'addresses']),
  };
}

function serverOf(
  address: string,
  place: Span,
  node: PNode | undefined,
  port: PNode | undefined,
  resolution: string,
): Server {
  const portName = rawAt(at(port, 'name')) ?? '';
  const number =
    numberAt(at(node, 'ports', portName)) ?? numberAt(at(port, 'targetPort')) ?? numberAt(at(port, 'number'));
  const locality = textAt(at(node, 'locality'));
  return {
    name: number?.value === undefined ? address : `${address}:${number.value}`,
    address,
    port: number,
    at: place,
    weight: numberAt(at(node, 'weight')) ?? implied(1, place),
    priority: implied(0, place),
    state: implied('up', place),
    instances: { count: implied(1, place), named: 'listed' },
    ...(locality === undefined ? {} : { zone: locality }),
    ...(isHostName(address)
      ? { resolves: resolution === 'DNS_ROUND_ROBIN' ? ('one' as const) : ('all' as const) }
      : {}),
    options: NO_OPTIONS,
  };
}
