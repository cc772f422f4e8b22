import { servingMembers } from '../../compare/stages.ts';
import { name, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'zero-weight-server',
  title: 'No server is left at weight 0',
  severity: 'notice',
  scope: 'pool',
  *check({ pool }) {
    if (servingMembers(pool).length === 0) return;
    const sticky = pool.stickiness !== undefined;
    for (const server of pool.servers) {
      if (server.weight.value !== 0 || server.state.value !== 'up') continue;
      yield {
        at: server.weight.at,
        server: server.name,
        what: say`${name(server.name)} of ${name(pool.name)} has weight 0 and gets no new traffic.`,
        why: sticky
          ? say`It is drained but not removed: clients that stick to it still reach it.`
          : say`The others carry its share, and the pool has fewer servers than it seems.`,
        fix: say`Remove the server when the drain is complete, or set a weight.`,
      };
    }
  },
});
