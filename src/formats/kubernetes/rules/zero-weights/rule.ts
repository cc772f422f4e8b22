import { defineRule } from '../../../../rules/rule.ts';
import { say } from '../../../../text/say.ts';
import { splittersOf } from '../../choices.ts';
import { clusterOf } from '../../cluster.ts';

export const rule = defineRule({
  id: 'zero-weights',
  title: 'A split has a target with a weight above 0',
  severity: 'error',
  scope: 'config',
  *check({ config }) {
    const cluster = clusterOf(config);
    for (const { title, choices, withoutWeight } of cluster === undefined ? [] : splittersOf(cluster)) {
      const [first] = choices;
      // A single destination of a VirtualService gets everything, whatever its weight.
      if (first === undefined || (withoutWeight === 0 && choices.length === 1)) continue;
      const isZero = choices.every(({ weight }) => (weight === undefined ? withoutWeight : weight.value) === 0);
      if (!isZero) continue;
      yield {
        at: first.weight?.at ?? first.at,
        key: `${title} ${first.name}`,
        what: say`Every target of a rule of ${title} has weight 0.`,
        why:
          withoutWeight === 1
            ? say`Requests that match the rule are answered with 500.`
            : say`Istio rejects destinations whose weights add up to 0.`,
        fix: say`Set a ${'weight'} above 0 on at least one target.`,
      };
    }
  },
});
