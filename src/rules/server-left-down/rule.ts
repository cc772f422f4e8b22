import { servingMembers } from '../../compare/stages.ts';
import { name, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'server-left-down',
  title: 'No server is left disabled in a pool with traffic',
  severity: 'notice',
  scope: 'pool',
  covers: { 'server-disabled': 'server' },
  *check({ pool }) {
    const serving = servingMembers(pool).length;
    if (serving === 0) return;
    for (const server of pool.servers) {
      const state = server.state.value;
      if (state === undefined || state === 'up') continue;
      yield {
        at: server.state.at,
        server: server.name,
        severityIfIntroduced: 'warning',
        what: say`${name(server.name)} of ${name(pool.name)} is disabled in the config (${pool.dialect.terms.state(state)}).`,
        why: say`It gets no traffic until someone edits this line, and the others carry its share.`,
        fix: say`Remove ${pool.dialect.terms.state(state)} to use the server again, or remove the server.`,
      };
    }
  },
});
