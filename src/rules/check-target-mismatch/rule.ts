import type { HealthCheck, Pool } from '../../model/pool.ts';
import { count, list, say } from '../../text/say.ts';
import { defineRule, type Draft } from '../rule.ts';
import { isPrimaryUp } from '../shared/lookups.ts';

export const rule = defineRule({
  id: 'check-target-mismatch',
  title: 'Health checks match the protocol and port of the server',
  severity: 'warning',
  scope: 'pool',
  *check({ pool }) {
    yield* plainCheckOfTls(pool);
    yield* oddCheckPort(pool);
    yield* brokenRequest(pool);
  },
});

/** Port 443 is checked with plain HTTP: a TLS server answers 400 or nothing, so the check never passes. */
function* plainCheckOfTls(pool: Pool): Generator<Draft> {
  const hit = pool.servers.filter(({ activeCheck, port }) => {
    const asked = activeCheck?.port?.value ?? port?.value;
    return activeCheck?.type === 'http' && asked === 443;
  });
  const [first] = hit;
  const fix = pool.dialect.advice.checkTls;
  if (first?.activeCheck === undefined || fix === undefined) return;
  const shared = pool.servers.every(({ activeCheck }) => activeCheck === pool.activeCheck);
  yield {
    at: shared ? first.activeCheck.at : first.at,
    pool: pool.name,
    server: first.name,
    key: 'plain-check-of-tls',
    what: say`${list(hit.map((server) => server.name))} ${hit.length === 1 ? say`is` : say`are`} checked with plain HTTP on port 443.`,
    why: say`A server that expects TLS refuses the plain request, so the check fails and the pool loses it although it works.`,
    fix,
  };
}

/** Some servers are checked on another port than they serve on, their siblings are not. */
function* oddCheckPort(pool: Pool): Generator<Draft> {
  const checked = pool.servers.filter((server) => server.activeCheck && isPrimaryUp(server));
  const elsewhere = checked.filter(({ activeCheck }) => activeCheck?.port !== undefined);
  const here = checked.filter(({ activeCheck }) => activeCheck?.port === undefined);
  if (elsewhere.length === 0 || here.length === 0) return;
  const [first] = elsewhere.length < here.length ? elsewhere : here;
  if (first === undefined) return;
  const port = elsewhere[0]?.activeCheck?.port?.value ?? 'unknown';
  yield {
    at: first.activeCheck?.port?.at ?? first.at,
    pool: pool.name,
    server: first.name,
    key: 'odd-check-port',
    what: say`${count(elsewhere.length, 'server')} of ${pool.name} ${elsewhere.length === 1 ? say`is` : say`are`} checked on port ${String(port)}, ${count(here.length, 'other')} on the port that serves traffic.`,
    why: say`A failure is then detected on some servers and missed on others, so a failed server can stay in the pool.`,
    fix: say`Set the check port ${String(port)} for every server of the pool, or remove it everywhere.`,
  };
}

/** A request that most servers refuse, so that every server is taken out of the pool. */
function* brokenRequest(pool: Pool): Generator<Draft> {
  const check = pool.activeCheck;
  if (check === undefined || (check.type !== 'http' && check.type !== 'https')) return;
  const path = check.path?.value;
  if (check.path !== undefined && path !== undefined && !/^(?:\/|\*|https?:)/.test(path)) {
    yield {
      at: check.path.at,
      pool: pool.name,
      key: 'path',
      what: say`The check of ${pool.name} requests the path ${path}, which does not begin with ${'/'}.`,
      why: say`Most servers answer 400 to such a request, so every server is removed from the pool.`,
      fix: say`Set a path that begins with ${'/'} and that the servers answer${/^[A-Z]+$/.test(path) ? say`; a single word is read as the path, not as the method` : say``}.`,
    };
  }
  yield* missingHost(pool, check);
  yield* otherHost(pool, check);
}

function* missingHost(pool: Pool, { version, host }: HealthCheck): Generator<Draft> {
  if (version?.value !== 'HTTP/1.1' || host !== undefined) return;
  yield {
    at: version.at,
    pool: pool.name,
    key: 'host',
    what: say`The check of ${pool.name} is an HTTP/1.1 request without a ${'Host'} header.`,
    why: say`Servers that follow the standard answer 400, so every server is removed from the pool.`,
    fix: say`Add a ${'Host'} header to the check, or remove ${'HTTP/1.1'}.`,
  };
}

/** Requests name a site, and the check asks for whatever the server answers without a name. */
function* otherHost({ name, sendsHost }: Pool, { host, version, path, at }: HealthCheck): Generator<Draft> {
  if (sendsHost?.value === undefined || host !== undefined || version?.value === 'HTTP/1.1') return;
  yield {
    at: path?.at ?? at,
    pool: name,
    key: 'other-host',
    severity: 'notice',
    what: say`Requests to ${name} have the ${'Host'} ${sendsHost.value}, and its check sends none.`,
    why: say`A server with several sites checks another one, so a failure of ${sendsHost.value} is not detected.`,
    fix: say`Set the same ${'Host'} for the check.`,
    related: [{ at: sendsHost.at, note: say`Requests get it here` }],
  };
}
