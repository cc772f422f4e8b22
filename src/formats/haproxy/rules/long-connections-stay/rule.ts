import { duration, list, say } from '../../../../text/say.ts';
import { compared } from '../../../../rules/shared/comparing.ts';
import { defineRule } from '../../../../rules/rule.ts';

export const rule = defineRule({
  id: 'long-connections-stay',
  title: 'New servers get traffic soon',
  severity: 'notice',
  scope: 'change',
  options: {
    'min-idle': { type: 'duration', default: 600_000, describe: 'Idle time from which connections count as long.' },
  },
  *check({ change, options }) {
    const pool = compared(change)?.head.pool;
    const idle = pool?.timeouts.serverMs?.value;
    if (pool?.protocol !== 'tcp' || idle === undefined || (idle !== 0 && idle < options['min-idle'])) return;
    const added = change.servers.flatMap(({ base, head }) =>
      base === undefined && head?.state.value === 'up' && head.priority.value === 0 ? [head] : [],
    );
    const [first, ...others] = added;
    if (first === undefined || added.length === pool.servers.length) return;
    yield {
      at: first.at,
      key: 'added',
      what: say`${list(added.map(({ name }) => name))} of ${pool.name} ${others.length === 0 ? say`gets` : say`get`} new connections only, and connections may stay open for ${idle === 0 ? say`ever` : duration(idle)}.`,
      why: say`Open connections are not moved, so the servers that were there keep their load until clients reconnect.`,
      fix: say`Set a shorter life of connections at the clients, or close some of them after the reload.`,
      related: others.map(({ at, name }) => ({ at, note: say`${name} too` })),
    };
  },
});
