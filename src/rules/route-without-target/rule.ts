import { routeParts } from '../../compare/flow.ts';
import { nameOfTarget } from '../../model/route.ts';
import { list, name, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'route-without-target',
  title: 'Every route has a target with a weight',
  severity: 'error',
  scope: 'config',
  *check({ config, configs }) {
    for (const route of config.routes) {
      const parts = routeParts(route, configs);
      const asked = route.to.filter((_, i) => parts[i] !== null);
      if (asked.length === 0 || parts.some((part) => part !== null && part !== 0)) continue;
      yield {
        at: route.at,
        key: route.name,
        what: say`Every target of ${name(route.name)} has weight 0: ${list(
          asked.map(({ to }) => nameOfTarget(to)),
          4,
        )}.`,
        why: say`No target takes its requests, so each of them fails.`,
        fix: say`Set a weight above 0 on at least one target.`,
        related: asked.slice(0, 3).map(({ at, to }) => ({ at, note: say`${nameOfTarget(to)} gets no requests` })),
      };
    }
  },
});
