import { mainShare } from '../../model/share.ts';
import { count, percent, say } from '../../text/say.ts';
import { isPrimaryUp } from '../shared/lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'first-fit-algorithm',
  title: 'The algorithm spreads requests over all servers',
  severity: 'warning',
  scope: 'pool',
  *check({ pool, prediction }) {
    const primaries = pool.servers.filter(isPrimaryUp);
    if (pool.algorithm.value?.kind !== 'fill' || primaries.length < 2) return;
    const unlimited = primaries.filter((server) => (server.maxConnections?.value ?? 1) === 0 || !server.maxConnections);
    const full = pool.servers.findIndex((_, i) => (mainShare(prediction.shares[i]) ?? 0) > 0);
    const first = pool.servers[full] ?? primaries[0];
    if (first === undefined) return;
    const share = mainShare(prediction.shares[full]);
    yield {
      at: pool.algorithm.at,
      pool: pool.name,
      severity: unlimited.length === 0 ? 'notice' : 'warning',
      what: say`${pool.name} fills ${first.name} before it uses the others of its ${count(primaries.length, 'server')}.`,
      why:
        unlimited.length === 0
          ? say`At low load ${first.name} gets ${percent(share ?? 1)}, and the others get traffic only when load is already high.`
          : say`${count(unlimited.length, 'server has', 'servers have')} no connection limit and ${unlimited.length === 1 ? say`is` : say`are`} never full, so ${first.name} gets ${percent(share ?? 1)} of the traffic and the others are idle.`,
      fix: pool.dialect.advice.spread,
    };
  },
});
