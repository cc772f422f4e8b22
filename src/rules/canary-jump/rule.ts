import { routeShares } from '../../compare/compare.ts';
import type { Route } from '../../model/config.ts';
import { percent, points, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'canary-jump',
  title: 'Traffic moves between versions in small steps',
  severity: 'warning',
  scope: 'estate',
  formats: ['nginx', 'neutral'],
  options: {
    'max-step': { type: 'percent', default: 0.25, describe: 'Step, in points, above which it is a warning.' },
    'notice-step': { type: 'percent', default: 0.1, describe: 'Step, in points, above which it is a notice.' },
  },
  *check({ estate, options }) {
    for (const { base, head } of estate.routes) {
      if (base === undefined || head === undefined) continue;
      const before = partsOf(base);
      const [worst] = [...partsOf(head)]
        .map(([pool, after]) => ({ pool, before: before.get(pool) ?? 0, after, step: after - (before.get(pool) ?? 0) }))
        .toSorted((a, b) => b.step - a.step);
      if (worst === undefined || before.size === 0 || worst.step <= options['notice-step']) continue;
      yield {
        at: head.to.find(({ pool }) => pool === worst.pool)?.at ?? head.at,
        severity: worst.step > options['max-step'] ? 'warning' : 'notice',
        key: head.name,
        what: say`${worst.pool} goes from ${percent(worst.before)} to ${percent(worst.after)} of the route ${head.name}, ${points(worst.step)} in one step.`,
        why: say`If it does not stand that, so many more requests fail before anybody can look at the first ones.`,
        fix: say`Go in smaller steps, and probe after each.`,
      };
    }
  },
});

/** Part of a route by pool, 0..1; empty when a weight is unknown. */
function partsOf(route: Route): Map<string, number> {
  const parts = new Map<string, number>();
  const shares = routeShares(route);
  for (const [i, { pool }] of route.to.entries()) {
    const share = shares[i];
    if (share === null || share === undefined) return new Map();
    parts.set(pool, (parts.get(pool) ?? 0) + share);
  }
  return parts;
}
