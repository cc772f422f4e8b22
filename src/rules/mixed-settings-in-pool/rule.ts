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
    const alone = [...holders].filter(([setting, n]) => servers.length >= 3 && n === 1 && ON_THE_WIRE.has(setting));
    for (const [setting] of alone) {
      const server = servers[settings.findIndex((own) => own.has(setting))];
      if (server === undefined) continue;
      yield {
        at: server.at,
        pool: pool.name,
        server: server.name,
        severity: 'warning',
        what: say`Only ${server.name} has ${list([setting])}, unlike the other ${servers.length - 1} servers of ${pool.name}.`,
        why: say`Servers of one pool usually expect the same protocol, and a server that expects another one refuses every request.`,
        fix: say`Set it on every server, or on none.`,
      };
    }
    if (nearlyAll.length === 0) return;
    for (const [i, server] of servers.entries()) {
      const missing = nearlyAll.filter((setting) => !settings[i]?.has(setting));
      if (missing.length === 0) continue;
      const proxyHeader = missing.some((setting) => ON_THE_WIRE.has(setting));
      yield {
        at: server.at,
        pool: pool.name,
        server: server.name,
        ...(proxyHeader ? { severity: 'warning' as const } : {}),
        what: say`${server.name} has no ${list(missing.toSorted())}, unlike the other ${servers.length - 1} servers of ${pool.name}.`,
        why: proxyHeader
          ? say`A server that expects it refuses every request without it, and any other server refuses every request with it.`
          : say`Such a line is usually a copying error, and the server behaves differently under load or failure.`,
        fix: say`Set the same options on every server${pool.dialect.terms.allServers === undefined ? say`` : say`, best once with ${name(pool.dialect.terms.allServers)}`}.`,
      };
    }
  },
});

const PROXY_HEADER = 'PROXY header';
const TLS = 'TLS';
/** Without the right one of these a server understands no request. */
const ON_THE_WIRE: ReadonlySet<string> = new Set([PROXY_HEADER, TLS, 'proto']);

/** The product's names of everything that a server line sets. */
function settingsOf(pool: Pool, server: Server): ReadonlySet<string> {
  const found = new Set([...server.options.keys()].filter((option) => !pool.dialect.ownOptions.has(option)));
  if (server.proxyHeader?.value === true) found.add(PROXY_HEADER);
  if (server.tls?.value === true) found.add(TLS);
  if ((server.maxConnections?.value ?? 1) > 0 && server.maxConnections) found.add(pool.dialect.terms.maxConnections);
  const { slowStart, checkInterval, maxFails, ejectTime } = pool.dialect.terms;
  if (server.slowStartMs && slowStart !== undefined) found.add(slowStart);
  if (server.activeCheck?.intervalMs?.written === true && checkInterval !== undefined) found.add(checkInterval);
  const passive = server.passiveCheck === pool.passiveCheck ? undefined : server.passiveCheck;
  if (passive?.maxFails.written === true && maxFails !== undefined) found.add(maxFails);
  if (passive?.ejectMs?.written === true && ejectTime !== undefined) found.add(ejectTime);
  return found;
}
