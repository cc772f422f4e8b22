import { defineRule } from '../../../../rules/rule.ts';
import { list, say } from '../../../../text/say.ts';
import { childrenOf, reportsHealth } from '../../health.ts';

export const rule = defineRule({
  id: 'unchecked-child',
  title: 'Every child of a checked service has a health check',
  severity: 'error',
  scope: 'config',
  *check({ config }) {
    for (const route of config.routes) {
      if (route.watchesHealth?.value !== true || route.kind === 'failover') continue;
      const children = childrenOf(route, config).filter(({ branch }) => branch.role !== 'copy');
      const unchecked = children.filter((child) => reportsHealth(child) === false);
      const [first] = unchecked;
      if (first === undefined) continue;
      const names = list(unchecked.map(({ name }) => name));
      yield {
        at: route.watchesHealth.at,
        key: route.name,
        what: say`${route.name} has ${'healthCheck'}, but its child ${names} has none.`,
        why: say`Traefik refuses to build ${route.name}, and every router that leads to it answers 404.`,
        fix: say`Add ${'healthCheck'} to ${names}, or remove it from ${route.name}.`,
        related: unchecked.map(({ branch, name }) => ({ at: branch.at, note: say`${name} has no health check` })),
      };
    }
  },
});
