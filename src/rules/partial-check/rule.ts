import { mainShare } from '../../model/share.ts';
import type { Pool, Server } from '../../model/pool.ts';
import type { Text } from '../../model/text.ts';
import { count, list, percent, say } from '../../text/say.ts';
import { isPrimaryUp } from '../shared/lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'partial-check',
  title: 'Either all servers of a pool are checked or none',
  severity: 'warning',
  scope: 'pool',
  *check({ pool, prediction }) {
    const servers = pool.servers.filter(isPrimaryUp);
    const isUnchecked = (server: Server): boolean => isPrimaryUp(server) && server.activeCheck === undefined;
    const unchecked = servers.filter(isUnchecked);
    const [first] = unchecked;
    if (first === undefined || unchecked.length === servers.length) return;
    const shares = pool.servers.flatMap((server, i) => (isUnchecked(server) ? [mainShare(prediction.shares[i])] : []));
    const share = shares.includes(null) ? null : shares.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    const fix = pool.dialect.advice.addServerCheck;
    if (fix === undefined) return;
    const checked = servers.find((server) => server.activeCheck);
    yield {
      at: first.at,
      pool: pool.name,
      ...(unchecked.length === 1 ? { server: first.name } : {}),
      severityIfIntroduced: 'error',
      what: say`${list(unchecked.map((server) => server.name))} ${unchecked.length === 1 ? say`has` : say`have`} no health check, unlike ${count(servers.length - unchecked.length, 'other server')} of ${pool.name}.`,
      why: say`The balancer keeps sending to ${unchecked.length === 1 ? say`it` : say`them`} when down${share === null ? say`` : say`: ${percent(share)} of all requests ${then(pool)}`}.`,
      fix,
      related: checked?.activeCheck ? [{ at: checked.activeCheck.at, note: say`${checked.name} is checked` }] : [],
    };
  },
});

/** What becomes of requests that are sent to a dead server: only a refused connection is tried elsewhere. */
function then({ retries, retriesElsewhere }: Pool): Text {
  if (retries?.value === 0 || retriesElsewhere?.value === false) return say`then fail`;
  if (retries?.value === undefined || retriesElsewhere?.value === undefined) return say`then fail or wait`;
  return say`then wait for ${count(retries.value, 'failed attempt')}, and fail if the server hangs instead of refusing`;
}
