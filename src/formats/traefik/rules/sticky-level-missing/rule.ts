import { defineRule, type Draft } from '../../../../rules/rule.ts';
import { list, say } from '../../../../text/say.ts';
import type { Route } from '../../../../model/route.ts';
import { childrenOf, type Child } from '../../health.ts';

export const rule = defineRule({
  id: 'sticky-level-missing',
  title: 'Stickiness is set on every level of nested services, each with its own cookie',
  severity: 'warning',
  scope: 'config',
  *check({ config }) {
    for (const route of config.routes) {
      const children = childrenOf(route, config).filter(({ branch }) => branch.role === 'serves');
      if (children.length < 2) continue;
      const draft = missing(route, children) ?? sameCookie(route, children);
      if (draft) yield draft;
    }
  },
});

function missing(route: Route, children: readonly Child[]): Draft | undefined {
  const sticky = children.filter((child) => stickinessOf(child) !== undefined);
  const loose = children.filter(
    ({ pool }) => pool !== undefined && pool.stickiness === undefined && pool.servers.length > 1,
  );
  if (route.stickiness === undefined && sticky.length > 0) {
    return {
      at: route.at,
      key: route.name,
      what: say`${route.name} is not sticky, but services below it are: ${list(sticky.map(({ name }) => name))}.`,
      why: say`The cookie pins a client to a server inside one child, and each request may go to another child.`,
      fix: say`Add ${'sticky: { cookie: { name: … } }'} with a name of its own to ${route.name}.`,
    };
  }
  if (route.stickiness === undefined || loose.length === 0) return undefined;
  return {
    at: route.stickiness.at,
    key: route.name,
    what: say`${route.name} is sticky, but services below it are not: ${list(loose.map(({ name }) => name))}.`,
    why: say`A client stays with one child, and each request may go to another of its servers.`,
    fix: say`Add ${'sticky: { cookie: { name: … } }'} with a name of its own to each of them.`,
  };
}

/** One cookie on two levels is overwritten by each of them in turn. */
function sameCookie(route: Route, children: readonly Child[]): Draft | undefined {
  const own = route.stickiness?.name?.value;
  const named = children.flatMap((child) => {
    const stickiness = stickinessOf(child);
    const cookie = stickiness?.name?.value;
    return stickiness === undefined || cookie === undefined ? [] : [{ child, cookie, at: stickiness.at }];
  });
  const [first, ...others] = named;
  const twice = named.find(({ cookie }) => cookie === own) ?? others.find(({ cookie }) => cookie === first?.cookie);
  if (twice === undefined) return undefined;
  return {
    at: twice.at,
    key: `${route.name} ${twice.cookie}`,
    what: say`The cookie ${twice.cookie} is used on more than one level of ${route.name}.`,
    why: say`Each level overwrites the value of the other, so no client stays anywhere.`,
    fix: say`Set a different cookie name on ${twice.child.name}.`,
  };
}

function stickinessOf({ pool, route }: Child): Route['stickiness'] {
  return pool?.stickiness ?? route?.stickiness;
}
