import { activeBackups, activePrimaries, servingMembers } from '../../compare/stages.ts';
import { name, say } from '../../text/say.ts';
import { isHostName } from '../../text/hosts.ts';
import { isImplicit } from '../shared/lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'single-server',
  title: 'More than one server of a pool takes traffic',
  severity: 'notice',
  scope: 'pool',
  *check({ pool, facts }) {
    const [only, ...others] = servingMembers(pool);
    if (only === undefined || others.length > 0 || pool.dynamic || facts?.single === true || isImplicit(pool)) return;
    const { server } = only;
    const unsure = pool.servers.some(
      ({ state, priority }) => state.value === undefined || priority.value === undefined,
    );
    if (unsure || server.instances.count.value !== 1) return;
    const backups = activePrimaries(pool).length === 0 ? 0 : activeBackups(pool).length;
    if (backups === 0) {
      if (server.instances.named === 'unknown' || standsForSeveral(server.address)) return;
      yield {
        at: server.at,
        server: server.name,
        what: say`${name(pool.name)} sends everything to one server, ${name(server.name)}.`,
        why: say`When ${name(server.name)} fails or restarts, every request fails.`,
        fix: say`Add a second server, or declare ${'single: true'} for the pool in the checklist file if one is intended.`,
      };
      return;
    }
    yield {
      at: server.at,
      server: server.name,
      severity: backups === 1 || pool.protocol === 'tcp' ? 'notice' : 'warning',
      // One active node and a standby is how databases and other TCP services are run; web servers share the work. One written
      // standby is meant, so only a change that makes it one is worth a warning.
      severityIfIntroduced: pool.protocol === 'tcp' ? 'notice' : 'warning',
      what: say`${name(server.name)} takes all the traffic of ${name(pool.name)}; ${backups === 1 ? say`the other server is a backup` : say`the other ${backups} servers are backups`}.`,
      why: say`Backups are idle while ${name(server.name)} answers, and get the whole load at once when it fails.`,
      fix: say`Set servers that should share the load as primaries, or declare ${'single: true'} for the pool in the checklist file.`,
    };
  },
});

/** Names of one label (containers, services) and of service discovery usually stand for a group of servers. */
function standsForSeveral(address: string | undefined): boolean {
  if (!isHostName(address)) return false;
  return !address.includes('.') || /\.(?:svc|consul|local|elb\.[a-z0-9.-]*amazonaws\.com)(?:\.|$)/i.test(address);
}
