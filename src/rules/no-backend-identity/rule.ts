import { referencesTo } from '../../compare/references.ts';
import { say } from '../../text/say.ts';
import { isPrimaryUp } from '../shared/lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'no-backend-identity',
  title: 'A response identifies its server',
  severity: 'notice',
  scope: 'pool',
  *check({ pool, config, configs, facts, measuring }) {
    if (pool.protocol !== 'http' || pool.servers.filter(isPrimaryUp).length < 2) return;
    if (facts?.identify !== undefined || pool.dialect.namesServer(pool, config, referencesTo(pool, configs))) return;
    const fix = pool.dialect.advice.nameServers;
    if (fix === undefined) return;
    yield {
      at: pool.at,
      pool: pool.name,
      severity: measuring ? 'warning' : 'notice',
      what: say`No response header or cookie of ${pool.name} names the server that answered.`,
      why: measuring
        ? say`A measurement can tell the servers apart only if each response names its server.`
        : say`Without it, clients cannot see how traffic is split, or which server sent a wrong response.`,
      fix,
    };
  },
});
