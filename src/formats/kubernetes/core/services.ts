import type { Algorithm } from '../../../model/algorithm.ts';
import { NO_OPTIONS, type Caveat, type Pool, type Server } from '../../../model/pool.ts';
import { implied, written, type Setting } from '../../../model/span.ts';
import type { Stickiness } from '../../../model/traffic.ts';
import { isHostName } from '../../../text/hosts.ts';
import { headOf, itemsOf, type PNode } from '../../../text/positioned.ts';
import { say } from '../../../text/say.ts';
import type { Cluster } from '../cluster.ts';
import { dialect } from '../dialect.ts';
import { keyOfPool, type Found } from '../found.ts';
import { at, entryOf, isTrue, labelsOf, numberAt, rawAt, settingsOf, textAt } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';
import { endpointsOf } from './endpoints.ts';
import { rewriterOf } from './rewrites.ts';
import { portNamed, type Workload } from './workloads.ts';

/** Every Service is a pool: its ready pods get connections by chance, each as many as another. */
export function readServices(services: readonly KubeObject[], cluster: Cluster, found: Found): void {
  for (const service of services) {
    // A patch says neither who answers nor on which port.
    if (at(service.spec, 'ports') === undefined && at(service.spec, 'selector') === undefined && !isExternal(service))
      continue;
    const pool = readService(service, cluster, found);
    found.pools.push(pool);
    found.references.push({
      kind: 'Service',
      at: service.at,
      pool: pool.name,
      protocol: pool.protocol,
      timeouts: {},
      options: NO_OPTIONS,
    });
  }
}

/** The labels that pods need to be behind a Service; empty where its endpoints are written by hand. */
export function selectorOf({ spec }: KubeObject): ReadonlyMap<string, Setting<string>> {
  return labelsOf(at(spec, 'selector'));
}

/** A Service without an address of its own: clients get the addresses of the pods and choose themselves. */
export function isHeadless({ spec }: KubeObject): boolean {
  return rawAt(at(spec, 'clusterIP')) === 'None';
}

export function isExternal({ spec }: KubeObject): boolean {
  return rawAt(at(spec, 'type')) === 'ExternalName';
}

/** The servers of a Service, as far as the files say: its workloads, or the endpoints that are written by hand. */
export function serversOf(service: KubeObject, cluster: Cluster): { servers: readonly Server[]; dynamic: boolean } {
  if (isExternal(service)) return { servers: externalServer(service), dynamic: false };
  const selector = selectorOf(service);
  if (selector.size === 0) {
    const servers = endpointsOf(service, cluster);
    return { servers, dynamic: servers.length === 0 };
  }
  const workloads = cluster.selected(service.namespace, selector);
  const names = new Set<string>();
  const servers = workloads.map((workload) => {
    const { name, kind } = workload.object;
    const own = names.has(name) ? `${kind.slice(kind.indexOf('/') + 1)} ${name}` : name;
    names.add(own);
    const isRewritten = [service, workload.object].some((object) => rewriterOf(object, cluster) !== undefined);
    return serverOf(own, workload, service, isRewritten);
  });
  return { servers, dynamic: servers.length === 0 };
}

function readService(service: KubeObject, cluster: Cluster, found: Found): Pool {
  const { spec, name, namespace } = service;
  const { servers, dynamic } = serversOf(service, cluster);
  const stickiness = isHeadless(service) ? undefined : readAffinity(spec);
  const [check] = servers.flatMap(({ activeCheck }) => activeCheck ?? []);
  return {
    key: keyOfPool(found, namespace, name),
    name,
    dialect,
    at: service.at,
    protocol: protocolOf(spec),
    algorithm: algorithmOf(service),
    servers,
    ...(stickiness === undefined ? {} : { stickiness }),
    ...(check === undefined ? {} : { activeCheck: check }),
    timeouts: {},
    spill: { spare: implied(Infinity, service.at), standby: 'all', standbyBy: 'algorithm' },
    zones: implied('pooled', service.at),
    dynamic,
    unknowns: [],
    caveats: caveatsOf(service, servers, cluster),
    answers: [],
    ...originOf(service),
    options: new Map([
      ...settingsOf(spec, '', ['sessionAffinity', 'sessionAffinityConfig', 'externalName']),
      ...annotationsOf(service),
    ]),
  };
}

/** Where a rendered object comes from. */
export function originOf({ renderedFrom }: KubeObject): Pick<Pool, 'origin'> {
  return renderedFrom === undefined ? {} : { origin: { file: renderedFrom } };
}

/** What tools write about their own work says nothing about traffic. */
const BOOKKEEPING =
  /^(?:kubectl\.kubernetes\.io\/|meta\.helm\.sh\/|helm\.sh\/|argocd\.argoproj\.io\/|checksum\/|prometheus\.io\/|cert-manager\.io\/|kubernetes\.io\/change-cause)/;

/** The annotations of an object, as options. */
export function annotationsOf({ annotations }: KubeObject): ReadonlyMap<string, Setting<string>> {
  return new Map([...annotations].filter(([key]) => !BOOKKEEPING.test(key)));
}

/** A connection is one draw of kube-proxy, with equal chances for every ready endpoint. */
function algorithmOf(service: KubeObject): Setting<Algorithm> {
  if (isHeadless(service)) return implied<Algorithm>({ native: 'DNS', kind: 'unknown' }, service.at);
  return implied<Algorithm>(
    { native: 'kube-proxy', kind: 'random', choices: 1, draw: 'equal', idle: 'as-drawn', loaded: 'equal' },
    service.at,
  );
}

function protocolOf(spec: PNode | undefined): Pool['protocol'] {
  const protocols = new Set(itemsOf(at(spec, 'ports')).map((port) => rawAt(at(port, 'protocol')) ?? 'TCP'));
  if (protocols.has('TCP') || protocols.size === 0) return 'tcp';
  return protocols.has('UDP') ? 'udp' : 'unknown';
}

function readAffinity(spec: PNode | undefined): Stickiness | undefined {
  const affinity = at(spec, 'sessionAffinity');
  if (affinity === undefined || rawAt(affinity) !== 'ClientIP') return undefined;
  const place = headOf(affinity);
  const seconds = numberAt(at(spec, 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds'));
  return {
    type: 'source-ip',
    at: place,
    ttlMs:
      seconds === undefined
        ? implied(10_800_000, place)
        : { ...seconds, value: seconds.value === undefined ? undefined : seconds.value * 1000 },
  };
}

/** Whether traffic that comes in from outside is only sent to pods of the node that it reaches. */
export function isLocal({ spec }: KubeObject): boolean {
  const type = rawAt(at(spec, 'type'));
  return (type === 'LoadBalancer' || type === 'NodePort') && rawAt(at(spec, 'externalTrafficPolicy')) === 'Local';
}

function caveatsOf(service: KubeObject, servers: readonly Server[], cluster: Cluster): Caveat[] {
  const caveats: Caveat[] = [];
  const policy = at(service.spec, 'externalTrafficPolicy');
  const workloads = cluster.selected(service.namespace, selectorOf(service));
  const isEven = workloads.length === 1 && workloads[0]?.spread === 'each-node';
  if (policy !== undefined && isLocal(service) && !isEven)
    caveats.push({
      at: headOf(policy),
      bends: 'all',
      reason: say`the load balancer splits by node, and how many pods each node has is not in the files`,
    });
  const near = at(service.spec, 'trafficDistribution') ?? at(service.spec, 'internalTrafficPolicy');
  if (near !== undefined && rawAt(near) !== 'Cluster' && servers.length > 0)
    caveats.push({
      at: headOf(near),
      bends: 'all',
      reason: say`${rawAt(near) ?? ''} prefers pods that are near the client, and where clients and pods run is not in the files`,
    });
  return caveats;
}

/** A controller of progressive delivery gives a Service a part of the pods only; how many is decided while it runs. */
function serverOf(name: string, workload: Workload, service: KubeObject, isRewritten: boolean): Server {
  const { object, replicas, check } = workload;
  const ignoresHealth = isTrue(at(service.spec, 'publishNotReadyAddresses'));
  return {
    name,
    address: undefined,
    port: portOf(workload, service),
    at: object.at,
    weight: implied(1, object.at),
    priority: implied(0, object.at),
    state: implied('up', object.at),
    instances: {
      count: isRewritten ? implied<number>(undefined, object.at) : replicas,
      // Where no number is written, whoever scales the workload sets it.
      named: replicas.written ? 'prefix' : 'unknown',
    },
    ...(check === undefined || ignoresHealth ? {} : { activeCheck: check }),
    ...originOf(object),
    options: NO_OPTIONS,
  };
}

/** Where the pods are asked: the target of the first port. */
function portOf(workload: Workload, { spec }: KubeObject): Setting<number> | undefined {
  const [first] = itemsOf(at(spec, 'ports'));
  const target = at(first, 'targetPort') ?? at(first, 'port');
  const number = numberAt(target);
  if (target === undefined || number?.value !== undefined) return number;
  const named = portNamed(rawAt(target) ?? '', workload);
  return written(named?.value, headOf(target));
}

function externalServer(service: KubeObject): Server[] {
  const name = textAt(at(service.spec, 'externalName'));
  const entry = entryOf(service.spec, 'externalName');
  if (name === undefined || entry === undefined) return [];
  const host = name.value?.toLowerCase();
  return [
    {
      name: rawAt(entry.value) ?? '',
      address: host,
      port: undefined,
      at: name.at,
      weight: implied(1, name.at),
      priority: implied(0, name.at),
      state: implied('up', name.at),
      // A name may stand for any number of addresses.
      instances: { count: implied<number>(undefined, name.at), named: 'unknown' },
      ...(isHostName(host) ? { resolves: 'all' as const } : {}),
      options: NO_OPTIONS,
    },
  ];
}
