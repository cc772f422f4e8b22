import { at, placeOf, rawAt, textAt } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';
import type { Setting, Span } from '../../../model/span.ts';
import { itemsOf, type PNode } from '../../../text/positioned.ts';

/** One path of an Ingress, or what it sends everywhere else. */
export interface IngressPath {
  readonly ingress: KubeObject;
  /** '' = every host. */
  readonly host: string;
  /** The host's own place, or that of the Ingress. */
  readonly hostAt: Span;
  /** Undefined = the default backend. */
  readonly path: Setting<string> | undefined;
  readonly pathType: string;
  readonly backend: PNode | undefined;
  readonly node: PNode;
}

/** The class whose controller serves an Ingress: `ingressClassName`, or the annotation that came before it; undefined = the cluster's default. */
export function classOf({ spec, annotations }: KubeObject): string | undefined {
  return rawAt(at(spec, 'ingressClassName')) ?? annotations.get('kubernetes.io/ingress.class')?.value;
}

/** The paths of an Ingress, hosts in lower case, with its default backend last. */
export function pathsOf(ingress: KubeObject): IngressPath[] {
  const { spec } = ingress;
  const paths = itemsOf(at(spec, 'rules')).flatMap((rule) =>
    itemsOf(at(rule, 'http', 'paths')).map((node) => ({
      ingress,
      host: (rawAt(at(rule, 'host')) ?? '').toLowerCase(),
      hostAt: placeOf(at(rule, 'host'), ingress.at),
      path: textAt(at(node, 'path')) ?? undefined,
      pathType: rawAt(at(node, 'pathType')) ?? 'ImplementationSpecific',
      backend: at(node, 'backend'),
      node,
    })),
  );
  const otherwise = at(spec, 'defaultBackend') ?? at(spec, 'backend');
  const last =
    otherwise === undefined
      ? []
      : [{ ingress, host: '', hostAt: ingress.at, path: undefined, pathType: '', backend: otherwise, node: otherwise }];
  return [...paths, ...last];
}

/** The Service that a backend names, in the present form or that of `v1beta1`. */
export function serviceOf(backend: PNode | undefined): PNode | undefined {
  return at(backend, 'service', 'name') ?? at(backend, 'serviceName');
}

/** The port of that Service, by its number or name. */
export function portSetting(backend: PNode | undefined): Setting<string> | undefined {
  const port = at(backend, 'service', 'port');
  return textAt(at(port, 'number') ?? at(port, 'name') ?? at(backend, 'servicePort'));
}

export function portOf(backend: PNode | undefined): string | undefined {
  return portSetting(backend)?.value;
}
