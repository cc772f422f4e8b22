import type { Config } from '../../model/config.ts';
import type { Pool } from '../../model/pool.ts';
import { count, name, say } from '../../text/say.ts';
import { defineRule, type Draft } from '../rule.ts';

export const rule = defineRule({
  id: 'retry-amplification',
  title: 'Retries cannot multiply the load of a failing pool',
  severity: 'warning',
  options: {
    'max-retries': { type: 'number', default: 3, describe: 'Further tries of one request that are accepted.' },
  },
  scope: 'config',
  *check({ config, options }) {
    const most = options['max-retries'];
    for (const pool of config.pools) {
      const draft = pool.dialect.format === 'haproxy' ? everyError(pool, most) : manyAttempts(pool, most);
      if (draft) yield draft;
    }
    yield* everyServer(config, most);
  },
});

/** HAProxy repeats requests on any error only when told so; its own three retries are for connections. */
function everyError(pool: Pool, most: number): Draft | undefined {
  const { retries } = pool;
  const on = pool.options.get('retry-on');
  if (on?.value?.includes('all-retryable-errors') !== true || retries?.value === undefined) return undefined;
  if (retries.value <= most) return undefined;
  return {
    at: retries.at,
    pool: pool.name,
    related: [{ at: on.at, note: say`repeats requests after any error` }],
    what: say`${name(pool.name)} repeats a failed request up to ${count(retries.value, 'time')}, after any error.`,
    why: multiplied(retries.value + 1),
    fix: say`Write ${`retries ${most}`} or less, or retry only what is cheap: ${'retry-on conn-failure empty-response'}.`,
  };
}

function manyAttempts(pool: Pool, most: number): Draft | undefined {
  const { retries } = pool;
  if (pool.dialect.format !== 'neutral' || retries?.value === undefined || retries.value <= most) return undefined;
  if (pool.options.has('retry.budget')) return undefined;
  return {
    at: retries.at,
    pool: pool.name,
    what: say`${name(pool.name)} repeats a failed request up to ${count(retries.value, 'time')}, without a budget.`,
    why: multiplied(retries.value + 1),
    fix: say`Write ${`attempts: ${most}`} or less, or add ${'budget: 0.2'} so that at most a fifth of the requests are retries.`,
  };
}

/** nginx asks one server after the other; unless limited, each request may reach all of them. */
function* everyServer(config: Config, most: number): Generator<Draft> {
  const pools = new Map(config.pools.map((pool) => [pool.name, pool]));
  const seen = new Set<string>();
  for (const { kind, pool: target, options } of config.references) {
    const pool = target === undefined ? undefined : pools.get(target);
    const prefix = kind.replace(/_?pass$/, '');
    const on = options.get(`${prefix}_next_upstream`);
    if (pool === undefined || on?.value?.split(/\s+/).includes('non_idempotent') !== true) continue;
    const tries = pool.servers.filter((server) => server.state.value !== 'down').length;
    const limited = ['tries', 'timeout'].some((what) => {
      const limit = options.get(`${prefix}_next_upstream_${what}`);
      return limit !== undefined && (limit.value === undefined || !/^0\D*$/.test(limit.value));
    });
    const place = `${on.at.source.path} ${on.at.start} ${pool.name}`;
    if (limited || tries <= most || seen.has(place)) continue;
    seen.add(place);
    yield {
      at: on.at,
      pool: pool.name,
      what: say`A failed request, also a POST, is repeated on each of the ${tries} servers of ${name(pool.name)}.`,
      why: multiplied(tries),
      fix: say`Add ${`${prefix}_next_upstream_tries 2;`}, and leave ${'non_idempotent'} out unless repeating a POST is harmless.`,
    };
  }
}

function multiplied(times: number): Draft['why'] {
  return say`When the servers are overloaded, every request costs them ${times} times as much, and they cannot recover.`;
}
