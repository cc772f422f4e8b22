import { defineRule } from '../../../../rules/rule.ts';
import { list, say } from '../../../../text/say.ts';
import { childrenOf, reportsHealth } from '../../health.ts';

export const rule = defineRule({
  id: 'health-not-propagated',
  title: 'A service over services notices when a child is down',
  severity: 'warning',
  scope: 'config',
  *check({ config }) {
    for (const route of config.routes) {
      if (route.kind === 'failover' || route.watchesHealth?.value === true) continue;
      const children = childrenOf(route, config).filter(
        ({ branch }) => branch.role === 'serves' && branch.weight.value !== 0,
      );
      const checked = children.filter((child) => reportsHealth(child) === true);
      if (children.length < 2 || checked.length === 0) continue;
      const unchecked = children.filter((child) => reportsHealth(child) === false);
      yield {
        at: route.at,
        key: route.name,
        what: say`${route.name} has no ${'healthCheck'}, so it does not notice when a child is down: ${list(checked.map(({ name }) => name))}.`,
        why: say`When every server of a child is down, the child keeps its share, and its requests get 503.`,
        fix:
          unchecked.length === 0
            ? say`Add ${'healthCheck: {}'} to ${route.name}.`
            : say`Add ${'healthCheck'} to ${list(unchecked.map(({ name }) => name))} first, then ${'healthCheck: {}'} to ${route.name}: with an unchecked child it answers 404.`,
      };
    }
  },
});
