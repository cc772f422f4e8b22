import type { Text } from '../../model/text.ts';
import type { Config } from '../../model/config.ts';
import type { Pool } from '../../model/pool.ts';
import { placeKey } from '../../model/span.ts';
import { count, name, say } from '../../text/say.ts';
import { defineRule, type Draft } from '../rule.ts';

export const rule = defineRule({
  id: 'retry-amplification',
  title: 'Retries cannot multiply the load of a failing pool',
  severity: 'warning',
  options: {
    'max-retries': { type: 'number', default: 3, describe: 'Maximum number of retries of one request.' },
  },
  scope: 'config',
  *check({ config, options }) {
    const fix = config.dialect.advice.retryLess;
    if (fix === undefined) return;
    const most = options['max-retries'];
    for (const pool of config.pools) {
      const draft = manyRetries(pool, most, fix);
      if (draft) yield draft;
    }
    yield* everyServer(config, most, fix);
  },
});

/** Many tries of one request; those for connections alone cost an overloaded server little. */
function manyRetries(pool: Pool, most: number, fix: Text): Draft | undefined {
  const { retries, retriesAnswers, retryBudget } = pool;
  if (retriesAnswers?.value !== true || retries?.value === undefined || retries.value <= most) return undefined;
  if (retryBudget !== undefined) return undefined;
  return {
    at: retries.at,
    pool: pool.name,
    related: retriesAnswers.written ? [{ at: retriesAnswers.at, note: say`repeats requests after any error` }] : [],
    what: say`${name(pool.name)} repeats a failed request up to ${count(retries.value, 'time')}, after any error and without a budget.`,
    why: multiplied(retries.value + 1),
    fix,
  };
}

/** One server is asked after the other; unless limited, each request may reach all of them. */
function* everyServer(config: Config, most: number, fix: Text): Generator<Draft> {
  const pools = new Map(config.pools.map((pool) => [pool.name, pool]));
  const seen = new Set<string>();
  for (const { pool: target, repeats } of config.references) {
    const pool = pools.get(target ?? '');
    if (pool === undefined || repeats?.value !== Infinity) continue;
    const tries = pool.servers.filter((server) => server.state.value !== 'down').length;
    const place = `${placeKey(repeats.at)} ${pool.name}`;
    if (tries <= most || seen.has(place)) continue;
    seen.add(place);
    yield {
      at: repeats.at,
      pool: pool.name,
      what: say`A failed request, also a POST, is repeated on each of the ${tries} servers of ${name(pool.name)}.`,
      why: multiplied(tries),
      fix,
    };
  }
}

function multiplied(times: number): Draft['why'] {
  return say`When the servers are overloaded, every request costs them ${times} times as much, and they cannot recover.`;
}
