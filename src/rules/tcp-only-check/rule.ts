import { servingMembers } from '../../compare/stages.ts';
import { followsLoad } from '../../model/algorithm.ts';
import { name, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'tcp-only-check',
  title: 'Web pools use HTTP health checks',
  severity: 'notice',
  scope: 'pool',
  *check({ pool }) {
    if (pool.protocol !== 'http' || servingMembers(pool).length < 2) return;
    const server = pool.servers.find(
      ({ activeCheck, passiveCheck }) =>
        activeCheck?.type === 'tcp' && (passiveCheck === undefined || passiveCheck.sees === 'connections'),
    );
    const fix = pool.dialect.advice.addHttpCheck;
    if (server?.activeCheck === undefined || fix === undefined) return;
    const algorithm = pool.algorithm.value;
    const attracts = followsLoad(pool.algorithm.value) && pool.algorithm.written;
    yield {
      at: server.activeCheck.at,
      ...(attracts ? { severity: 'warning' as const } : {}),
      what: say`The check of ${name(pool.name)} only opens a connection, so a server that answers every request with an error counts as up.`,
      why: attracts
        ? say`Errors are fast, and ${algorithm?.native ?? ''} prefers the fastest server: one such server can attract most of the traffic.`
        : say`Such a server keeps its share, and every request sent to it fails.`,
      fix,
    };
  },
});
