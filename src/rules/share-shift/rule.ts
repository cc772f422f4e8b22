import { percent, points, say } from '../../text/say.ts';
import { causeOf, compared, fairShare, rises } from '../shared/comparing.ts';
import { defineRule } from '../rule.ts';

/** A share up to this many times the fair one still counts as fair. */
const FAIR_ENOUGH = 1.1;

export const rule = defineRule({
  id: 'share-shift',
  title: 'No change moves a large share of traffic to one server',
  severity: 'warning',
  scope: 'change',
  covers: { 'n-1-worse': 'pool' },
  options: {
    'max-rise': { type: 'percent', default: 0.1, describe: 'Maximum rise of a share, in points.' },
    'max-factor': {
      type: 'number',
      default: 1.5,
      describe: 'Maximum share of a server, as a multiple of its old one.',
    },
    'error-rise': { type: 'percent', default: 0.25, describe: 'Maximum rise, in points, before it is an error.' },
    'error-factor': {
      type: 'number',
      default: 2.5,
      describe: 'Maximum multiple of the old share before it is an error.',
    },
  },
  *check({ change, facts, options }) {
    const sides = compared(change);
    if (sides === undefined) return;
    const {
      'max-rise': maxRise,
      'max-factor': maxFactor,
      'error-rise': errorRise,
      'error-factor': errorFactor,
    } = options;
    const fair = fairShare(sides.head.pool, facts);
    // Servers that come back from nothing, and those that only come up to their fair share, make the pool more even.
    const shifted = rises(change).filter(
      ({ server: { head }, before, after }) =>
        before > 0 &&
        after - before > maxRise &&
        after / before > maxFactor &&
        (head === undefined || after > fair(head) * FAIR_ENOUGH),
    );
    const [worst, ...others] = shifted;
    if (worst === undefined) return;
    const { name, before, after } = worst;
    yield {
      at: causeOf(change, sides.head, name),
      server: name,
      severity: after - before > errorRise || after / before > errorFactor ? 'error' : 'warning',
      what: say`${name} goes from ${percent(before)} to ${percent(after)} of ${sides.head.pool.name}: ${Number((after / before).toFixed(1))} times its load, ${points(after - before)} more.`,
      why: say`It gets that load as soon as the config is loaded, and may not handle it at peak.`,
      fix: say`Set the old value again, or smaller steps, and declare the capacity of each server in the checklist file.`,
      related: others.flatMap((rise) => {
        const at = rise.server.head?.at;
        return at === undefined
          ? []
          : [{ at, note: say`${rise.name} goes from ${percent(rise.before)} to ${percent(rise.after)}` }];
      }),
    };
  },
});
