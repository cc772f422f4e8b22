import type { Text } from '../../model/text.ts';
import { servingMembers } from '../../compare/stages.ts';
import type { HealthCheck } from '../../model/pool.ts';
import { duration, name, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

/** With checks further apart than this, one failure is no blink. Milliseconds. */
const BLINK = 2000;

export const rule = defineRule({
  id: 'twitchy-check',
  title: 'One brief failure does not remove a server',
  severity: 'notice',
  scope: 'pool',
  *check({ pool }) {
    if (servingMembers(pool).length < 2) return;
    for (const { activeCheck } of pool.servers) {
      const found = activeCheck && twitch(activeCheck);
      const fix = pool.dialect.advice.checkPatiently;
      if (activeCheck === undefined || found === undefined || fix === undefined) continue;
      yield {
        at: found.at,
        what: say`In ${name(pool.name)}, ${found.what}.`,
        why: say`Under load several servers can be removed at once, and the others get all their traffic.`,
        fix,
      };
      return;
    }
  },
});

function twitch({ fall, intervalMs, timeoutMs, at }: HealthCheck): { at: HealthCheck['at']; what: Text } | undefined {
  const interval = intervalMs?.value;
  if (interval === undefined) return undefined;
  if (fall?.value === 1 && interval < BLINK) {
    return { at: fall.at, what: say`one failed check removes a server, and checks are ${duration(interval)} apart` };
  }
  if (fall?.value === 1 && timeoutMs?.value !== undefined && timeoutMs.value >= interval) {
    return {
      at: timeoutMs.at ?? at,
      what: say`a check may take ${duration(timeoutMs.value)}, longer than the ${duration(interval)} between checks, and one failure removes a server`,
    };
  }
  return undefined;
}
