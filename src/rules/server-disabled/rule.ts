import type { ServerChange } from '../../compare/compare.ts';
import { isBackup, type Server } from '../../model/pool.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { percent, say } from '../../text/say.ts';
import { compared } from '../shared/comparing.ts';
import { CONSEQUENCES_OF_LOSS, lossSeverity, takenOver } from '../shared/lost-servers.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'server-disabled',
  title: 'No server with traffic is disabled',
  severity: 'warning',
  scope: 'change',
  covers: CONSEQUENCES_OF_LOSS,
  options: {
    'max-share': { type: 'percent', default: 0.5, describe: 'Minimum share of the pool that makes it an error.' },
  },
  *check({ change, options }) {
    const sides = compared(change);
    if (sides === undefined) return;
    const off = change.servers.flatMap((server) => {
      const how = switchedOff(server);
      return how === undefined ? [] : [{ server, how }];
    });
    const lost = off.reduce<number | null>((sum, { server: { shareBefore } }) => {
      return sum === null || shareBefore === null ? null : sum + shareBefore;
    }, 0);
    for (const { server, how } of off) {
      const had = server.shareBefore === null ? say`` : say`; it had ${percent(server.shareBefore)} of the traffic`;
      yield {
        at: how.at,
        server: how.name,
        severity: lossSeverity(change, sides, lost, options['max-share']),
        what: say`${how.name} of ${sides.head.pool.name} ${how.words}${had}.`,
        why: takenOver(change, sides),
        fix: say`Remove the change, unless the other servers can handle the peak; note when ${how.name} comes back.`,
      };
    }
  },
});

/** How a server that served in base stops serving in head, and the place that says so. */
function switchedOff({
  base,
  head,
}: ServerChange): { readonly name: string; readonly at: Span; readonly words: Text } | undefined {
  if (base === undefined || head === undefined || !serves(base)) return undefined;
  const { name, state, weight, priority } = head;
  if (state.value === 'down') return { name, at: state.at, words: say`is disabled` };
  if (state.value === 'drain') return { name, at: state.at, words: say`is drained` };
  if (weight.value === 0) return { name, at: weight.at, words: say`gets weight 0` };
  if (isBackup(head) === true) return { name, at: priority.at, words: say`becomes a backup` };
  return undefined;
}

function serves(server: Server): boolean {
  return server.state.value === 'up' && server.weight.value !== 0 && isBackup(server) === false;
}
