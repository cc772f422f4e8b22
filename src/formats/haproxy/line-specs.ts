/**
 * What HAProxy 2.6 to 3.2 take behind a keyword, where all three agree. `a|b` one of these words, `N` digits, `T` a time, `Z` a
 * size, `C` a status of an error, `S` a sample, `A` an address, `P` a number and `D` a time above 0, `W` any word, `[a|b]` a list of
 * these words with commas, `if` an optional condition, `if!` a needed one, `*` whatever
 * follows. `?` makes a word optional; without `*` nothing more may follow.
 */
function specs(text: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    text
      .trim()
      .split('\n')
      .map((line) => {
        const [keyword = '', spec = ''] = line.trim().split(/:(?: |$)/, 2);
        return [keyword, spec.split(' ').filter((item) => item !== '')];
      }),
  );
}

/** By the keyword, or by it and its first argument. */
export const LINE_SPECS = specs(`
  backlog: W
  capture cookie: W len W *
  capture request: header W len W
  capture response: header W len W
  clitcpka-cnt: N *
  clitcpka-idle: T *
  clitcpka-intvl: T *
  compression algo: gzip|identity|deflate|raw-deflate gzip|identity|deflate|raw-deflate? gzip|identity|deflate|raw-deflate?
  compression algo-req: gzip|identity|deflate|raw-deflate *
  compression algo-res: gzip|identity|deflate|raw-deflate *
  compression direction: request|response|both *
  compression minsize-req: *
  compression minsize-res: *
  compression offload: *
  compression type: *
  compression type-req: *
  compression type-res: *
  declare capture: request|response len N *
  default_backend: W
  description: W *
  disabled:
  email-alert from: *
  email-alert level: emerg|alert|crit|err|warning|notice|info|debug *
  email-alert mailers: *
  email-alert myhostname: *
  email-alert to: *
  enabled:
  error-log-format: W
  errorfile: C W *
  errorfiles: W *
  errorloc: C W *
  errorloc302: C W *
  errorloc303: C W *
  external-check command: W
  external-check path: W
  filter: bwlim-in|bwlim-out|cache|comp-req|comp-res|compression|fcgi-app|opentracing|spoe|trace|lua.W *
  force-persist: if!
  fullconn: W
  guid: W *
  hash-balance-factor: W *
  hash-preserve-affinity: always|maxconn|maxqueue *
  hash-type: consistent|map-based sdbm|djb2|wt6|crc32|none|avalanche? avalanche?
  http-check comment: W *
  http-check connect: *
  http-check disable-on-404:
  http-check expect: *
  http-check send: *
  http-check send-state:
  http-reuse: never|safe|aggressive|always
  http-send-name-header: W *
  id: P
  ignore-persist: if!
  load-server-state-from-file: none|local|global *
  log-format: W
  log-format-sd: W
  log-steps: *
  log-tag: W *
  max-keep-alive-queue: N *
  max-session-srv-conns: W *
  maxconn: W
  mode: tcp|http|health|log|spop|haterm|haproxy|syslog
  monitor fail: if!
  monitor-uri: W
  persist: rdp-cookie|rdp-cookie(W *
  quic-initial: accept|dgram-drop|reject|send-retry if
  rate-limit sessions: N *
  retries: W
  server-state-file-name: W?
  srvtcpka-cnt: N *
  srvtcpka-idle: T *
  srvtcpka-intvl: T *
  stats admin: if!
  stats auth: W *
  stats enable: *
  stats hide-version: *
  stats http-request: allow|deny|auth *
  stats realm: W *
  stats refresh: T *
  stats scope: W *
  stats show-desc: *
  stats show-legends: *
  stats show-modules: *
  stats show-node: *
  stats uri: W *
  stick match: S table? W? if
  stick on: S table? W? if
  stick store-request: S table? W? if
  stick store-response: S table? W? if
  tcp-check comment: W *
  tcp-check connect: *
  tcp-check expect: *
  tcp-check send: *
  tcp-check send-binary: *
  tcp-check send-binary-lf: *
  tcp-check send-lf: *
  tcp-request inspect-delay: T *
  tcp-response inspect-delay: T *
  transparent:
  unique-id-format: W
  unique-id-header: W *
  use-fcgi-app: W *
  use-server: W if!
  use_backend: W if
`);

/** Keywords whose first argument is one of those above, or a function such as `set-var(...)`. */
export const DIVIDED: ReadonlySet<string> = new Set(
  [...LINE_SPECS.keys()].filter((key) => key.includes(' ')).map((key) => key.split(' ', 1)[0] ?? ''),
);

/** Behind `option NAME`; nothing where a name is not here. */
export const OPTION_SPECS = specs(`
  forwarded: *
  http-restrict-req-hdr-names: preserve|delete|reject *
  httpchk: *
  httplog: clf?
  httpslog: *
  mysql-check: *
  pgsql-check: user W
  redispatch: *
  smtpchk: *
  tcplog: clf?
`);

/** Behind `http-request NAME` and its kin; names that end in a bracket take their argument in it. */
export const ACTION_SPECS = specs(`
  accept: if
  add-acl(: W if
  add-header: W W if
  allow: if
  cache-store: W if
  cache-use: W if
  close: if
  del-acl(: W if
  del-header: W if
  del-map(: W if
  disable-l7-retry: if
  early-hint: W W if
  reject: if
  replace-header: W W W if
  replace-path: W W if
  replace-pathq: W W if
  replace-uri: W W if
  replace-value: W W W if
  set-dst: S if
  set-dst-port: S if
  set-header: W W if
  set-log-level: emerg|alert|crit|err|warning|notice|info|debug|silent if
  set-map(: W W if
  set-method: W if
  set-path: W if
  set-pathq: W if
  set-query: W if
  set-src: S if
  set-src-port: S if
  set-uri: W if
  set-var(: S *
  set-var-fmt(: W *
  strict-mode: on|off *
  unset-var(: if
  wait-for-handshake: if
`);

/** The argument of a word behind a server's address. */
export const SERVER_SPECS = specs(`
  addr: A
  agent-addr: A
  agent-inter: D
  downinter: D
  error-limit: P
  fall: P
  fastinter: D
  id: P
  idle-ping: T
  inter: D
  log-proto: legacy|octet-count
  observe: layer4|layer7
  on-error: fastinter|fail-check|sudden-death|mark-down
  on-marked-down: shutdown-sessions
  on-marked-up: shutdown-backup-sessions
  pool-purge-delay: T
  proto: h1|h2|h3|quic|fcgi|spop|none
  proxy-v2-options: [ssl|cert-cn|cert-key|cert-sig|ssl-cipher|authority|crc32c|unique-id]
  resolve-opts: [allow-dup-ip|ignore-weight|prevent-dup-ip]
  resolve-prefer: ipv4|ipv6|auto
  rise: P
  slowstart: T
  sni: S
  socks4: A
  source: A
  ssl-max-ver: SSLv3|TLSv1.0|TLSv1.1|TLSv1.2|TLSv1.3
  ssl-min-ver: SSLv3|TLSv1.0|TLSv1.1|TLSv1.2|TLSv1.3
  tcp-ut: T
  verify: none|required
  ws: auto|h1|h2
`);

/** The argument of a word behind the address of `bind`. */
export const BIND_SPECS = specs(`
  accept-netscaler-cip: N
  expose-fd: listeners
  id: P
  level: user|operator|admin
  mss: N
  proto: h1|h2|h3|quic|fcgi|spop|none
  severity-output: none|number|string
  ssl-max-ver: SSLv3|TLSv1.0|TLSv1.1|TLSv1.2|TLSv1.3
  ssl-min-ver: SSLv3|TLSv1.0|TLSv1.1|TLSv1.2|TLSv1.3
  tcp-ut: T
  verify: none|optional|required
`);

/** Words of servers that need no argument; as a number none is 0. */
export const BARE_WORDS: ReadonlySet<string> = new Set(
  'init-addr maxconn maxqueue minconn resolve-opts weight shard set-proxy-v2-tlv-fmt'.split(' '),
);

/** Keywords of the sections that are no proxies, where every version has all of them. */
export const SECTION_SPECS = specs(`
  resolvers: nameserver parse-resolv-conf hold timeout resolve_retries accepted_payload_size
  peers: bind default-bind default-server disabled enabled peer server log table shards
  mailers: mailer timeout
  userlist: group user
  cache: total-max-size max-object-size max-age max-secondary-entries process-vary
  http-errors: errorfile
`);

/** Names behind `timeout`. */
export const TIMEOUTS: ReadonlySet<string> = new Set(
  'client server connect check queue http-keep-alive http-request tunnel tarpit client-fin server-fin client-hs handshake'.split(
    ' ',
  ),
);

/** What `http-check expect` may look at. */
export const EXPECTED: ReadonlySet<string> = new Set('string rstring string-lf status rstatus hdr fhdr'.split(' '));

/** Keywords that versions before 2.6 took, by what stands for them now. */
export const REMOVED: ReadonlyMap<string, string> = new Map([
  ['appsession', 'stick on'],
  ['block', 'http-request deny'],
  ['clitimeout', 'timeout client'],
  ['contimeout', 'timeout connect'],
  ['srvtimeout', 'timeout server'],
  ['grace', 'hard-stop-after'],
  ['monitor-net', 'http-request return'],
  ['redisp', 'option redispatch'],
  ['redispatch', 'option redispatch'],
  ['reqadd', 'http-request add-header'],
  ['reqallow', 'http-request allow'],
  ['reqdel', 'http-request del-header'],
  ['reqdeny', 'http-request deny'],
  ['reqidel', 'http-request del-header'],
  ['reqideny', 'http-request deny'],
  ['reqiallow', 'http-request allow'],
  ['reqipass', 'http-request allow'],
  ['reqirep', 'http-request replace-header'],
  ['reqitarpit', 'http-request tarpit'],
  ['reqpass', 'http-request allow'],
  ['reqrep', 'http-request replace-header'],
  ['reqtarpit', 'http-request tarpit'],
  ['rspadd', 'http-response add-header'],
  ['rspdel', 'http-response del-header'],
  ['rspdeny', 'http-response deny'],
  ['rspidel', 'http-response del-header'],
  ['rspideny', 'http-response deny'],
  ['rspirep', 'http-response replace-header'],
  ['rsprep', 'http-response replace-header'],
]);
