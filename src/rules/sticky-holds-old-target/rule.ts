import type { RouteChange } from '../../compare/compare.ts';
import { exactly } from '../../model/share.ts';
import { duration, list, points, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'sticky-holds-old-target',
  title: 'Clients follow a change of weights soon',
  severity: 'warning',
  scope: 'estate',
  options: {
    'max-time': {
      type: 'duration',
      default: 3_600_000,
      describe: 'Maximum time that clients may stay on the target that they had before, before it is a warning.',
    },
    'notice-step': {
      type: 'percent',
      default: 0.1,
      describe: 'Smallest shift of weights, in points, that is reported.',
    },
  },
  *check({ estate, options }) {
    for (const change of estate.routes) {
      const { base, head } = change;
      // Only cookies that clients already have hold them, and only while the route still looks at them.
      if (base?.stickiness === undefined || head?.stickiness === undefined) continue;
      const lost = losers(change, options['notice-step']);
      const [first] = lost;
      if (first === undefined) continue;
      const { at, ttlMs } = head.stickiness;
      const long = ttlMs?.value === undefined || ttlMs.value > options['max-time'];
      const time = ttlMs?.value === undefined ? say`` : say` for ${duration(ttlMs.value)}`;
      yield {
        at: ttlMs?.at ?? at,
        severity: long ? 'warning' : 'notice',
        key: head.name,
        what: say`Clients of the route ${head.name} stay on their target${time}, so ${list(lost.map(({ name }) => name))} keeps more than its new weight.`,
        why: say`New weights hold for new clients only: those that were sent to ${first.name} before, up to ${points(first.step)} of the requests, still reach it.`,
        fix: say`Set a shorter stickiness before the weights change, and keep the old target running until it ends.`,
      };
    }
  },
});

/** Targets that lose at least so much of the requests, 0..1, the largest loss first. */
function losers({ parts }: RouteChange, least: number): readonly { readonly name: string; readonly step: number }[] {
  return parts
    .flatMap(({ name, before, after }) => {
      const [was, is] = [exactly(before), exactly(after)];
      return was === null || is === null ? [] : [{ name, step: was - is }];
    })
    .filter(({ step }) => step >= least)
    .toSorted((a, b) => b.step - a.step);
}
