import { count, list, percent, say } from '../../text/say.ts';
import { isPrimaryUp } from '../lookups.ts';
import { mainShare } from '../../compare/predict.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'partial-check',
  title: 'All servers of a pool are checked, or none is',
  severity: 'warning',
  formats: ['haproxy'],
  scope: 'pool',
  *check({ pool, prediction }) {
    const servers = pool.servers.filter(isPrimaryUp);
    const unchecked = servers.filter((server) => server.activeCheck === undefined);
    const [first] = unchecked;
    if (first === undefined || unchecked.length === servers.length) return;
    const shares = unchecked.map((server) => mainShare(prediction.shares[pool.servers.indexOf(server)]));
    const share = shares.includes(null) ? null : shares.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    const checked = servers.find((server) => server.activeCheck);
    yield {
      at: first.at,
      pool: pool.name,
      ...(unchecked.length === 1 ? { server: first.name } : {}),
      severityIfIntroduced: 'error',
      what: say`${list(unchecked.map((server) => server.name))} ${unchecked.length === 1 ? say`has` : say`have`} no ${'check'}; ${count(servers.length - unchecked.length, 'other server')} of ${pool.name} ${servers.length - unchecked.length === 1 ? say`has` : say`have`}.`,
      why: say`HAProxy keeps sending to ${unchecked.length === 1 ? say`it` : say`them`} when down${share === null ? say`` : say`: ${percent(share)} of all requests then fail`}.`,
      fix: say`Put ${'check'} back, best once for all with ${'default-server check'}.`,
      related: checked?.activeCheck ? [{ at: checked.activeCheck.at, note: say`${checked.name} is checked` }] : [],
    };
  },
});
