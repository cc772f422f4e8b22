import { implies } from '../../../../compare/conditions.ts';
import type { Match } from '../../../../model/route.ts';
import { defineRule } from '../../../../rules/rule.ts';
import { say } from '../../../../text/say.ts';

export const rule = defineRule({
  id: 'unreachable-listener-rule',
  title: 'Every rule of a listener can be reached',
  severity: 'warning',
  scope: 'config',
  *check({ config }) {
    for (const { name, matches } of config.entries) {
      for (const [i, match] of matches.entries()) {
        if (match.when === undefined) continue;
        const before = matches.slice(0, Math.min(i, MOST)).find((earlier) => takesAllOf(match, earlier));
        if (before === undefined) continue;
        yield {
          at: match.when.at,
          key: `${name} ${match.when.text}`,
          what: say`No request of ${name} reaches the rule for ${match.when.text}: a rule that is asked before takes all of them.`,
          why: say`The first rule that fits decides, so what this one says never happens.`,
          fix: say`Set a lower priority number for this rule, or remove it.`,
          related: [{ at: before.at, note: say`This rule takes its requests` }],
        };
      }
    }
  },
});

/** A listener has at most 100 rules unless the quota is raised; what comes first takes the most. */
const MOST = 200;

/** Whether whatever fits a rule fits an earlier one too. */
function takesAllOf({ when }: Match, earlier: Match): boolean {
  return (
    earlier.when === undefined ||
    (when !== undefined && (earlier.when.text === when.text || implies(when, earlier.when)))
  );
}
