import type { Server } from '../../model/pool.ts';
import { mainShare } from '../../model/share.ts';
import { count, percent, say, sentences } from '../../text/say.ts';
import { groupBy } from '../shared/lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'duplicate-server',
  title: 'Each server is listed once in a pool',
  severity: 'warning',
  scope: 'pool',
  *check({ pool, prediction }) {
    const apart = [...pool.dialect.targetOptions];
    const groups = groupBy(pool.servers.entries(), ([, server]) => targetOf(server, apart));
    for (const group of groups.values()) {
      const servers = group.map(([, server]) => server);
      const last = servers.at(-1);
      const lines = servers.flatMap(({ at, alsoAt = [] }) => [at, ...alsoAt]);
      const lastLine = lines.at(-1);
      if (lines.length < 2 || last === undefined || lastLine === undefined) continue;
      const shares = group.map(([index]) => mainShare(prediction.shares[index]));
      const together = shares.includes(null) ? null : shares.reduce<number>((sum, share) => sum + (share ?? 0), 0);
      const address = display(last);
      yield {
        at: lastLine,
        pool: pool.name,
        server: last.name,
        severityIfIntroduced: 'error',
        what: sentences(
          say`${address} is listed ${count(lines.length, 'time')} in ${pool.name}.`,
          ...(together === null || together === 0
            ? []
            : [say`Together the lines get ${percent(together)} of its traffic.`]),
        ),
        why: say`Each line gets its own share, so one machine carries several shares, and the pool has fewer servers than it seems.`,
        fix: say`Remove the line, or set the address of the intended server; a larger share is a weight.`,
        related: lines.slice(0, -1).map((at) => ({ at, note: say`${address} is also here` })),
      };
    }
  },
});

/** What two lines must share to reach one and the same process; undefined when the file does not tell. */
function targetOf(server: Server, options: readonly string[]): string | undefined {
  const { address, port } = server;
  if (address === undefined || address === '*' || server.state.value !== 'up') return undefined;
  if (port !== undefined && port.value === undefined) return undefined;
  // Lines of one name get different addresses when each is resolved by itself.
  if (server.resolves === 'one') return undefined;
  const apart = options.map((option) => server.options.get(option)?.value ?? '').join('\0');
  return `${canonical(address)} ${port?.value ?? ''} ${server.priority.value ?? '?'} ${apart}`;
}

/** Host names without case, IPv6 in its shortest form. */
function canonical(address: string): string {
  if (address.startsWith('unix:')) return address;
  if (!address.includes(':')) return address.toLowerCase();
  const url = `http://[${address}]`;
  return URL.canParse(url) ? new URL(url).hostname : address.toLowerCase();
}

function display({ address = '', port }: Server): string {
  if (port?.value === undefined) return address;
  return `${address.includes(':') ? `[${address}]` : address}:${port.value}`;
}
