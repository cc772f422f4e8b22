import { servingMembers } from '../../compare/stages.ts';
import type { Pool, Server } from '../../model/pool.ts';
import type { Text } from '../../model/text.ts';
import { duration, name, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'slow-start-ineffective',
  title: 'A configured slow start takes effect',
  severity: 'warning',
  scope: 'pool',
  *check({ pool }) {
    if (servingMembers(pool).length < 2) return;
    for (const server of pool.servers) {
      const { slowStartMs } = server;
      if (slowStartMs?.value === undefined || slowStartMs.value === 0) continue;
      const reason = obstacle(pool, server);
      if (reason === undefined) continue;
      yield {
        at: slowStartMs.at,
        what: say`The slow start of ${duration(slowStartMs.value)} in ${name(pool.name)} has no effect: ${reason.because}.`,
        why: say`A server that comes back cold gets its full share at once, and may fail again under it.`,
        fix: reason.fix,
      };
      return;
    }
  },
});

function obstacle(pool: Pool, server: Server): { because: Text; fix: Text } | undefined {
  const { advice, terms } = pool.dialect;
  if (!server.activeCheck && !server.passiveCheck && advice.addServerCheck !== undefined) {
    return {
      because: say`${name(server.name)} has no health check, so it is never removed and never comes back`,
      fix: advice.addServerCheck,
    };
  }
  const algorithm = pool.algorithm.value;
  if (algorithm?.fixed !== true) return undefined;
  const instead = (algorithm.kind === 'hash' ? terms.consistentHash : undefined) ?? terms.roundRobin;
  return {
    because: say`${algorithm.native} cannot change a weight at run time`,
    fix: say`Set ${instead}, or remove ${terms.slowStart ?? 'the slow start'}.`,
  };
}
