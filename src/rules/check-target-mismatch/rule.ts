import type { Pool, Server } from '../../model/pool.ts';
import { count, list, say } from '../../text/say.ts';
import { isPrimaryUp } from '../shared/lookups.ts';
import { defineRule, type Draft } from '../rule.ts';

export const rule = defineRule({
  id: 'check-target-mismatch',
  title: 'Checks speak the protocol and port of what they check',
  severity: 'warning',
  scope: 'pool',
  *check({ pool }) {
    yield* plainCheckOfTls(pool);
    yield* oddCheckPort(pool);
    if (pool.dialect.format === 'haproxy' && pool.servers.some((server) => server.activeCheck))
      yield* brokenRequest(pool);
  },
});

/** Port 443 is checked with plain HTTP: a TLS server answers 400 or nothing, so the check never passes. */
function* plainCheckOfTls(pool: Pool): Generator<Draft> {
  const hit = pool.servers.filter((server) => {
    const port = checkPort(pool, server) ?? server.port?.value;
    return server.activeCheck?.type === 'http' && port === 443 && !server.options.has('ssl');
  });
  const [first] = hit;
  if (first?.activeCheck === undefined) return;
  yield {
    at: pool.dialect.format === 'neutral' ? first.activeCheck.at : first.at,
    pool: pool.name,
    server: first.name,
    key: 'plain-check-of-tls',
    what: say`${list(hit.map((server) => server.name))} ${hit.length === 1 ? say`is` : say`are`} checked with plain HTTP on port 443.`,
    why: say`A server that expects TLS refuses the plain request, so the check fails and the pool loses it although it works.`,
    fix:
      pool.dialect.format === 'neutral'
        ? say`Write ${'type: https'} in ${'healthCheck'}.`
        : say`Add ${'check-ssl verify required ca-file …'} to the server line, or check a plain port with ${'port 80'}.`,
  };
}

/** Some servers are checked on another port than they serve on, their siblings are not. */
function* oddCheckPort(pool: Pool): Generator<Draft> {
  if (pool.dialect.format !== 'haproxy') return;
  const checked = pool.servers.filter((server) => server.activeCheck && isPrimaryUp(server));
  const elsewhere = checked.filter((server) => server.options.has('port'));
  const here = checked.filter((server) => !server.options.has('port'));
  if (elsewhere.length === 0 || here.length === 0) return;
  const odd = elsewhere.length < here.length ? elsewhere : here;
  const [first] = odd;
  if (first === undefined) return;
  const port = elsewhere[0]?.options.get('port')?.value;
  yield {
    at: first.options.get('port')?.at ?? first.at,
    pool: pool.name,
    server: first.name,
    key: 'odd-check-port',
    what: say`${count(elsewhere.length, 'server')} of ${pool.name} ${elsewhere.length === 1 ? say`is` : say`are`} checked on a port of their own (${port ?? 'unknown'}), ${count(here.length, 'other')} on the port that serves traffic.`,
    why: say`One failure is then seen on some servers and missed on others, so a dead one can stay in the pool.`,
    fix: say`Check all servers alike: put ${`port ${port ?? 'PORT'}`} into ${'default-server'}, or take it away.`,
  };
}

/** The port that HAProxy's `port` or the neutral `healthCheck.port` redirects the check to. */
function checkPort(pool: Pool, server: Server): number | undefined {
  const setting = pool.dialect.format === 'neutral' ? pool.options.get('healthCheck.port') : server.options.get('port');
  return setting?.value === undefined ? undefined : Number(setting.value);
}

/** The request of `option httpchk` as HAProxy really sends it. */
function* brokenRequest(pool: Pool): Generator<Draft> {
  const option = pool.options.get('option httpchk');
  const send = pool.options.get('http-check send');
  if (option?.value === undefined || (send !== undefined && send.value === undefined)) return;
  const uri = / uri (\S+)/.exec(` ${send?.value ?? ''}`)?.[1] ?? uriOf(option.value);
  const at = send?.at ?? option.at;
  if (uri !== undefined && !/^(?:\/|\*|https?:)/.test(uri)) {
    const method = /^[A-Z]+$/.test(uri);
    yield {
      at,
      pool: pool.name,
      key: 'path',
      what: method
        ? say`The check of ${pool.name} asks for the path ${uri}: HAProxy takes a lone word for the path.`
        : say`The check of ${pool.name} asks for ${uri}, which does not begin with ${'/'}.`,
      why: say`HAProxy sends it as it is; most servers answer 400, so every server is taken out of the pool.`,
      fix: say`Write ${method ? `option httpchk ${uri} /` : `option httpchk GET /${uri}`}, with a path that the servers answer.`,
    };
  }
  const request = `${option.value} ${send?.value ?? ''}`;
  if (/HTTP\/1\.1/.test(request) && !/host/i.test(request)) {
    yield {
      at,
      pool: pool.name,
      key: 'host',
      what: say`The check of ${pool.name} is an HTTP/1.1 request without a ${'Host'} header.`,
      why: say`HAProxy adds none; servers that follow the standard answer 400, so every server is taken out of the pool.`,
      fix: say`Add ${'http-check send hdr Host NAME'}, or leave ${'HTTP/1.1'} out.`,
    };
  }
}

/** `option httpchk [METHOD] URI [VERSION]`: one word alone is the URI. */
function uriOf(value: string): string | undefined {
  const [first, second] = value.split(' ').filter((word) => word !== '');
  return second ?? first;
}
