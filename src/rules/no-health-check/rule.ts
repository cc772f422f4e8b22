import { isBackup, type Pool, type Server } from '../../model/pool.ts';

import { mainShare, type Prediction } from '../../model/share.ts';
import type { Text } from '../../model/text.ts';
import { count, percent, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'no-health-check',
  title: 'Failed servers are detected and removed',
  severity: 'warning',
  scope: 'pool',
  *check({ pool, prediction }) {
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
          : whatFails(pool, prediction),
      fix,
    };
  },
});

/** What the failure of the server with the largest share does; a line that stands for several is as many servers. */
function whatFails(pool: Pool, { shares }: Prediction): Text {
  const ofOne = pool.servers.map(({ instances: { count } }, i) => {
    const share = mainShare(shares[i]);
    return share === null ? null : share / Math.max(1, count.value ?? 1);
  });
  const known = ofOne.flatMap((share) => (share !== null && share > 0 ? [share] : []));
  if (ofOne.includes(null) || known.length === 0)
    return say`A failed server keeps its share, and its requests fail until someone edits the config.`;
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const part = most - least < 1e-9 ? percent(most) : say`up to ${percent(most)}`;
  return say`A failed server keeps its share: ${part} of all requests fail until someone edits the config.`;
}

function isWatched(server: Server): boolean {
  return (
    server.activeCheck !== undefined || (server.passiveCheck !== undefined && server.passiveCheck.maxFails.value !== 0)
  );
}

function instances(servers: Pool['servers']): number {
  return servers.reduce((sum, server) => sum + (server.instances.count.value ?? 2), 0);
}
