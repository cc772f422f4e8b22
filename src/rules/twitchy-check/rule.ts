import { servingMembers } from '../../compare/active.ts';
import type { FormatName, HealthCheck } from '../../model/config.ts';
import type { Text } from '../../model/text.ts';
import { duration, name, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

/** With checks further apart than this, one failure is no blink. Milliseconds. */
const BLINK = 2000;

export const rule = defineRule({
  id: 'twitchy-check',
  title: 'One brief failure does not remove a server',
  severity: 'notice',
  formats: ['haproxy', 'nginx', 'neutral'],
  scope: 'pool',
  *check({ pool }) {
    if (servingMembers(pool).length < 2) return;
    for (const { activeCheck } of pool.servers) {
      const found = activeCheck && twitch(activeCheck);
      if (activeCheck === undefined || found === undefined) continue;
      yield {
        at: found.at,
        what: say`${found.what} in ${name(pool.name)}.`,
        why: say`Under load several servers can be taken out at once, and the rest get all their traffic.`,
        fix: FIX[pool.format],
      };
      return;
    }
  },
});

const FIX: Readonly<Record<FormatName, Text>> = {
  haproxy: say`Write ${'fall 3'}.`,
  nginx: say`Write ${'fails=3'}.`,
  neutral: say`Write ${'unhealthyAfter: 3'} and a ${'timeout'} below the ${'interval'}.`,
};

function twitch({ fall, intervalMs, timeoutMs, at }: HealthCheck): { at: HealthCheck['at']; what: Text } | undefined {
  const interval = intervalMs?.value;
  if (interval === undefined) return undefined;
  if (fall?.value === 1 && interval < BLINK) {
    return { at: fall.at, what: say`One failed check, ${duration(interval)} apart, takes a server out` };
  }
  if (fall?.value === 1 && timeoutMs?.value !== undefined && timeoutMs.value >= interval) {
    return {
      at: timeoutMs.at ?? at,
      what: say`A check may take ${duration(timeoutMs.value)}, longer than the ${duration(interval)} between checks, and one failure takes a server out`,
    };
  }
  return undefined;
}
