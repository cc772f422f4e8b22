import { referencesTo } from '../../../../compare/references.ts';
import type { Reference } from '../../../../model/route.ts';
import { name, say } from '../../../../text/say.ts';
import { defineRule } from '../../../../rules/rule.ts';

export const rule = defineRule({
  id: 'upstream-keepalive-off',
  title: 'Upstream keepalive is in effect',
  severity: 'notice',
  scope: 'config',
  *check({ config, configs }) {
    for (const pool of config.pools) {
      const keepalive = pool.options.get('keepalive');
      if (keepalive === undefined || keepalive.value === undefined || /^0+$/.test(keepalive.value)) continue;
      const users = referencesTo(pool, configs);
      const [first] = users;
      if (first === undefined || !users.every(closes)) continue;
      const fastcgi = first.kind === 'fastcgi_pass';
      yield {
        at: keepalive.at,
        pool: pool.name,
        related: [{ at: first.at, note: say`asks the server to close each connection` }],
        what: say`${name(pool.name)} has ${`keepalive ${keepalive.value}`}, but every request to it asks the server to close the connection.`,
        why: say`Each request opens a new connection, which adds latency and load, and uses up ports.`,
        fix: fastcgi
          ? say`Add ${'fastcgi_keep_conn on;'} next to ${'fastcgi_pass'}.`
          : say`Add ${'proxy_http_version 1.1; proxy_set_header Connection "";'} next to ${'proxy_pass'}.`,
      };
    }
  },
});

/** Whether requests through this place say that the connection ends with the answer. nginx does so by default before 1.29.7. */
function closes({ kind, options }: Reference): boolean {
  if (kind === 'fastcgi_pass') return options.get('fastcgi_keep_conn')?.value === 'off';
  const version = options.get('proxy_http_version')?.value;
  const connection = options.get('proxy_set_header Connection')?.value;
  if (kind !== 'proxy_pass' || version === undefined || connection === undefined) return false;
  return /^close$/i.test(connection) || (version === '1.0' && !/keep-alive/i.test(connection));
}
