import { say } from '../../../../text/say.ts';
import { defineRule } from '../../../../rules/rule.ts';

export const rule = defineRule({
  id: 'single-live-server',
  title: 'The only live server of a pool is never ejected',
  severity: 'warning',
  scope: 'pool',
  *check({ pool, facts }) {
    const live = pool.servers.filter(({ state }) => state.value !== 'down');
    const [down] = pool.servers.filter(({ state }) => state.value === 'down');
    const [only] = live;
    if (only === undefined || live.length > 1 || down === undefined || facts?.single === true) return;
    if (only.instances.named === 'unknown' || only.passiveCheck?.maxFails.value === 0) return;
    yield {
      at: down.at,
      server: only.name,
      what: say`With the ${'down'} line, ${pool.name} counts as more than one server, so its only live one can be ejected.`,
      why: say`After one failure nginx answers every request with 502 for ${'fail_timeout'}; a pool of one server is always tried.`,
      fix: say`Remove the line, or set ${'max_fails=0'} on ${only.name}.`,
    };
  },
});
