import type { Pool } from '../../model/pool.ts';
import type { Setting } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import { isPrimaryUp, placeKey } from '../shared/lookups.ts';
import { defineRule, type Draft } from '../rule.ts';

export const rule = defineRule({
  id: 'failover-off',
  title: 'A request that one server cannot take goes to another',
  severity: 'warning',
  scope: 'config',
  *check({ config }) {
    const seen = new Set<string>();
    const pools = new Map(config.pools.map((pool) => [pool.name, pool]));
    for (const { pool, setting } of [...retriesOff(config.pools), ...nextUpstreamOff(config, pools)]) {
      if (pool.servers.filter(isPrimaryUp).length < 2 || seen.has(placeKey(setting.at))) continue;
      seen.add(placeKey(setting.at));
      yield pool.dialect.format === 'haproxy' ? noRetries(pool, setting) : noNextUpstream(pool, setting);
    }
  },
});

interface Off {
  readonly pool: Pool;
  readonly setting: Setting<unknown>;
}

function* retriesOff(pools: readonly Pool[]): Generator<Off> {
  for (const pool of pools) {
    if (pool.dialect.format === 'haproxy' && pool.retries?.value === 0) yield { pool, setting: pool.retries };
  }
}

function* nextUpstreamOff(
  config: {
    readonly references: readonly { pool: string | undefined; options: ReadonlyMap<string, Setting<string>> }[];
  },
  pools: ReadonlyMap<string, Pool>,
): Generator<Off> {
  for (const reference of config.references) {
    const pool = pools.get(reference.pool ?? '');
    if (pool?.dialect.format !== 'nginx') continue;
    for (const option of [
      'proxy_next_upstream',
      'grpc_next_upstream',
      'fastcgi_next_upstream',
      'uwsgi_next_upstream',
    ]) {
      const setting = reference.options.get(option);
      if (setting?.value === 'off') yield { pool, setting };
    }
  }
}

function noRetries(pool: Pool, setting: Setting<unknown>): Draft {
  return {
    at: setting.at,
    pool: pool.name,
    what: say`${'retries 0'}: a connection that fails is not tried again in ${pool.name}.`,
    why: say`While a server is down and not yet taken out, its share of requests ends in 503 although other servers are free.`,
    fix: say`Write ${'retries 3'} with ${'option redispatch 1'}.`,
  };
}

function noNextUpstream(pool: Pool, setting: Setting<unknown>): Draft {
  return {
    at: setting.at,
    pool: pool.name,
    what: say`Requests to ${pool.name} are not passed on to another server when one cannot be reached.`,
    why: say`Every request that meets a dead server ends in 502 until the server is taken out, and again each time it is tried.`,
    fix: say`Write ${'proxy_next_upstream error timeout;'}; it repeats no request that may have had an effect.`,
  };
}
