import { say } from '../../text/say.ts';
import { isPrimaryUp } from '../shared/lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'low-cardinality-hash-key',
  title: 'The hash key has many different values',
  severity: 'warning',
  covers: { 'modulo-hash': 'pool' },
  scope: 'pool',
  *check({ pool }) {
    const algorithm = pool.algorithm.value;
    if (algorithm?.kind !== 'hash' || pool.servers.filter(isPrimaryUp).length < 2) return;
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
