import { NO_OPTIONS } from '../../../model/pool.ts';
import type { Branch, Condition, Listen, Match, Route, Target } from '../../../model/route.ts';
import { implied, written, type Setting, type Span } from '../../../model/span.ts';
import { headOf, itemsOf, type PNode } from '../../../text/positioned.ts';
import { say } from '../../../text/say.ts';
import type { Cluster } from '../cluster.ts';
import { rewritingOf } from '../core/rewrites.ts';
import { durationAt } from '../durations.ts';
import { keyOfRoute, type Found } from '../found.ts';
import { at, entryOf, numberAt, rawAt, settingsOf } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';
import { addReference } from '../references.ts';
import { destinationOf } from './destinations.ts';
import { conditionsOf } from './matches.ts';

/** A VirtualService is an entry for its hosts; its routes are asked in the order in which they are written. */
export function readVirtualServices(services: readonly KubeObject[], cluster: Cluster, found: Found): void {
  for (const service of services) {
    const matches = (['http', 'tls', 'tcp'] as const).flatMap((layer) => {
      const routes = itemsOf(at(service.spec, layer));
      return routes.flatMap((node, i) => {
        const name = rawAt(at(node, 'name')) ?? (routes.length === 1 ? '' : `${layer} route ${i + 1}`);
        return matchesOf(node, layer, name, service, cluster, found);
      });
    });
    const hosts = itemsOf(at(service.spec, 'hosts')).flatMap((host) => rawAt(host)?.toLowerCase() ?? []);
    if (hosts.length === 0 || matches.length === 0) continue;
    found.entries.push({
      key: `${found.path}\0VirtualService\0${service.namespace}\0${service.name}`,
      name: `VirtualService ${service.name}`,
      at: service.at,
      listens: listensOf(service, cluster),
      hosts: hosts.includes('*') ? [] : hosts,
      matches,
      settings: new Map(),
    });
  }
}

/** The servers of the Gateways that a VirtualService is bound to; the proxies of the mesh listen on no address of their own. */
function listensOf(service: KubeObject, cluster: Cluster): Listen[] {
  const names = itemsOf(at(service.spec, 'gateways')).flatMap((node) => rawAt(node) ?? []);
  const listens = names.flatMap((name) => {
    const [first = '', second] = name.split('/');
    const [namespace, own] = second === undefined ? [service.namespace, first] : [first, second];
    const gateway = cluster.find('networking.istio.io/Gateway', namespace, own);
    return itemsOf(at(gateway?.spec, 'servers')).map((server): Listen => {
      const port = at(server, 'port', 'number');
      const protocol = rawAt(at(server, 'port', 'protocol')) ?? '';
      return {
        address: `*:${rawAt(port) ?? ''}`,
        at: headOf(port ?? server),
        ...(protocol === 'HTTPS' || protocol === 'TLS' ? { tls: true } : {}),
      };
    });
  });
  return [...new Map(listens.map((listen) => [listen.address, listen])).values()];
}

const READ = [
  'match',
  'route',
  'name',
  'mirror',
  'mirrors',
  'mirrorPercentage',
  'mirrorPercent',
  'mirror_percent',
  'redirect',
  'directResponse',
  'fault',
];

function matchesOf(
  node: PNode,
  layer: 'http' | 'tls' | 'tcp',
  name: string,
  service: KubeObject,
  cluster: Cluster,
  found: Found,
): Match[] {
  const conditions = conditionsOf(node);
  const to = targetOf(node, name, service, cluster, found);
  refer(node, layer, conditions[0], service, cluster, found);
  const changes = new Map([...settingsOf(node, '', READ), ...settingsOf(at(node, 'fault', 'delay'), 'fault.delay.')]);
  const [first] = itemsOf(at(node, 'route'));
  const place = headOf(at(first, 'destination', 'host') ?? node);
  return conditions.map((when) => ({
    at: place,
    to,
    ...(when === undefined ? {} : { when }),
    ...(changes.size === 0 ? {} : { changes }),
  }));
}

function targetOf(node: PNode, name: string, service: KubeObject, cluster: Cluster, found: Found): Target {
  const redirect = at(node, 'redirect');
  if (redirect !== undefined) {
    const part = (key: string): string => rawAt(at(redirect, key)) ?? '';
    return { kind: 'redirect', location: `${part('scheme')}${part('authority')}${part('uri')}` };
  }
  const direct = numberAt(at(node, 'directResponse', 'status'));
  if (direct?.value !== undefined) return { kind: 'answer', status: direct.value };
  if (at(node, 'delegate') !== undefined)
    return { kind: 'unknown', why: say`another VirtualService decides, as ${'delegate'} says` };
  const own = splitOf(node, name, service, cluster, found);
  return aborted(node, own, name, service, found);
}

/** The key and name of a route of a VirtualService. */
function routeNamed(service: KubeObject, name: string, found: Found): Pick<Route, 'key' | 'name' | 'at'> {
  const whole = name === '' ? service.name : `${service.name} ${name}`;
  return { key: keyOfRoute(found, service.namespace, `VirtualService ${whole}`), name: whole, at: service.at };
}

function splitOf(node: PNode, name: string, service: KubeObject, cluster: Cluster, found: Found): Target {
  const destinations = itemsOf(at(node, 'route'));
  const copies = copiesOf(node, service, cluster, found);
  const [only] = destinations;
  // No destination is no route: the API server refuses it.
  if (only === undefined) return { kind: 'answer', status: 404 };
  if (destinations.length === 1 && copies.length === 0)
    return destinationOf(at(only, 'destination'), service, cluster, found);
  const route = routeNamed(service, name, found);
  found.routes.push({
    ...route,
    kind: 'weighted',
    ...rewritingOf(service, cluster),
    to: [...destinations.map((one) => branchOf(one, destinations.length, service, cluster, found)), ...copies],
  });
  return { kind: 'route', route: route.key, name: route.name };
}

/** Of several destinations one without a weight gets nothing; a single one gets everything (Istio, HTTPRouteDestination). */
function branchOf(node: PNode, count: number, service: KubeObject, cluster: Cluster, found: Found): Branch {
  const destination = at(node, 'destination');
  const place = headOf(at(destination, 'subset') ?? at(destination, 'host') ?? node);
  const weight = numberAt(at(node, 'weight'));
  return {
    to: destinationOf(destination, service, cluster, found),
    role: 'serves',
    weight: count === 1 ? implied(1, place) : (weight ?? implied(0, place)),
    at: entryOf(node, 'weight') === undefined || weight === undefined ? place : weight.at,
  };
}

function copiesOf(node: PNode, service: KubeObject, cluster: Cluster, found: Found): Branch[] {
  const mirror = at(node, 'mirror');
  const one = mirror === undefined ? [] : [{ destination: mirror, percent: percentOf(node) }];
  const more = itemsOf(at(node, 'mirrors')).map((each) => ({
    destination: at(each, 'destination'),
    percent: numeric(at(each, 'percentage', 'value'))?.value ?? 100,
  }));
  return [...one, ...more].map(({ destination, percent }) => {
    const place = headOf(at(destination, 'host') ?? node);
    return {
      to: destinationOf(destination, service, cluster, found),
      role: 'copy',
      part: percent / 100,
      weight: implied(1, place),
      at: place,
    };
  });
}

function percentOf(node: PNode): number {
  const percent = at(node, 'mirrorPercentage', 'value') ?? at(node, 'mirrorPercent') ?? at(node, 'mirror_percent');
  return numeric(percent)?.value ?? 100;
}

/** Percentages may have fractions. */
function numeric(node: PNode | undefined): Setting<number> | undefined {
  if (node?.kind !== 'scalar') return undefined;
  const value = Number(node.value);
  return written(node.computed || Number.isNaN(value) ? undefined : value, headOf(node));
}

/** A fault that aborts a part of the requests takes it from the destinations. */
function aborted(node: PNode, own: Target, name: string, service: KubeObject, found: Found): Target {
  const abort = at(node, 'fault', 'abort');
  const status = numberAt(at(abort, 'httpStatus'));
  if (abort === undefined || status === undefined) return own;
  const place: Span = headOf(abort);
  const percent = numeric(at(abort, 'percentage', 'value')) ?? numeric(at(abort, 'percent')) ?? implied(100, place);
  const route = routeNamed(service, `${name} fault`.trim(), found);
  const left: Setting<number> = { ...percent, value: percent.value === undefined ? undefined : 100 - percent.value };
  found.routes.push({
    ...route,
    kind: 'weighted',
    to: [
      { to: own, role: 'serves', weight: left, at: place },
      { to: { kind: 'answer', status: status.value ?? 500 }, role: 'serves', weight: percent, at: place },
    ],
  });
  return { kind: 'route', route: route.key, name: route.name };
}

/** Requests are tried twice more on other pods where nothing else is written. */
function refer(
  node: PNode,
  layer: 'http' | 'tls' | 'tcp',
  when: Condition | undefined,
  service: KubeObject,
  cluster: Cluster,
  found: Found,
): void {
  const destinations = itemsOf(at(node, 'route'));
  const timeout = durationAt(at(node, 'timeout'));
  const attempts = numberAt(at(node, 'retries', 'attempts'));
  for (const one of destinations) {
    const destination = at(one, 'destination');
    const to = destinationOf(destination, service, cluster, found);
    if (to.kind !== 'pool') continue;
    const place = headOf(at(destination, 'host') ?? one);
    addReference(
      {
        kind: 'VirtualService',
        at: place,
        from: `VirtualService ${service.name}`,
        protocol: layer === 'http' ? 'http' : 'tcp',
        timeouts: timeout === undefined ? {} : { serverMs: timeout },
        failover:
          attempts === undefined ? implied(layer === 'http', place) : written(attempts.value !== 0, attempts.at),
        options: NO_OPTIONS,
        ...(when === undefined ? {} : { when: when.text }),
        ...(destinations.length > 1 ? { isPart: true as const } : {}),
      },
      { to, namespace: service.namespace, port: at(destination, 'port', 'number') },
      found,
    );
  }
}
