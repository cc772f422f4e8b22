import { say } from '../../../../text/say.ts';
import { isPrimaryUp } from '../../../../rules/shared/lookups.ts';
import { defineRule } from '../../../../rules/rule.ts';

export const rule = defineRule({
  id: 'no-redispatch',
  title: 'A retry goes to a different server',
  severity: 'notice',
  scope: 'pool',
  coveredBy: { 'no-health-check': 'pool' },
  *check({ pool }) {
    if (pool.servers.filter(isPrimaryUp).length < 2 || pool.retries?.value === 0) return;
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
        ? say`Retries go to the same server: clients with the cookie of a failed one get 503 ${checked ? say`until the check removes it` : say`while it is down, since nothing checks it`}.`
        : say`Retries go to the same server: ${checked ? say`until the check removes a failed one,` : say`while a server is down,`} its share of requests gets 503 although others are available.`,
      fix: say`Add ${'option redispatch 1'} to ${'defaults'}.`,
    };
  },
});
