import { shadowOf } from '../../../../compare/conditions.ts';
import type { Entry, Match } from '../../../../model/route.ts';
import { nameOfTarget } from '../../../../model/route.ts';
import { say } from '../../../../text/say.ts';
import { defineRule } from '../../../../rules/rule.ts';

export const rule = defineRule({
  id: 'unreachable-route',
  title: 'Every route is reached by some requests',
  severity: 'warning',
  scope: 'config',
  *check({ config }) {
    for (const entry of config.entries) {
      for (const [index, match] of entry.matches.entries()) {
        const shadow = isChoice(match) ? shadowOf(entry.matches, index) : undefined;
        if (shadow === undefined || !takesAway(shadow, match, entry)) continue;
        yield {
          at: match.at,
          key: `${entry.name} ${match.when?.text ?? ''} ${nameOfTarget(match.to)}`,
          what: say`In ${entry.name}, no request reaches this route: the line before it takes all that it would match.`,
          why: say`HAProxy asks the lines in order and the first one that matches decides.`,
          fix: say`Move this line before the more general one, or remove it.`,
          related: [{ at: shadow.at, note: say`This line takes its requests` }],
        };
      }
    }
  },
});

/** A `use_backend` line: the default is for what no line takes, and may well get nothing. */
function isChoice({ at }: Match): boolean {
  return at.source.text.startsWith('use_backend', at.start);
}

/** Whether it makes a difference: what is answered for all is another rule's finding, and so is a backend that gets them anyway. */
function takesAway(shadow: Match, match: Match, { matches }: Entry): boolean {
  if (shadow.when === undefined && !isChoice(shadow)) return false;
  const same = shadow.to.kind !== 'unknown' && nameOfTarget(shadow.to) === nameOfTarget(match.to);
  return !same && matches.includes(shadow);
}
