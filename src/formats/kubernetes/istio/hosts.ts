import type { KubeObject } from '../objects.ts';

/** A Service by its name and namespace. */
export interface ServiceName {
  readonly name: string;
  readonly namespace: string;
}

/**
 * The Service that a host means. A name without dots is one of the namespace of the object that names it; `NAME.NAMESPACE.svc` and what is
 * longer says it all. Undefined for hosts that are no Service, and for patterns.
 */
export function serviceNamed(host: string, { namespace }: Pick<KubeObject, 'namespace'>): ServiceName | undefined {
  const [name = '', own, svc] = host.toLowerCase().split('.');
  if (name === '' || name.includes('*')) return undefined;
  if (own === undefined) return { name, namespace };
  return svc === 'svc' ? { name, namespace: own } : undefined;
}

/** A host as it is known everywhere: `reviews.shop` for a Service, else the host itself. */
export function hostKey(host: string, object: Pick<KubeObject, 'namespace'>): string {
  const service = serviceNamed(host, object);
  return service === undefined ? host.toLowerCase() : `${service.name}.${service.namespace}`;
}
