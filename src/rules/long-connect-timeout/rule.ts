import type { Config } from '../../model/config.ts';
import { placeKey, type Setting } from '../../model/span.ts';
import { duration, say } from '../../text/say.ts';
import { groupBy, isPrimaryUp } from '../shared/lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'long-connect-timeout',
  title: 'Connect timeouts are short',
  severity: 'warning',
  options: {
    'notice-above': { type: 'duration', default: 10_000, describe: 'Maximum connect timeout before it is a notice.' },
    'warn-above': { type: 'duration', default: 30_000, describe: 'Maximum connect timeout before it is a warning.' },
  },
  scope: 'config',
  *check({ config, options }) {
    const servers = new Map(config.pools.map((pool) => [pool.name, pool.servers.filter(isPrimaryUp).length]));
    for (const same of groupBy(connectTimeouts(config), ({ setting }) => placeKey(setting.at)).values()) {
      const [{ pool, setting } = {}] = same;
      const ms = setting?.value;
      if (setting?.written !== true || ms === undefined || ms <= options['notice-above']) continue;
      // Writing the default out changes nothing, so it says nothing either.
      if (ms === config.dialect.defaultConnectMs) continue;
      const others = same.some((place) => (servers.get(place.pool ?? '') ?? 0) > 1);
      yield {
        at: setting.at,
        ...(pool === undefined ? {} : { pool }),
        severity: others && ms > options['warn-above'] ? 'warning' : 'notice',
        what: say`A connection to a server may take ${duration(ms)}.`,
        why: others
          ? say`If the host of a server is gone, each request for it waits that long before another server is tried.`
          : say`If the host of the server is gone, each request waits that long and holds a connection of the balancer.`,
        fix: config.dialect.advice.connectSoon,
      };
    }
  },
});

function* connectTimeouts({ dialect, references, pools }: Config): Generator<Place> {
  for (const { pool, timeouts } of dialect.timeoutsAtReferences ? references : []) {
    if (timeouts.connectMs) yield { pool, setting: timeouts.connectMs };
  }
  for (const { name, timeouts, servers } of pools) {
    if (timeouts.connectMs && servers.length > 0) yield { pool: name, setting: timeouts.connectMs };
  }
}

interface Place {
  readonly pool: string | undefined;
  readonly setting: Setting<number>;
}
