import { defineRule, type Draft } from '../../../../rules/rule.ts';
import { say } from '../../../../text/say.ts';
import { didYouMean } from '../../../../text/suggest.ts';
import { gatewayRoutes } from '../../choices.ts';
import { clusterOf } from '../../cluster.ts';
import { gatewayOf, listenersOf, parentsOf, refusal, type Parent } from '../../gateway/gateways.ts';
import { titleOf } from '../../gateway/matches.ts';
import { at, placeOf, rawAt } from '../../nodes.ts';
import type { KubeObject } from '../../objects.ts';
import { headOf, itemsOf } from '../../../../text/positioned.ts';

export const rule = defineRule({
  id: 'unattached-route',
  title: 'A Gateway takes the routes that name it',
  severity: 'error',
  scope: 'config',
  *check({ config }) {
    const cluster = clusterOf(config);
    if (cluster === undefined) return;
    for (const route of gatewayRoutes(cluster))
      for (const parent of parentsOf(route)) {
        const gateway = gatewayOf(parent, cluster);
        const draft = gateway && obstacle(route, parent, gateway);
        if (draft !== undefined) yield draft;
      }
  },
});

/** Why no listener of a Gateway takes a route; undefined where one does, or where the files do not say. */
function obstacle(route: KubeObject, parent: Parent, gateway: KubeObject): Draft | undefined {
  const listeners = listenersOf(gateway, parent);
  const title = titleOf(route);
  const why = say`Requests that the route is meant for are answered with 404.`;
  // Through another parent it still gets requests.
  const isAlone = parentsOf(route).length === 1;
  const common = { key: `${title} ${parent.name}`, why, ...(isAlone ? {} : { severity: 'warning' as const }) };
  const [first] = listeners;
  if (first === undefined) {
    const all = itemsOf(at(gateway.spec, 'listeners'));
    const meant = didYouMean(
      parent.sectionName ?? '',
      all.flatMap((listener) => rawAt(at(listener, 'name')) ?? []),
    );
    return all.length === 0
      ? undefined
      : {
          ...common,
          at: placeOf(at(parent.node, 'sectionName') ?? at(parent.node, 'port'), route.at),
          what: say`${title} names a listener that ${titleOf(gateway)} does not have.`,
          fix: meant === undefined ? say`Set the name of a listener of ${gateway.name}.` : say`Set ${meant}.`,
        };
  }
  const reasons = listeners.map((listener) => refusal(listener, gateway, route));
  // Who applies objects without a namespace chooses it.
  const isPlaced = route.isPlaced && gateway.isPlaced;
  if (reasons.includes(undefined) || (!isPlaced && reasons.includes('namespace'))) return undefined;
  const isHost = reasons.includes('host');
  return {
    ...common,
    at: isHost
      ? placeOf(itemsOf(at(route.spec, 'hostnames'))[0], route.at)
      : placeOf(at(parent.node, 'namespace'), route.at),
    what: isHost
      ? say`No hostname of ${title} is one that a listener of ${titleOf(gateway)} takes.`
      : say`${titleOf(gateway)} takes no routes from the namespace ${route.namespace}, where ${title} is.`,
    fix: isHost
      ? say`Set a hostname that a listener of ${gateway.name} takes.`
      : say`Add ${'allowedRoutes: { namespaces: { from: All } }'} to the listener, or move the route to ${gateway.namespace}.`,
    related: [{ at: headOf(at(first, 'name') ?? first), note: say`the listener` }],
  };
}
