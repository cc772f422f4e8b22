import { say } from '../../../../text/say.ts';
import { isPrimaryUp } from '../../../../rules/shared/lookups.ts';
import { defineRule } from '../../../../rules/rule.ts';

export const rule = defineRule({
  id: 'no-redispatch',
  title: 'A retry goes to a different server',
  severity: 'notice',
  scope: 'pool',
  *check({ pool }) {
    if (pool.dialect.format !== 'haproxy' || pool.servers.filter(isPrimaryUp).length < 2 || pool.retries?.value === 0)
      return;
    const redispatch = pool.options.get('option redispatch');
    if (redispatch !== undefined && redispatch.value !== '0') return;
    const pinned = pool.stickiness?.type === 'cookie';
    const checked = pool.servers.every((server) => server.activeCheck);
    yield {
      at: redispatch?.at ?? pool.at,
      pool: pool.name,
      severity: pinned && !checked ? 'warning' : 'notice',
      what: say`${pool.name} has no ${'option redispatch'}.`,
      why: pinned
        ? say`Retries go to the same server again: who holds the cookie of a dead one gets 503 ${checked ? say`until the check has taken it out` : say`as long as it is dead, since nothing checks it`}.`
        : say`Retries go to the same server again: ${checked ? say`until the check has taken a dead one out,` : say`as long as a server is dead,`} its share of requests gets 503 although others are free.`,
      fix: say`Write ${'option redispatch 1'} in ${'defaults'}.`,
    };
  },
});
