import { largestShareAfterLoss, lossText } from '../../compare/loss.ts';
import { percent, say } from '../../text/say.ts';
import { causeOf, compared } from '../shared/comparing.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'n-1-worse',
  title: 'Losing one server is no worse than before',
  severity: 'warning',
  scope: 'change',
  options: {
    'max-rise': {
      type: 'percent',
      default: 0.1,
      describe: 'Maximum rise, in points, of the largest share after one failure.',
    },
  },
  *check({ change, options }) {
    const sides = compared(change);
    if (sides === undefined) return;
    const before = largestShareAfterLoss(sides.base.losses);
    const worst = sides.head.losses.toSorted((a, b) => b.after - a.after)[0];
    if (before === null || worst === undefined || worst.after - before <= options['max-rise']) return;
    yield {
      at: causeOf(change, sides.head),
      what: say`If ${lossText(worst, sides.head.pool.name)}; before this change, the largest share after one failure was ${percent(before)}.`,
      why: say`The server that takes over the load of a failed one is the next to fail.`,
      fix: say`Set more even weights or add a server, so that any one can fail.`,
    };
  },
});
