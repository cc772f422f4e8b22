import { say } from '../../text/say.ts';
import { isPrimaryUp } from '../shared/lookups.ts';
import type { Pool } from '../../model/pool.ts';
import { defineRule, type Draft } from '../rule.ts';

export const rule = defineRule({
  id: 'low-cardinality-hash-key',
  title: 'The hash key has many different values',
  severity: 'warning',
  covers: { 'modulo-hash': 'pool' },
  scope: 'pool',
  *check({ pool }) {
    yield* stuckTogether(pool);
    const algorithm = pool.algorithm.value;
    if (algorithm?.kind !== 'hash' || !hasSeveral(pool)) return;
    const few = pool.dialect.fewValues(algorithm.key);
    if (few === undefined) return;
    yield {
      at: pool.algorithm.at,
      pool: pool.name,
      severity: few,
      what: say`${pool.name} picks the server by ${algorithm.key.native}, which has few different values.`,
      why: say`Every request with the same value goes to the same server, so a popular value overloads one and leaves others idle.`,
      fix: say`Set a key that differs between users or objects: ${pool.dialect.advice.hashMore}.`,
    };
  },
});

/** One line may stand for many servers. */
function hasSeveral({ servers }: Pool): boolean {
  return servers.filter(isPrimaryUp).reduce((sum, { instances }) => sum + (instances.count.value ?? 2), 0) > 1;
}

/** A table that keeps clients on servers by something that is the same for most of them. */
function* stuckTogether(pool: Pool): Generator<Draft> {
  const key = pool.stickiness?.type === 'table' ? pool.stickiness.name : undefined;
  if (key?.value === undefined || !hasSeveral(pool)) return;
  if (pool.dialect.fewValues({ of: 'other', native: key.value }) === undefined) return;
  yield {
    at: key.at,
    pool: pool.name,
    key: 'table',
    severity: 'notice',
    what: say`${pool.name} keeps clients on a server by ${key.value}, which is the same for most or all of them.`,
    why: say`All of them stay on one server, and the others are idle until it fails.`,
    fix: say`Remove the line, unless one server at a time is intended.`,
  };
}
