import type { Config } from '../../model/config.ts';
import type { Pool } from '../../model/pool.ts';
import { placeKey, type Setting } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';
import { isPrimaryUp } from '../shared/lookups.ts';

export const rule = defineRule({
  id: 'failover-off',
  title: 'Failed requests are retried on another server',
  severity: 'warning',
  scope: 'config',
  *check({ config }) {
    const seen = new Set<string>();
    const fix = config.dialect.advice.failOver;
    if (fix === undefined) return;
    for (const { pool, setting } of switchedOff(config)) {
      if (pool.servers.filter(isPrimaryUp).length < 2 || seen.has(placeKey(setting.at))) continue;
      seen.add(placeKey(setting.at));
      yield {
        at: setting.at,
        pool: pool.name,
        what: say`A request to ${pool.name} that fails on one server is not retried on another.`,
        why: say`While a server is down and not yet removed, its share of the requests fails although other servers are available.`,
        fix,
      };
    }
  },
});

interface Off {
  readonly pool: Pool;
  readonly setting: Setting<unknown>;
}

/** Written in the pool, or at the place that leads to it. */
function* switchedOff(config: Config): Generator<Off> {
  const pools = new Map(config.pools.map((pool) => [pool.name, pool]));
  for (const pool of config.pools)
    if (pool.retries?.value === 0 && pool.retries.written) yield { pool, setting: pool.retries };
  for (const { pool: target, failover } of config.references) {
    const pool = pools.get(target ?? '');
    if (pool !== undefined && failover?.value === false) yield { pool, setting: failover };
  }
}
