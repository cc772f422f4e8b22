import type { Listen } from '../../../model/route.ts';
import { headOf, itemsOf, type PNode } from '../../../text/positioned.ts';
import type { Cluster } from '../cluster.ts';
import { at, numberAt, rawAt } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';

/** What a route wants to be attached to. */
export interface Parent {
  readonly node: PNode;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly sectionName: string | undefined;
  readonly port: number | undefined;
}

export function parentsOf(route: KubeObject): Parent[] {
  return itemsOf(at(route.spec, 'parentRefs')).flatMap((node) => {
    const name = rawAt(at(node, 'name'));
    if (name === undefined) return [];
    return [
      {
        node,
        kind: rawAt(at(node, 'kind')) ?? 'Gateway',
        namespace: rawAt(at(node, 'namespace')) ?? route.namespace,
        name,
        sectionName: rawAt(at(node, 'sectionName')),
        port: numberAt(at(node, 'port'))?.value,
      },
    ];
  });
}

/** The Gateway of a parent, if it is in the files. */
export function gatewayOf({ kind, namespace, name }: Parent, cluster: Cluster): KubeObject | undefined {
  return kind === 'Gateway' ? cluster.find('gateway.networking.k8s.io/Gateway', namespace, name) : undefined;
}

/** The listeners that a parent means. */
export function listenersOf(gateway: KubeObject, { sectionName, port }: Parent): readonly PNode[] {
  return itemsOf(at(gateway.spec, 'listeners')).filter(
    (listener) =>
      (sectionName === undefined || rawAt(at(listener, 'name')) === sectionName) &&
      (port === undefined || numberAt(at(listener, 'port'))?.value === port),
  );
}

/** `*:443` for a listener, with TLS where it ends here or its name decides. */
export function listenOf(listener: PNode): Listen {
  const port = at(listener, 'port');
  const protocol = rawAt(at(listener, 'protocol')) ?? '';
  const isSecure = protocol === 'HTTPS' || protocol === 'TLS';
  return {
    address: `*:${rawAt(port) ?? ''}`,
    at: headOf(port ?? listener),
    ...(isSecure ? { tls: true } : {}),
  };
}

/** Whether a hostname of a route and one of a listener have hosts in common; `*.` stands for one label or more in front. */
export function meets(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  if (a === b) return true;
  const within = (wild: string, host: string): boolean => wild.startsWith('*.') && host.endsWith(wild.slice(1));
  return within(a, b) || within(b, a);
}

/** Why a listener takes no route of a namespace; undefined = it does, or its rule cannot be evaluated from the files. */
export function refusal(listener: PNode, gateway: KubeObject, route: KubeObject): 'namespace' | 'host' | undefined {
  const from = rawAt(at(listener, 'allowedRoutes', 'namespaces', 'from')) ?? 'Same';
  if (from === 'None' || (from === 'Same' && gateway.namespace !== route.namespace)) return 'namespace';
  const own = rawAt(at(listener, 'hostname'));
  const hosts = itemsOf(at(route.spec, 'hostnames')).flatMap((host) => rawAt(host) ?? []);
  if (own === undefined || own === '' || hosts.length === 0) return undefined;
  return hosts.some((host) => meets(host, own)) ? undefined : 'host';
}
