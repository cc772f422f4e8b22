import { movesMostKeys } from '../../model/algorithm.ts';
import { percent, say } from '../../text/say.ts';
import { isPrimaryUp } from '../shared/lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'modulo-hash',
  title: 'Adding or losing a server moves few keys',
  severity: 'notice',
  scope: 'pool',
  *check({ pool }) {
    const algorithm = pool.algorithm.value;
    const servers = pool.servers.filter(isPrimaryUp).length;
    if (algorithm === undefined || !movesMostKeys(algorithm) || servers < 2) return;
    const fix = pool.dialect.advice.useConsistentHash(pool);
    if (fix === undefined) return;
    yield {
      at: pool.algorithm.at,
      pool: pool.name,
      what: say`${algorithm.native} of ${pool.name} maps keys to servers by the number of servers.`,
      why: say`One more server moves about ${percent(servers / (servers + 1))} of all keys at once, with their caches and sessions; a consistent hash moves about ${percent(1 / (servers + 1))}.`,
      fix,
    };
  },
});
