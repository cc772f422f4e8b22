import { referencesTo } from '../../compare/references.ts';
import { say } from '../../text/say.ts';
import { isPrimaryUp } from '../shared/lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'no-backend-identity',
  title: 'A response identifies its server',
  severity: 'warning',
  scope: 'pool',
  *check({ pool, config, configs, facts, measuring }) {
    // Only a measurement needs it.
    if (!measuring || pool.protocol !== 'http' || pool.servers.filter(isPrimaryUp).length < 2) return;
    if (facts?.identify !== undefined || pool.dialect.namesServer(pool, config, referencesTo(pool, configs))) return;
    const fix = pool.dialect.advice.nameServers;
    if (fix === undefined) return;
    yield {
      at: pool.at,
      pool: pool.name,
      what: say`No response header or cookie of ${pool.name} names the server that answered.`,
      why: say`A measurement can tell the servers apart only if each response names its server.`,
      fix,
    };
  },
});
