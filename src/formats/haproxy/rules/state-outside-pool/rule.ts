import { isBackup, type Caveat, type Pool } from '../../../../model/pool.ts';
import type { Text } from '../../../../model/text.ts';
import { say, sentence } from '../../../../text/say.ts';
import { defineRule } from '../../../../rules/rule.ts';

export const rule = defineRule({
  id: 'state-outside-pool',
  title: 'The file alone decides how traffic is split',
  severity: 'notice',
  scope: 'config',
  *check({ config }) {
    const seen = new Set<number>();
    for (const pool of config.pools) {
      for (const caveat of pool.caveats) {
        const effect = effectOf(pool, caveat);
        // A line of `defaults` is reported once, for the first pool that has it.
        if (effect === undefined || seen.has(caveat.at.start)) continue;
        seen.add(caveat.at.start);
        yield {
          at: caveat.at,
          pool: pool.name,
          what: sentence(say`In ${pool.name}, ${caveat.reason}`),
          ...effect,
        };
      }
    }
  },
});

/** What it means in practice; undefined for what other rules report. */
function effectOf(pool: Pool, { at }: Caveat): { readonly why: Text; readonly fix: Text } | undefined {
  const line = at.source.text.slice(at.start, at.end);
  if (line.startsWith('load-server-state'))
    return {
      why: say`A reload keeps weights and states that were set at run time, so the weights of this file may not be in effect.`,
      fix: say`Set the weights at run time as well, or remove the state file before the reload.`,
    };
  if (line.startsWith('stick') && pool.servers.some((server) => isBackup(server) === true))
    return {
      why: say`When the primary returns, clients in the table stay on the backup until their entry expires.`,
      fix: say`Add ${'on-marked-up shutdown-backup-sessions'} to the primary and a short ${'expire'} to the table.`,
    };
  if (line.startsWith('agent-check'))
    return {
      why: say`An agent that answers with a percentage changes the share of its server, and a weight in this file is only the start.`,
      fix: say`Remove ${'agent-check'}, unless the agents should decide.`,
    };
  return undefined;
}
