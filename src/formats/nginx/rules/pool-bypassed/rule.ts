import { isHostName } from '../../../../text/hosts.ts';
import { name, say } from '../../../../text/say.ts';
import { defineRule } from '../../../../rules/rule.ts';

export const rule = defineRule({
  id: 'pool-bypassed',
  title: 'No traffic goes directly to a member of a pool',
  severity: 'warning',
  covers: { 'retargeted-route': 'pool' },
  scope: 'config',
  *check({ config }) {
    const members = new Map(
      config.pools
        .filter((pool) => pool.servers.length > 1)
        .flatMap((pool) =>
          pool.servers.map((server) => [endpoint(server.address, server.port?.value), { pool, server }]),
        ),
    );
    for (const { kind, address, at } of config.references) {
      if (address === undefined) continue;
      const member = members.get(endpoint(address.host, address.port));
      if (member === undefined) continue;
      const { pool, server } = member;
      yield {
        at,
        pool: pool.name,
        server: server.name,
        related: [{ at: server.at, note: say`member of ${name(pool.name)}` }],
        what: say`${kind} sends requests directly to ${name(server.name)}, a member of ${name(pool.name)}.`,
        why: say`These requests come on top of its share of the pool, and no other server takes over when it fails.`,
        fix: say`Set ${name(pool.name)} as the target, or ignore this with the reason why only ${name(server.name)} can answer.`,
      };
    }
  },
});

function endpoint(host: string | undefined, port: number | undefined): string | undefined {
  if (host === undefined) return undefined;
  return `${isHostName(host) ? host.toLowerCase() : host} ${port ?? ''}`;
}
