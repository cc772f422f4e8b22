import { defineRule } from '../../../../rules/rule.ts';
import { list, percent, say } from '../../../../text/say.ts';
import { splittersOf } from '../../choices.ts';
import { clusterOf } from '../../cluster.ts';

/** A weight from which a target without one, which counts 1, gets hardly anything. */
const LARGE = 5;

export const rule = defineRule({
  id: 'forgotten-weight',
  title: 'Either all targets of a split have a weight, or none',
  severity: 'error',
  scope: 'config',
  *check({ config }) {
    const cluster = clusterOf(config);
    for (const { title, choices, withoutWeight } of cluster === undefined ? [] : splittersOf(cluster)) {
      const without = choices.filter(({ weight }) => weight === undefined);
      const [first] = without;
      const [largest] = choices
        .filter(({ weight }) => weight !== undefined)
        .toSorted((a, b) => (b.weight?.value ?? 0) - (a.weight?.value ?? 0));
      const most = largest?.weight?.value ?? 0;
      if (first === undefined || largest?.weight === undefined || most <= withoutWeight) continue;
      const sum = choices.reduce(
        (all, { weight }) => all + (weight === undefined ? withoutWeight : (weight.value ?? 0)),
        0,
      );
      const isLikely = withoutWeight === 1 ? most >= LARGE : sum !== 100;
      yield {
        at: first.at,
        key: `${title} ${first.name}`,
        severity: isLikely ? 'error' : 'warning',
        what: say`${list(without.map(({ name }) => name))} in ${title} has no weight and gets ${percent(withoutWeight / sum)} of the requests; ${largest.name} gets ${percent(most / sum)}.`,
        why:
          withoutWeight === 1
            ? say`A target without a weight counts 1; it does not get the rest of 100.`
            : say`Of several destinations, one without a weight gets nothing.`,
        fix: say`Add ${'weight'} to every target of the rule.`,
        related: [{ at: largest.weight.at, note: say`the largest weight` }],
      };
    }
  },
});
