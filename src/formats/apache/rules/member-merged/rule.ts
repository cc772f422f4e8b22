import { defineRule } from '../../../../rules/rule.ts';
import { name, say } from '../../../../text/say.ts';

export const rule = defineRule({
  id: 'member-merged',
  title: 'Each server of a balancer has one line',
  severity: 'warning',
  scope: 'pool',
  *check({ pool }) {
    for (const { name: server, options, at } of pool.servers) {
      const again = options.get('line of the same URL');
      if (again === undefined) continue;
      yield {
        at: again.at,
        pool: pool.name,
        server,
        what: say`${name(server)} has two lines in ${name(pool.name)}, which Apache merges into one.`,
        why: say`It counts once, with the later of two settings; the balancer has fewer servers than lines.`,
        fix: say`Remove the line, or set the URL of the intended server.`,
        related: [{ at, note: say`${name(server)} is here first` }],
      };
    }
  },
});
