import { count, say } from '../../text/say.ts';
import { isPrimaryUp } from '../shared/lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'odd-port-out',
  title: 'All servers of a pool use the same port',
  severity: 'notice',
  scope: 'pool',
  *check({ pool }) {
    const servers = pool.servers.filter(isPrimaryUp);
    const hosts = new Set(servers.map((server) => server.address?.toLowerCase()));
    // Several ports on one host are how processes share it; there no port is odd.
    if (servers.length < 3 || hosts.size < servers.length || hosts.has(undefined)) return;
    const ports = servers.map((server) => server.port?.value);
    const usual = ports.find((port, i) => ports.indexOf(port) !== i);
    const others = servers.filter((server) => server.port?.value !== usual);
    const [odd] = others;
    if (usual === undefined || others.length !== 1 || odd?.port?.value === undefined) return;
    yield {
      at: odd.port.written ? odd.port.at : odd.at,
      pool: pool.name,
      server: odd.name,
      severityIfIntroduced: 'warning',
      what: say`${odd.name} uses port ${`${odd.port.value}`}; the other ${count(servers.length - 1, 'server')} of ${pool.name} on ${`${usual}`}.`,
      why: say`If this is a typo, its requests fail or reach a different service.`,
      fix: say`Set port ${`${usual}`}, or ignore this line with the reason.`,
    };
  },
});
