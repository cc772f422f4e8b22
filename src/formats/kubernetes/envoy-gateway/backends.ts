import { NO_OPTIONS, type Pool, type Server } from '../../../model/pool.ts';
import { implied, type Setting, type Span } from '../../../model/span.ts';
import { isHostName } from '../../../text/hosts.ts';
import { headOf, itemsOf, type PNode } from '../../../text/positioned.ts';
import type { Cluster } from '../cluster.ts';
import { dialect } from '../dialect.ts';
import { keyOfPool, type Found } from '../found.ts';
import { at, isTrue, numberAt, rawAt, settingsOf } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';

export const BACKEND = 'gateway.envoyproxy.io/Backend';

/** A Backend of Envoy Gateway is a pool of the addresses that it lists. */
export function readBackends(backends: readonly KubeObject[], _cluster: Cluster, found: Found): void {
  for (const backend of backends) {
    const servers = itemsOf(at(backend.spec, 'endpoints')).flatMap((node) => serverOf(node) ?? []);
    found.pools.push({ ...poolOf(backend, found), servers, dynamic: servers.length === 0 });
  }
}

/** Whether it serves only when the other backends of a rule cannot. */
export function isFallback({ spec }: KubeObject): boolean {
  return isTrue(at(spec, 'fallback'));
}

/** A Service of the same name is another pool. */
export function keyOfBackend(namespace: string, name: string, found: Pick<Found, 'path'>): Pool['key'] {
  return keyOfPool(found, `${namespace} Backend`, name);
}

function poolOf({ name, namespace, at: place, spec }: KubeObject, found: Found): Omit<Pool, 'servers' | 'dynamic'> {
  return {
    key: keyOfBackend(namespace, name, found),
    name,
    dialect,
    at: place,
    protocol: 'tcp',
    algorithm: implied(
      { native: 'LeastRequest', kind: 'random', choices: 2, draw: 'equal', idle: 'as-drawn', loaded: 'equal' },
      place,
    ),
    timeouts: {},
    spill: { spare: implied(Infinity, place), standby: 'all', standbyBy: 'algorithm' },
    zones: implied('pooled', place),
    unknowns: [],
    caveats: [],
    answers: [],
    options: settingsOf(spec, '', ['endpoints', 'fallback']),
  };
}

function serverOf(node: PNode): Server | undefined {
  const [ip, name, path] = [at(node, 'ip', 'address'), at(node, 'fqdn', 'hostname'), at(node, 'unix', 'path')];
  const written = ip ?? name ?? path;
  const text = rawAt(written);
  if (written === undefined || text === undefined) return undefined;
  const address = path === undefined || written !== path ? text : `unix:${text}`;
  return asServer(address, numberAt(at(node, 'ip', 'port') ?? at(node, 'fqdn', 'port')), headOf(written));
}

function asServer(address: string, port: Setting<number> | undefined, place: Span): Server {
  return {
    name: port?.value === undefined ? address : `${address.includes(':') ? `[${address}]` : address}:${port.value}`,
    address,
    port,
    at: place,
    weight: implied(1, place),
    priority: implied(0, place),
    state: implied('up', place),
    instances: { count: implied(1, place), named: 'listed' },
    ...(isHostName(address) ? { resolves: 'all' as const } : {}),
    options: NO_OPTIONS,
  };
}
