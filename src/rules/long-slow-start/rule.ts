import { placeKey } from '../../model/span.ts';
import { count, duration, say } from '../../text/say.ts';
import { groupBy } from '../shared/lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'long-slow-start',
  title: 'A returning server reaches its full share within minutes',
  severity: 'warning',
  options: { max: { type: 'duration', default: 600_000, describe: 'Maximum slow start before it is a warning.' } },
  scope: 'pool',
  *check({ pool, options }) {
    const max = options['max'];
    const places = groupBy(pool.servers, ({ slowStartMs: setting }) =>
      setting?.value !== undefined && setting.value > max ? placeKey(setting.at) : undefined,
    );
    for (const servers of places.values()) {
      const [first] = servers;
      const ms = first?.slowStartMs?.value;
      if (first?.slowStartMs === undefined || ms === undefined) continue;
      yield {
        at: first.slowStartMs.at,
        pool: pool.name,
        ...(servers.length === 1 ? { server: first.name } : {}),
        what: say`${servers.length === 1 ? say`${first.name} needs` : say`${count(servers.length, 'server')} of ${pool.name} need`} ${duration(ms)} to reach the full share after a restart.`,
        why: say`During that time the others carry its share; when several servers restart one after another, none is at full weight.`,
        fix: say`Set the time that warming up really takes, usually ${'30s'} to ${'2m'}.`,
      };
    }
  },
});
