import { hashesSource } from '../../model/algorithm.ts';
import { instancesOf, servingMembers } from '../../compare/stages.ts';
import type { Pool } from '../../model/pool.ts';
import type { Span } from '../../model/span.ts';
import { name, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'source-hash-behind-proxy',
  title: "The source hash uses the client address, not a proxy's",
  severity: 'notice',
  scope: 'pool',
  *check({ pool, config }) {
    const at = hashedAddress(pool);
    if (at === undefined || instancesOf(servingMembers(pool)) < 2) return;
    const proxy = pool.dialect.clientsBehind(pool, config);
    if (proxy === 'translated') return;
    const how = hashesSource(pool.algorithm.value) ? (pool.algorithm.value?.native ?? '') : 'stickiness';
    yield {
      at,
      ...(proxy ? { severity: 'warning' as const, related: [{ at: proxy.at, note: proxy.note }] } : {}),
      what: proxy
        ? say`${name(pool.name)} picks the server by the address that connects (${how}), and the file expects a proxy in front.`
        : say`${name(pool.name)} picks the server by the address that connects (${how}).`,
      why: say`All clients behind the same proxy, CDN or company network go to the same server.`,
      fix: pool.dialect.advice.seeClients,
    };
  },
});

/** Where the pool says that the address of the connection picks the server. */
function hashedAddress({ algorithm, stickiness }: Pool): Span | undefined {
  if (algorithm.value?.kind === 'hash' && algorithm.value.key.of === 'source') {
    return algorithm.value.key.forwarded === true ? undefined : algorithm.at;
  }
  return stickiness?.type === 'source-ip' ? stickiness.at : undefined;
}
