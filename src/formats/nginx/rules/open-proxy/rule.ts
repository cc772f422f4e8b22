import { say } from '../../../../text/say.ts';
import { defineRule } from '../../../../rules/rule.ts';

export const rule = defineRule({
  id: 'open-proxy',
  title: 'No client names the address that is asked',
  severity: 'error',
  scope: 'config',
  *check({ config }) {
    const seen = new Set<number>();
    for (const { matches, name } of config.entries) {
      for (const { at, to, when } of matches) {
        if (to.kind !== 'unknown' || to.openTo === undefined || seen.has(at.start)) continue;
        seen.add(at.start);
        yield {
          at,
          key: `${name} ${when?.text ?? ''}`,
          what: say`In ${name}, clients name the address that their requests are sent to.`,
          why: say`Anyone can reach every host that this machine can reach, such as internal services and metadata addresses.`,
          fix: say`Set the address by a ${'map'} that lists what is allowed, with a ${'default'} that is refused.`,
        };
      }
    }
  },
});
