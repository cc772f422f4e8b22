import type { Setting, Span } from '../../model/span.ts';
import { itemsOf, type PNode } from '../../text/positioned.ts';
import type { Cluster } from './cluster.ts';
import { backendsOf } from './gateway/backends.ts';
import { titleOf } from './gateway/matches.ts';
import { at, numberAt, placeOf, rawAt } from './nodes.ts';
import type { KubeObject } from './objects.ts';

/** One of several targets between which a rule of a route splits its requests. */
export interface Choice {
  readonly node: PNode;
  readonly name: string;
  readonly at: Span;
  /** Undefined = none is written. */
  readonly weight: Setting<number> | undefined;
}

/** A rule that splits requests by weight. */
export interface Splitter {
  readonly route: KubeObject;
  readonly title: string;
  readonly choices: readonly Choice[];
  /** What a target without a weight gets: Gateway API 1, Istio nothing beside others. */
  readonly withoutWeight: 0 | 1;
}

const GATEWAY_KINDS = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'].map(
  (kind) => `gateway.networking.k8s.io/${kind}`,
);

export function gatewayRoutes(cluster: Cluster): readonly KubeObject[] {
  return GATEWAY_KINDS.flatMap((kind) => cluster.of(kind));
}

/** Every rule with targets in routes of Gateway API and in VirtualServices. */
export function splittersOf(cluster: Cluster): readonly Splitter[] {
  return [
    ...gatewayRoutes(cluster).flatMap((route) =>
      itemsOf(at(route.spec, 'rules')).map((rule): Splitter => ({
        route,
        title: titleOf(route),
        withoutWeight: 1,
        choices: backendsOf(rule, route, cluster).map(({ node, name, at: place }) => ({
          node,
          name: name ?? '',
          at: place,
          weight: numberAt(at(node, 'weight')),
        })),
      })),
    ),
    ...cluster.of('networking.istio.io/VirtualService').flatMap((route) =>
      ['http', 'tls', 'tcp'].flatMap((layer) =>
        itemsOf(at(route.spec, layer)).map((rule): Splitter => ({
          route,
          title: titleOf(route),
          withoutWeight: 0,
          choices: itemsOf(at(rule, 'route')).map((node) => choiceOf(node, route)),
        })),
      ),
    ),
  ];
}

function choiceOf(node: PNode, route: KubeObject): Choice {
  const destination = at(node, 'destination');
  const [host, subset] = [at(destination, 'host'), at(destination, 'subset')];
  return {
    node,
    name: rawAt(subset) ?? rawAt(host) ?? '',
    at: placeOf(subset ?? host, route.at),
    weight: numberAt(at(node, 'weight')),
  };
}
