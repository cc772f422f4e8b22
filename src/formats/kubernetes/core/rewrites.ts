import type { Route } from '../../../model/route.ts';
import { say } from '../../../text/say.ts';
import { itemsOf, type PNode } from '../../../text/positioned.ts';
import type { Cluster } from '../cluster.ts';
import { at, rawAt } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';

/** An object that a controller of progressive delivery rewrites while it runs. */
interface Rewrite {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly by: KubeObject;
}

const INGRESS = 'networking.k8s.io/Ingress';
const VIRTUAL_SERVICE = 'networking.istio.io/VirtualService';
const GATEWAY_ROUTES: readonly (readonly [field: string, kind: string])[] = [
  ['httpRoute', 'gateway.networking.k8s.io/HTTPRoute'],
  ['grpcRoute', 'gateway.networking.k8s.io/GRPCRoute'],
  ['tcpRoute', 'gateway.networking.k8s.io/TCPRoute'],
];

/**
 * The Rollout (Argo) or Canary (Flagger) that sets the weights or the selector of an object while it runs; undefined where none of the
 * files does. What the file says then holds only until the next release.
 */
export function rewriterOf(
  { kind, namespace, name }: Pick<KubeObject, 'kind' | 'namespace' | 'name'>,
  cluster: Cluster,
): KubeObject | undefined {
  return rewritesIn(cluster).get(`${kind}\0${namespace}\0${name}`)?.by;
}

/** What a route of an object says of its weights: nothing, or that a controller rewrites them and why they are not judged. */
export function rewritingOf(object: KubeObject, cluster: Cluster): Pick<Route, 'rewritten'> {
  const by = rewriterOf(object, cluster);
  if (by === undefined) return {};
  const word = by.kind.slice(by.kind.indexOf('/') + 1);
  return { rewritten: { at: by.at, reason: say`${word} ${by.name} rewrites the weights while it runs` } };
}

const known = new WeakMap<Cluster, ReadonlyMap<string, Rewrite>>();

function rewritesIn(cluster: Cluster): ReadonlyMap<string, Rewrite> {
  let found = known.get(cluster);
  if (found === undefined) {
    const all = [
      ...cluster.of('argoproj.io/Rollout').flatMap(ofRollout),
      ...cluster.of('flagger.app/Canary').flatMap(ofFlagger),
    ];
    found = new Map(all.map((one) => [`${one.kind}\0${one.namespace}\0${one.name}`, one]));
    known.set(cluster, found);
  }
  return found;
}

function ofRollout(by: KubeObject): Rewrite[] {
  const canary = at(by.spec, 'strategy', 'canary');
  const blueGreen = at(by.spec, 'strategy', 'blueGreen');
  const routing = at(canary, 'trafficRouting');
  const services = [
    at(canary, 'stableService'),
    at(canary, 'canaryService'),
    at(canary, 'pingPong', 'pingService'),
    at(canary, 'pingPong', 'pongService'),
    at(blueGreen, 'activeService'),
    at(blueGreen, 'previewService'),
  ];
  const ingresses = [
    at(routing, 'nginx', 'stableIngress'),
    ...itemsOf(at(routing, 'nginx', 'stableIngresses')),
    ...itemsOf(at(routing, 'nginx', 'additionalStableIngresses')),
    at(routing, 'alb', 'ingress'),
    ...itemsOf(at(routing, 'alb', 'ingresses')),
  ];
  const virtual = [at(routing, 'istio', 'virtualService'), ...itemsOf(at(routing, 'istio', 'virtualServices'))].map(
    (one) => at(one, 'name'),
  );
  const gateway = at(routing, 'plugins', 'argoproj-labs/gatewayAPI');
  const routes = GATEWAY_ROUTES.flatMap(([field, kind]) =>
    rewrites(by, kind, [at(gateway, field), ...itemsOf(at(gateway, `${field}s`)).map((one) => at(one, 'name'))]),
  );
  return [
    ...rewrites(by, 'Service', services),
    ...rewrites(by, INGRESS, ingresses),
    ...rewrites(by, VIRTUAL_SERVICE, virtual),
    ...routes,
  ];
}

/** Flagger makes the Services and routes of a target itself, under the target's name. */
function ofFlagger(by: KubeObject): Rewrite[] {
  const target = at(by.spec, 'targetRef', 'name');
  const service = at(by.spec, 'service', 'name') ?? target;
  const ofRoute = at(by.spec, 'routeRef', 'name');
  return [
    ...rewrites(by, 'apps/Deployment', [target]),
    ...rewrites(by, 'Service', [service]),
    ...rewrites(by, INGRESS, [at(by.spec, 'ingressRef', 'name')]),
    ...rewrites(by, VIRTUAL_SERVICE, [service]),
    ...rewrites(by, 'gateway.networking.k8s.io/HTTPRoute', [service, ofRoute]),
  ];
}

/** Names may carry their namespace: `shop/web`. */
function rewrites(by: KubeObject, kind: string, names: readonly (PNode | undefined)[]): Rewrite[] {
  return names.flatMap((node) => {
    const text = rawAt(node);
    if (text === undefined) return [];
    const [first = '', second] = text.split('/');
    return second === undefined
      ? [{ kind, namespace: by.namespace, name: first, by }]
      : [{ kind, namespace: first, name: second, by }];
  });
}
