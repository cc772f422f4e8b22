import { referencesTo } from '../../compare/references.ts';
import type { Config } from '../../model/config.ts';
import type { Pool } from '../../model/pool.ts';
import { say } from '../../text/say.ts';
import { isPrimaryUp } from '../shared/lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'no-backend-identity',
  title: 'A response tells which server gave it',
  severity: 'notice',
  scope: 'pool',
  *check({ pool, config, configs, facts, measuring }) {
    if (pool.protocol !== 'http' || pool.servers.filter(isPrimaryUp).length < 2) return;
    if (facts?.identify !== undefined || namesServer(pool, config, configs)) return;
    yield {
      at: pool.at,
      pool: pool.name,
      severity: measuring ? 'warning' : 'notice',
      what: say`No response header or cookie of ${pool.name} names the server that answered.`,
      why: measuring
        ? say`A measurement can only tell the servers apart if they name themselves.`
        : say`Nobody can see from outside how traffic is split, or which server gave a wrong answer.`,
      fix:
        pool.dialect.format === 'haproxy'
          ? say`Write ${'http-response set-header X-Served-By %s'} in the backend, unless the servers send such a header themselves.`
          : say`Write ${'add_header X-Served-By $upstream_addr always;'} in the location, unless the servers send such a header themselves.`,
    };
  },
});

/** Whether the balancer adds something that names the server; what servers send on their own no config tells. */
function namesServer(pool: Pool, config: Config, configs: readonly Config[]): boolean {
  if (pool.dialect.format === 'haproxy') {
    const cookie = pool.stickiness?.type === 'cookie' && pool.servers.some((server) => server.stickyValue);
    return cookie || [...pool.options, ...config.facts].some(([option, { value }]) => addsInHaproxy(option, value));
  }
  const places = [pool.options, config.facts, ...referencesTo(pool, configs).map((reference) => reference.options)];
  return places.some((options) =>
    [...options].some(
      ([option, { value }]) => option.startsWith('add_header') && /\$\{?upstream_addr/.test(`${option} ${value ?? ''}`),
    ),
  );
}

/** `%s`, `%si`, `%sp`, `%b/%s` in log format, or the fetches of the server. */
function addsInHaproxy(option: string, value: string | undefined): boolean {
  return (
    /^http-(?:after-)?response (?:set|add)-header /.test(option) &&
    /%s[ip]?(?![a-z])|srv_(?:name|id|addr)/.test(value ?? '')
  );
}
