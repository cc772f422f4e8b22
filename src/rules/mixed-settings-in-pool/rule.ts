import type { Pool, Server } from '../../model/pool.ts';
import { list, name, say } from '../../text/say.ts';
import { isPrimaryUp } from '../shared/lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'mixed-settings-in-pool',
  title: 'All servers of a pool have the same settings',
  severity: 'notice',
  scope: 'pool',
  *check({ pool }) {
    const servers = pool.servers.filter(isPrimaryUp);
    const settings = servers.map((server) => settingsOf(pool, server));
    const holders = new Map<string, number>();
    for (const setting of settings.flatMap((own) => [...own])) holders.set(setting, (holders.get(setting) ?? 0) + 1);
    // Three alike make a fourth odd; among two nobody is.
    const nearlyAll = [...holders]
      .filter(([, n]) => servers.length >= 3 && n === servers.length - 1)
      .map(([setting]) => setting);
    if (nearlyAll.length === 0) return;
    for (const [i, server] of servers.entries()) {
      const missing = nearlyAll.filter((setting) => !settings[i]?.has(setting));
      if (missing.length === 0) continue;
      const proxyHeader = missing.includes('send-proxy');
      yield {
        at: server.at,
        pool: pool.name,
        server: server.name,
        ...(proxyHeader ? { severity: 'warning' as const } : {}),
        what: say`${server.name} has no ${list(missing.toSorted())}; the other ${servers.length - 1} servers of ${pool.name} have.`,
        why: proxyHeader
          ? say`A server that expects the PROXY header refuses every request without it, and one that does not refuses every request with it.`
          : say`Most often such a line was copied or changed by hand, and the server behaves differently under load or failure.`,
        fix: say`Write the same options on every line, best once for all${pool.dialect.terms.allServers === undefined ? say`` : say` with ${name(pool.dialect.terms.allServers)}`}.`,
      };
    }
  },
});

/** The product's names of everything that a server line sets. */
function settingsOf(pool: Pool, server: Server): ReadonlySet<string> {
  const options = [...server.options.keys()].filter((option) => !pool.dialect.ownOptions.has(option));
  // Every version of the PROXY header is one.
  const found = new Set(options.map((option) => (option.startsWith('send-proxy') ? 'send-proxy' : option)));
  if ((server.maxConnections?.value ?? 1) > 0 && server.maxConnections) found.add(pool.dialect.terms.maxConnections);
  const { slowStart, checkInterval, maxFails, ejectTime } = pool.dialect.terms;
  if (server.slowStartMs && slowStart !== undefined) found.add(slowStart);
  if (server.activeCheck?.intervalMs?.written === true && checkInterval !== undefined) found.add(checkInterval);
  const passive = server.passiveCheck === pool.passiveCheck ? undefined : server.passiveCheck;
  if (passive?.maxFails.written === true && maxFails !== undefined) found.add(maxFails);
  if (passive?.ejectMs?.written === true && ejectTime !== undefined) found.add(ejectTime);
  return found;
}
