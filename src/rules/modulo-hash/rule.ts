import { percent, say } from '../../text/say.ts';
import { isPrimaryUp } from '../lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'modulo-hash',
  title: 'Adding or losing a server moves few keys',
  severity: 'notice',
  formats: ['haproxy', 'nginx'],
  scope: 'pool',
  *check({ pool }) {
    const algorithm = pool.algorithm.value;
    const servers = pool.servers.filter(isPrimaryUp).length;
    if (algorithm?.mapping !== 'modulo' || servers < 2) return;
    yield {
      at: pool.algorithm.at,
      pool: pool.name,
      what: say`${algorithm.native} of ${pool.name} maps keys to servers by their number.`,
      why: say`One more server moves about ${percent(servers / (servers + 1))} of all keys: caches run empty and sessions move all at once; a consistent hash moves about ${percent(1 / (servers + 1))}.`,
      fix:
        pool.format === 'nginx'
          ? say`Write ${algorithm.native === 'ip_hash' ? 'hash $remote_addr consistent;' : `${algorithm.native} consistent;`} The switch itself moves keys once.`
          : say`Write ${'hash-type consistent'} with ${'weight 100'} on every server, which gives the ring enough points. The switch itself moves keys once.`,
    };
  },
});
