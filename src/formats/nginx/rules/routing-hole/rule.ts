import type { Config } from '../../../../model/config.ts';
import type { Route } from '../../../../model/route.ts';
import { percent, say } from '../../../../text/say.ts';
import { defineRule } from '../../../../rules/rule.ts';

export const rule = defineRule({
  id: 'routing-hole',
  title: 'A variable that names a pool always has a value',
  severity: 'warning',
  scope: 'config',
  *check({ config }) {
    for (const route of config.routes) {
      const hole = route.to.find(({ to }) => to.kind === 'answer');
      if (hole === undefined || !isPassedTo(route, config)) continue;
      const part = hole.weight.value;
      yield {
        at: hole.at,
        key: route.name,
        severity: part === undefined ? 'warning' : 'error',
        what:
          part === undefined
            ? say`${route.name} has no ${'default'}, so it is empty for all other values.`
            : say`The parts of ${route.name} are less than 100%: for ${percent(part / 100)} of the requests it is empty.`,
        why: say`A pass to an empty name fails: nginx answers these requests with 500.`,
        fix:
          part === undefined
            ? say`Add ${'default POOL;'} to the ${'map'}.`
            : say`Set ${'*'} as the last part, or parts that make 100%.`,
      };
    }
  },
});

/** Whether a pass of the file takes its target from the route. */
function isPassedTo({ to }: Route, { references }: Config): boolean {
  const pools = new Set(to.flatMap((branch) => (branch.to.kind === 'pool' ? [branch.to.name] : [])));
  return references.some(
    ({ pool, chosenBy, share }) =>
      pool !== undefined && pools.has(pool) && (chosenBy !== undefined || share !== undefined),
  );
}
