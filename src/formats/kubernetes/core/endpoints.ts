import { NO_OPTIONS, type Server } from '../../../model/pool.ts';
import { implied, written, type Setting, type Span } from '../../../model/span.ts';
import { headOf, itemsOf, type PNode } from '../../../text/positioned.ts';
import type { Cluster } from '../cluster.ts';
import { at, numberAt, rawAt, textAt } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';

/** The endpoints of a Service without selector: its EndpointSlices, or the Endpoints of its name. Duplicates count once. */
export function endpointsOf(service: KubeObject, cluster: Cluster): Server[] {
  const slices = cluster
    .of('discovery.k8s.io/EndpointSlice')
    .filter(
      ({ namespace, labels }) =>
        namespace === service.namespace && labels.get('kubernetes.io/service-name')?.value === service.name,
    );
  const endpoints = cluster.find('Endpoints', service.namespace, service.name);
  const listed = [...slices.flatMap(ofSlice), ...(endpoints === undefined ? [] : ofEndpoints(endpoints))];
  return [...new Map(listed.map((server) => [server.name, server])).values()];
}

function ofSlice({ node }: KubeObject): Server[] {
  const [port] = itemsOf(at(node, 'ports'));
  return itemsOf(at(node, 'endpoints')).flatMap((endpoint) => {
    const zone = textAt(at(endpoint, 'zone'));
    const ready = at(endpoint, 'conditions', 'ready');
    const isOut = ready?.kind === 'scalar' && ready.value === false;
    // Clients use the first address of an endpoint only.
    const [address] = itemsOf(at(endpoint, 'addresses'));
    return address === undefined
      ? []
      : [serverAt(address, numberAt(at(port, 'port')), isOut ? headOf(ready) : undefined, zone)];
  });
}

function ofEndpoints({ node }: KubeObject): Server[] {
  return itemsOf(at(node, 'subsets')).flatMap((subset) => {
    const [first] = itemsOf(at(subset, 'ports'));
    const port = numberAt(at(first, 'port'));
    const ips = (key: string): PNode[] =>
      itemsOf(at(subset, key)).flatMap((address) => at(address, 'ip') ?? at(address, 'hostname') ?? []);
    return [
      ...ips('addresses').map((ip) => serverAt(ip, port, undefined)),
      ...ips('notReadyAddresses').map((ip) => serverAt(ip, port, headOf(ip))),
    ];
  });
}

function serverAt(
  node: PNode,
  port: Setting<number> | undefined,
  outAt: Span | undefined,
  zone?: Setting<string>,
): Server {
  const place = headOf(node);
  const address = rawAt(node) ?? '';
  const isComputed = node.kind === 'scalar' && node.computed;
  return {
    name: port?.value === undefined ? address : `${address.includes(':') ? `[${address}]` : address}:${port.value}`,
    address: isComputed ? undefined : address,
    port,
    at: place,
    weight: implied(1, place),
    priority: implied(0, place),
    state: outAt === undefined ? implied('up', place) : written('down', outAt),
    instances: { count: implied(1, place), named: 'listed' },
    ...(zone === undefined ? {} : { zone }),
    options: NO_OPTIONS,
  };
}
