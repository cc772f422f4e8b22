import { hashesSource } from '../../model/algorithm.ts';
import { servingMembers } from '../../compare/stages.ts';
import type { Config } from '../../model/config.ts';
import type { Pool } from '../../model/pool.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { name, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'source-hash-behind-proxy',
  title: 'Servers are not picked by the address of a proxy',
  severity: 'notice',
  scope: 'pool',
  *check({ pool, config }) {
    const at = hashedAddress(pool);
    if (at === undefined || servingMembers(pool).length < 2 || isTranslated(config)) return;
    const proxy = proxyInFront(pool, config);
    const how = hashesSource(pool.algorithm.value) ? (pool.algorithm.value?.native ?? '') : 'stickiness';
    yield {
      at,
      ...(proxy ? { severity: 'warning' as const, related: [{ at: proxy.at, note: proxy.note }] } : {}),
      what: proxy
        ? say`${name(pool.name)} picks the server by the address that connects (${how}), and the file expects a proxy in front.`
        : say`${name(pool.name)} picks the server by the address that connects (${how}).`,
      why: say`Everybody who comes through the same proxy, CDN or company network lands on the same server.`,
      fix: pool.dialect.advice.seeClients,
    };
  },
});

/** Where the pool says that the address of the connection picks the server. */
function hashedAddress({ algorithm, stickiness }: Pool): Span | undefined {
  if (algorithm.value?.kind === 'hash' && algorithm.value.key.of === 'source') {
    const key = algorithm.value.key.native;
    return /forwarded_for|x-forwarded-for|proxy_protocol_addr|realip/i.test(key) ? undefined : algorithm.at;
  }
  return stickiness?.type === 'source-ip' ? stickiness.at : undefined;
}

/** The file puts the client's own address in the place of the proxy's. */
function isTranslated({ facts }: Config): boolean {
  return facts.has('set_real_ip_from') || facts.has('set-src');
}

/** What in the file shows that connections come from a proxy. */
function proxyInFront(pool: Pool, config: Config): { readonly at: Span; readonly note: Text } | undefined {
  const ifNone = pool.options.get('option forwardfor');
  const forwarded =
    ifNone?.value?.split(' ').includes('if-none') === true
      ? ifNone
      : (config.facts.get('option forwardfor if-none') ?? config.facts.get('reads-forwarded-for'));
  if (forwarded) return { at: forwarded.at, note: say`expects ${'X-Forwarded-For'} from a proxy` };
  // HAProxy takes the client's address from the PROXY protocol; nginx does so only with set_real_ip_from.
  const listener =
    config.dialect.format === 'nginx'
      ? config.listeners.find(({ acceptsProxyProtocol }) => acceptsProxyProtocol)
      : undefined;
  return listener && { at: listener.at, note: say`expects the PROXY protocol` };
}
