import { activeBackups, servingMembers, unreadable } from '../../compare/stages.ts';
import { referencesTo } from '../../compare/references.ts';
import type { Server } from '../../model/pool.ts';
import type { Text } from '../../model/text.ts';
import { count, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'no-active-server',
  title: 'Every pool that gets traffic has an active server',
  severity: 'error',
  covers: {
    'server-disabled': 'pool',
    'server-removed': 'pool',
    'server-left-down': 'pool',
    'single-server': 'pool',
    'zero-weight-server': 'pool',
  },
  scope: 'pool',
  *check({ pool, configs }) {
    const { servers } = pool;
    // A pool without any line gets its servers elsewhere, or answers by itself.
    if (servers.length === 0 || pool.dynamic || unreadable(pool) !== undefined) return;
    if (servingMembers(pool).length > 0 || activeBackups(pool).length > 0) return;
    const used =
      !pool.dialect.poolsNeedReferences ||
      referencesTo(pool, configs).length > 0 ||
      configs.some(({ references }) =>
        references.some((reference) => reference.pool === undefined && !reference.address),
      );
    yield {
      at: pool.at,
      pool: pool.name,
      severity: used ? 'error' : 'warning',
      what: say`No server of ${pool.name} can take traffic: ${reasons(servers)}.`,
      why: used
        ? say`Every request to ${pool.name} fails.`
        : say`Nothing sends traffic to it yet; requests that are routed to it later fail.`,
      fix: say`Add at least two active servers, or remove the pool and its routes.`,
      related: servers.slice(0, 3).map((server) => ({ at: server.at, note: say`${server.name} gets no traffic` })),
    };
  },
});

function reasons(servers: readonly Server[]): Text {
  const off = servers.filter((server) => server.state.value !== 'up').length;
  const zero = servers.length - off;
  if (zero === 0) return say`${count(off, 'server is', 'servers are')} disabled`;
  if (off === 0) return say`${count(zero, 'server has', 'servers have')} weight 0`;
  return say`${count(off, 'server is', 'servers are')} disabled and ${count(zero, 'server has', 'servers have')} weight 0`;
}
