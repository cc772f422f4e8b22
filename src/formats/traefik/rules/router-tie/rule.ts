import { defineRule } from '../../../../rules/rule.ts';
import { nameOfTarget, type Match } from '../../../../model/route.ts';
import { appendTo } from '../../../../text/append.ts';
import { say } from '../../../../text/say.ts';

export const rule = defineRule({
  id: 'router-tie',
  title: 'No two routers have one rule and one priority',
  severity: 'warning',
  scope: 'config',
  *check({ config }) {
    for (const { name, matches } of config.entries) {
      const asked = new Map<string | undefined, Match[]>();
      for (const match of matches) {
        const condition = match.when?.text;
        const earlier = asked.get(condition)?.find(({ to }) => nameOfTarget(to) !== nameOfTarget(match.to));
        appendTo(asked, condition, match);
        if (earlier === undefined || priorityOf(earlier) !== priorityOf(match)) continue;
        yield {
          at: match.at,
          key: `${name} ${condition ?? ''}`,
          what: say`Two routers have the rule ${condition ?? 'that every request matches'} and the same priority; one leads to ${nameOfTarget(earlier.to)}, the other to ${nameOfTarget(match.to)}.`,
          why: say`Which of them answers is decided by chance at each start and reload.`,
          fix: say`Set a different ${'priority'} on one of them, or remove it.`,
          related: [{ at: earlier.at, note: say`the other router` }],
        };
      }
    }
  },
});

function priorityOf({ changes }: Match): string {
  return changes?.get('priority')?.value ?? '';
}
