import { count, duration, say } from '../../text/say.ts';
import { groupBy, placeKey } from '../shared/lookups.ts';
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
        what: say`${servers.length === 1 ? say`${first.name} needs` : say`${count(servers.length, 'server')} of ${pool.name} need`} ${duration(ms)} to reach the full share after coming back.`,
        why: say`For that long the others carry its part, and when several servers restart in turn none is ever at full weight.`,
        fix: say`Use as long as warming up really takes, most often ${'30s'} to ${'2m'}.`,
      };
    }
  },
});
