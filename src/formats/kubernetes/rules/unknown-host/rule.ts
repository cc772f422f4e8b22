import { defineRule, type Draft } from '../../../../rules/rule.ts';
import type { Span } from '../../../../model/span.ts';
import { headOf, itemsOf } from '../../../../text/positioned.ts';
import { say } from '../../../../text/say.ts';
import { didYouMean } from '../../../../text/suggest.ts';
import { gatewayRoutes, splittersOf } from '../../choices.ts';
import { clusterOf, type Cluster } from '../../cluster.ts';
import { backendsOf } from '../../gateway/backends.ts';
import { titleOf } from '../../gateway/matches.ts';
import { DESTINATION_RULE } from '../../istio/destinations.ts';
import { serviceNamed, type ServiceName } from '../../istio/hosts.ts';
import { at, rawAt } from '../../nodes.ts';

interface Named {
  readonly title: string;
  readonly service: ServiceName;
  readonly at: Span;
  readonly isRoute: boolean;
}

export const rule = defineRule({
  id: 'unknown-host',
  title: 'Routes and rules name Services that exist',
  severity: 'error',
  scope: 'config',
  *check({ config, configs }) {
    const own = clusterOf(config);
    if (own === undefined) return;
    const services = configs.flatMap((one) => clusterOf(one)?.of('Service') ?? []);
    for (const named of namesIn(own)) {
      const { name, namespace } = named.service;
      const near = services.filter((service) => service.namespace === namespace).map((service) => service.name);
      if (near.includes(name)) continue;
      const meant = didYouMean(name, near);
      // What is not in the files may be in the cluster, unless it is nearly the name of something that is here.
      if (meant === undefined || withoutDigits(meant) === withoutDigits(name)) continue;
      yield draftOf(named, meant);
    }
  },
});

function draftOf({ title, service: { name }, at: place, isRoute }: Named, meant: string): Draft {
  return {
    at: place,
    key: `${title} ${name}`,
    severity: isRoute ? 'error' : 'warning',
    what: say`${title} names ${name}, and no Service has that name; did you mean ${meant}?`,
    why: isRoute
      ? say`Requests that are sent to a Service that does not exist are answered with 500 or 503.`
      : say`The rule has no effect: the Service is balanced by defaults.`,
    fix: say`Set ${meant}.`,
  };
}

/** Every Service that an object of Gateway API or Istio names. */
function namesIn(cluster: Cluster): Named[] {
  const rules = cluster.of(DESTINATION_RULE).flatMap((rule): Named[] => {
    const host = at(rule.spec, 'host');
    const service = serviceNamed(rawAt(host) ?? '', rule);
    return host === undefined || service === undefined
      ? []
      : [{ title: titleOf(rule), service, at: headOf(host), isRoute: false }];
  });
  const destinations = splittersOf(cluster).flatMap(({ route, title, choices }) =>
    choices.flatMap(({ node }): Named[] => {
      const host = at(node, 'destination', 'host');
      const service = serviceNamed(rawAt(host) ?? '', route);
      return host === undefined || service === undefined ? [] : [{ title, service, at: headOf(host), isRoute: true }];
    }),
  );
  const backends = gatewayRoutes(cluster).flatMap((route) =>
    itemsOf(at(route.spec, 'rules'))
      .flatMap((one) => backendsOf(one, route, cluster))
      .flatMap(({ name, namespace, kind, at: place }): Named[] =>
        name === undefined || kind !== 'Service'
          ? []
          : [{ title: titleOf(route), service: { name, namespace }, at: place, isRoute: true }],
      ),
  );
  return [...rules, ...destinations, ...backends];
}

/** `app2` beside `app1` is another one, not a slip. */
function withoutDigits(text: string): string {
  return text.replace(/\d+/g, '');
}
