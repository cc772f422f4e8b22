import type { HashKey } from '../../model/algorithm.ts';
import type { Dialect } from '../../model/dialect.ts';
import type { Severity } from '../../model/finding.ts';
import type { Config } from '../../model/config.ts';
import type { Pool } from '../../model/pool.ts';
import { say } from '../../text/say.ts';

/** How HAProxy says things. */
export const dialect: Dialect = {
  format: 'haproxy',
  title: 'HAProxy',
  weights: { min: 0, max: 256 },
  terms: {
    weight: (n) => `weight ${n}`,
    pool: (name) => `backend ${name}`,
    state: () => 'disabled',
    stickyValue: (value) => `cookie ${value}`,
    checkFails: (n) => `fall ${n}`,
    maxConnections: 'maxconn',
    slowStart: 'slowstart',
    checkInterval: 'inter',
    maxFails: undefined,
    ejectTime: undefined,
    neverEjected: undefined,
    roundRobin: 'balance roundrobin',
    leastConnections: 'balance leastconn',
    consistentHash: 'hash-type consistent',
    allServers: 'default-server',
  },
  advice: {
    addCheck: say`Add ${'default-server check'} above the servers, with ${'option httpchk GET /healthz'} for HTTP.`,
    addHttpCheck: say`Add ${'option httpchk GET /healthz'} and ${'http-check expect status 200'} with a path of yours, or ${'observe layer7 error-limit 10 on-error mark-down'} to the servers.`,
    addServerCheck: say`Add ${'check'} to the server, best once for all with ${'default-server check'}.`,
    checkTls: say`Add ${'check-ssl verify required ca-file …'} to the server line, or check a plain port with ${'port 80'}.`,
    checkFaster: say`Set ${'inter 2s fall 3'}.`,
    checkPatiently: say`Set ${'fall 3'}.`,
    ejectBriefly: undefined,
    ejectAgain: undefined,
    spread: say`Set ${'balance roundrobin'} or ${'balance leastconn'}.`,
    useConsistentHash: () =>
      say`Add ${'hash-type consistent'} with ${'weight 100'} on every server, which gives the ring enough points. The switch itself moves keys once.`,
    hashMore: 'balance hdr(X-User-Id)',
    seeClients: say`Set ${'balance hdr(x-forwarded-for)'} when only your own proxy can reach this port, or stick by a cookie: ${'cookie SRV insert indirect nocache'}.`,
    resolveAgain: say`Add ${'resolvers SECTION init-addr last,libc,none'} to the server, and a ${'resolvers'} section with your name servers.`,
    speakTls: say`Add ${'ssl verify required ca-file PATH'} to the server, or set the plain port.`,
    connectSoon: say`Set ${'timeout connect 5s'}.`,
    failOver: say`Set ${'retries 3'} with ${'option redispatch 1'}.`,
    retryLess: say`Set ${'retries 3'} or less, or retry only what is cheap: ${'retry-on conn-failure empty-response'}.`,
    stick: say`Add ${'cookie SRV insert indirect nocache'} to the backend.`,
    nameServers: say`Add ${'http-response set-header X-Served-By %s'} in the backend, unless the servers send such a header themselves.`,
  },
  identity: {
    balancer: 'HAProxy',
    line: 'http-response set-header X-Served-By %s',
    where: 'in the backend section',
  },
  orders: {
    weight: (row, n) => `set server ${row} weight ${n}`,
    ownWeight: (row) => `set server ${row} weight 100%`,
    state: (row, state) => `set server ${row} state ${state}`,
    remove: (row) => `del server ${row}`,
  },
  test: (file) => `haproxy -c -f ${file}`,
  reload: () => 'systemctl reload haproxy',
  serversOut: say`${'show servers state'} on HAProxy's stats socket reports which servers are out.`,
  unrouted: say`HAProxy answers each of them with 503.`,
  whenFull: say`Its share of the requests waits in a queue, and fails when it waits too long.`,
  missingPool: say`HAProxy refuses the whole file, so the next reload or restart fails.`,
  fewValues,
  namesServer: (pool, config) => {
    const cookie = pool.stickiness?.type === 'cookie' && pool.servers.some((server) => server.stickyValue);
    return cookie || [...pool.options, ...config.facts].some(([option, { value }]) => addsServer(option, value));
  },
  defaultConnectMs: undefined,
  checksAreUsual: true,
  timeoutsAtReferences: false,
  resolvesUnknownPools: false,
  poolsNeedReferences: true,
  isDocument: false,
  clientsBehind,
  limits: new Set(['maxconn', 'fullconn', 'maxqueue', 'frontend maxconn']),
  targetOptions: new Set(['sni', 'socks4', 'namespace', 'proto']),
  // The PROXY header has a place of its own in the model.
  ownOptions: new Set(
    'ssl verify ca-file sni alpn port addr redir minconn send-proxy send-proxy-v2 send-proxy-v2-ssl send-proxy-v2-ssl-cn'.split(
      ' ',
    ),
  ),
  isOfCheck: (option) =>
    /^(?:(?:port|addr|fastinter|downinter|observe|error-limit|on-error)$|(?:check|agent)[-_]|(?:http|tcp|external)-check |option (?:[a-z-]+-check|httpchk|smtpchk|ssl-hello-chk)$)/.test(
      option,
    ),
};

/** `option forwardfor if-none` and a look at the header show a proxy; the PROXY protocol brings the client's own address. */
function clientsBehind(pool: Pool, { facts }: Config): ReturnType<Dialect['clientsBehind']> {
  if (facts.has('set-src')) return 'translated';
  const own = pool.options.get('option forwardfor');
  const forwarded =
    own?.value?.split(' ').includes('if-none') === true
      ? own
      : (facts.get('option forwardfor if-none') ?? facts.get('reads-forwarded-for'));
  return forwarded && { at: forwarded.at, note: say`expects ${'X-Forwarded-For'} from a proxy` };
}

/** `%s`, `%si`, `%sp`, `%b/%s` in log format, or the fetches of the server. */
function addsServer(option: string, value: string | undefined): boolean {
  return (
    /^http-(?:after-)?response (?:set|add)-header /.test(option) &&
    /%s[ip]?(?![a-z])|srv_(?:name|id|addr)/.test(value ?? '')
  );
}

/** Of HAProxy's fetches (`hdr(host)`, `uri depth 1`, `str(x)`). */
function fewValues({ of, native }: HashKey): Severity | undefined {
  const depth = /\bdepth\s+(\d+)/.exec(native)?.[1];
  const length = /\blen\s+(\d+)/.exec(native)?.[1];
  if ((depth !== undefined && Number(depth) === 1) || (length !== undefined && Number(length) <= 4)) return 'warning';
  if (of === 'uri' || of === 'query' || of === 'cookie' || of === 'source') return undefined;
  if (
    /^(?:method|dst|dst_port|fc_dst_port|ssl_fc|ssl_fc_sni|req\.ssl_sni|req\.ver|so_id|be_name|fe_name|fe_id|(?:str|int|bool)\(.*\))$/i.test(
      native,
    )
  )
    return 'warning';
  const header = (/^(?:req\.)?f?hdr\(([^,)]*).*\)$/i.exec(native)?.[1] ?? native).trim().toLowerCase();
  if (/^(?:host|:authority|:method|:scheme|x-forwarded-(?:proto|host|port)|accept-encoding|connection)$/.test(header))
    return 'warning';
  return /^(?:user-agent|accept|accept-language|origin)$/.test(header) ? 'notice' : undefined;
}
