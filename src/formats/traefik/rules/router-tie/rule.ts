import { defineRule } from '../../../../rules/rule.ts';
import { nameOfTarget } from '../../../../model/route.ts';
import { say } from '../../../../text/say.ts';

export const rule = defineRule({
  id: 'router-tie',
  title: 'No two routers have one rule and one priority',
  severity: 'warning',
  scope: 'config',
  *check({ config }) {
    for (const { name, matches } of config.entries) {
      for (const [i, match] of matches.entries()) {
        const earlier = matches
          .slice(0, i)
          .find(({ when, to }) => when?.text === match.when?.text && nameOfTarget(to) !== nameOfTarget(match.to));
        if (earlier === undefined || priorityOf(earlier) !== priorityOf(match)) continue;
        yield {
          at: match.at,
          key: `${name} ${match.when?.text ?? ''}`,
          what: say`Two routers have the rule ${match.when?.text ?? 'that every request matches'} and the same priority; one leads to ${nameOfTarget(earlier.to)}, the other to ${nameOfTarget(match.to)}.`,
          why: say`Which of them answers is decided by chance at each start and reload.`,
          fix: say`Set a different ${'priority'} on one of them, or remove it.`,
          related: [{ at: earlier.at, note: say`the other router` }],
        };
      }
    }
  },
});

function priorityOf({
  changes,
}: {
  readonly changes?: ReadonlyMap<string, { readonly value: string | undefined }>;
}): string {
  return changes?.get('priority')?.value ?? '';
}
