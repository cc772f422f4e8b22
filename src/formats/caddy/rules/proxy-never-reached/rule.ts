import { defineRule } from '../../../../rules/rule.ts';
import { name, say } from '../../../../text/say.ts';

export const rule = defineRule({
  id: 'proxy-never-reached',
  title: 'Every pool of a site gets requests',
  severity: 'notice',
  scope: 'config',
  *check({ config }) {
    // What is not read may lead there.
    if (config.unknowns.length > 0) return;
    for (const { unreached, at, pool = '', from = '' } of config.references) {
      if (unreached !== true) continue;
      yield {
        at,
        pool,
        severityIfIntroduced: 'warning',
        what: say`No request of ${name(from)} reaches this ${'reverse_proxy'}.`,
        why: say`A handler before it in Caddy's order takes every request that gets there.`,
        fix: say`Add a matcher to the one before it, or remove this one.`,
      };
    }
  },
});
