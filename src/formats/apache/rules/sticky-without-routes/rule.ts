import { defineRule } from '../../../../rules/rule.ts';
import { isPrimaryUp } from '../../../../rules/shared/lookups.ts';
import { name, say } from '../../../../text/say.ts';

export const rule = defineRule({
  id: 'sticky-without-routes',
  title: 'Sticky sessions find their server',
  severity: 'notice',
  scope: 'pool',
  *check({ pool }) {
    const servers = pool.servers.filter(isPrimaryUp);
    if (
      pool.stickiness === undefined ||
      servers.length < 2 ||
      servers.some(({ stickyValue }) => stickyValue !== undefined)
    )
      return;
    yield {
      at: pool.stickiness.at,
      pool: pool.name,
      severityIfIntroduced: 'warning',
      what: say`${name(pool.name)} has ${'stickysession'}, but no server of it has a ${'route'}.`,
      why: say`The route in the cookie names no server, so clients change servers with every request.`,
      fix: say`Add a unique ${'route='} to each ${'BalancerMember'}.`,
    };
  },
});
