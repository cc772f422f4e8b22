import { isBackup, type Pool, type Server } from '../../model/pool.ts';
import { count, percent, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'no-health-check',
  title: 'Failed servers are detected and removed',
  severity: 'warning',
  scope: 'pool',
  *check({ pool }) {
    const fix = pool.dialect.advice.addCheck;
    if (fix === undefined) return;
    const servers = pool.servers.filter((server) => server.state.value !== 'down' && server.state.value !== 'drain');
    if (instances(servers) < 2 || servers.some(isWatched)) return;
    if (pool.uncheckedOnPurpose === true) return;
    const backups = servers.filter((server) => isBackup(server) === true);
    yield {
      at: pool.at,
      pool: pool.name,
      severity: pool.dynamic || !pool.dialect.checksAreUsual ? 'notice' : 'warning',
      what: say`None of the ${count(servers.length, 'server')} of ${pool.name} has a health check.`,
      why:
        backups.length > 0
          ? say`Nothing detects that a server is down, so the backups never take over.`
          : say`A failed server keeps its share: ${percent(1 / instances(servers))} of all requests fail until someone edits the config.`,
      fix,
    };
  },
});

function isWatched(server: Server): boolean {
  return (
    server.activeCheck !== undefined || (server.passiveCheck !== undefined && server.passiveCheck.maxFails.value !== 0)
  );
}

function instances(servers: Pool['servers']): number {
  return servers.reduce((sum, server) => sum + (server.instances.count.value ?? 2), 0);
}
