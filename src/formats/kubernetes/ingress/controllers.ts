import type { Span } from '../../../model/span.ts';
import type { Cluster } from '../cluster.ts';
import { at, placeOf, rawAt } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';
import { classOf } from './paths.ts';

/** The controller that serves an Ingress, by its class or by whose annotations it has; undefined where the files do not say. */
export function isIngressNginx(ingress: KubeObject, cluster: Cluster): boolean {
  const name = classOf(ingress);
  const [byClass] = cluster.of('networking.k8s.io/IngressClass').filter((one) => one.name === name);
  const controller = rawAt(at(byClass?.spec, 'controller'));
  if (controller !== undefined) return controller === 'k8s.io/ingress-nginx';
  const annotations = [...ingress.annotations.keys()];
  // NGINX Inc.'s controller has the same class name by default.
  if (annotations.some((key) => key.startsWith('nginx.org/') || key.startsWith('nginx.com/'))) return false;
  if (name === undefined) return annotations.some((key) => key.startsWith('nginx.ingress.kubernetes.io/'));
  return /^(?:ingress-)?nginx(?:-(?:internal|external|public|private))?$/.test(name);
}

/** Whether the AWS Load Balancer Controller serves an Ingress. */
export function isAlb(ingress: KubeObject, cluster: Cluster): boolean {
  const name = classOf(ingress);
  const [byClass] = cluster.of('networking.k8s.io/IngressClass').filter((one) => one.name === name);
  const controller = rawAt(at(byClass?.spec, 'controller'));
  if (controller !== undefined) return controller === 'ingress.k8s.aws/alb';
  if (name !== undefined) return name === 'alb';
  return [...ingress.annotations.keys()].some((key) => key.startsWith('alb.ingress.kubernetes.io/'));
}

/** Where the class of an Ingress is written. */
export function classPlace(ingress: KubeObject): Span {
  return placeOf(
    at(ingress.spec, 'ingressClassName'),
    ingress.annotations.get('kubernetes.io/ingress.class')?.at ?? ingress.at,
  );
}
