import { defineRule } from '../../../../rules/rule.ts';
import { say } from '../../../../text/say.ts';
import { childrenOf, reportsHealth } from '../../health.ts';

export const rule = defineRule({
  id: 'failover-never-builds',
  title: 'The main service of a failover has a health check',
  severity: 'error',
  scope: 'config',
  *check({ config }) {
    for (const route of config.routes) {
      if (route.kind !== 'failover' || route.to.some(({ when }) => when !== undefined)) continue;
      const main = childrenOf(route, config).find(({ branch }) => branch.role === 'serves');
      if (main === undefined || reportsHealth(main) !== false) continue;
      yield {
        at: main.branch.at,
        key: route.name,
        what: say`The main service ${main.name} of the failover ${route.name} has no ${'healthCheck'}.`,
        why: say`Traefik refuses to build ${route.name}, and every router that leads to it answers 404, with ${main.name} up or down.`,
        fix: say`Add ${'healthCheck'} to ${main.name}, on every level below it, or ${'errors: { status: ["500-599"] }'} to ${route.name}.`,
      };
    }
  },
});
