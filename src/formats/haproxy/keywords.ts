import { table } from './table.ts';

/** Section names of the configuration. */
export const SECTIONS: ReadonlySet<string> = new Set(
  (
    'global defaults frontend backend listen peers resolvers mailers userlist program cache ring log-forward log-profile ' +
    'http-errors fcgi-app crt-store acme traces dynamic-update healthcheck'
  ).split(' '),
);

/** Keywords of proxies by the sections that hold them: D defaults, F frontend, L listen, B backend. */
export const PROXY_WORDS = table(`
  DFL 3.2-: quic-initial
  DFLB: acl backlog balance clitcpka-cnt clitcpka-idle clitcpka-intvl compression cookie default_backend disabled
  DFLB: email-alert enabled error-log-format errorfile errorfiles errorloc errorloc302 errorloc303 external-check
  DFLB: fullconn dynamic-cookie-key hash-balance-factor hash-type http-after-response http-check http-error http-request http-response
  DFLB: http-reuse http-send-name-header load-server-state-from-file log log-format log-format-sd log-tag
  DFLB: max-keep-alive-queue max-session-srv-conns maxconn mode monitor-uri option persist rate-limit retries
  DFLB: server-state-file-name source srvtcpka-cnt srvtcpka-idle srvtcpka-intvl stats tcp-check tcp-request timeout
  DFLB: transparent unique-id-format unique-id-header use-fcgi-app
  DFLB -2.6: bind-process
  DFLB 3.2-: log-steps
  DFLB 3.3-: be-unpublished crt filter-sequence force-be-switch
  DLB: default-server retry-on tcp-response
  DLB 3.2-: hash-preserve-affinity
  FL: declare
  FLB: bind capture description dispatch filter force-persist id ignore-persist monitor redirect stick stick-table
  FLB: use-server use_backend
  FLB 3.2-: guid
  LB: server server-template
`);

/** Names behind `option`, by the same sections. */
export const OPTIONS = table(`
  DFL 3.2-: accept-unsafe-violations-in-http-request clitcpka contstats disable-h2-upgrade dontlog-normal
  DFL 3.2-: dontlognull h1-case-adjust-bogus-client http-drop-response-trailers http-ignore-probes
  DFL 3.2-: http-use-proxy-header idle-close-on-response log-separate-errors logasap socket-stats tcp-smart-accept
  DFLB: accept-invalid-http-request accept-invalid-http-response external-check forwardfor http-buffer-request
  DFLB: http-keep-alive http-no-delay http-restrict-req-hdr-names http-server-close httpchk httpclose httplog
  DFLB: httpslog independent-streams ldap-check mysql-check nolinger originalto pgsql-check redis-check redispatch
  DFLB: smtpchk splice-auto splice-request splice-response spop-check ssl-hello-chk tcp-check tcpka tcplog
  DFLB -2.8: abortonclose allbackups checkcache clitcpka contstats disable-h2-upgrade dontlog-normal dontlognull
  DFLB -2.8: h1-case-adjust-bogus-client h1-case-adjust-bogus-server http-ignore-probes http-pretend-keepalive
  DFLB -2.8: http-use-proxy-header idle-close-on-response log-health-checks log-separate-errors logasap persist
  DFLB -2.8: prefer-last-server socket-stats srvtcpka tcp-smart-accept tcp-smart-connect transparent
  DFLB 2.8-: forwarded
  DFLB 3.3-: use-small-buffers
  DLB 3.2-: abortonclose accept-unsafe-violations-in-http-response allbackups checkcache h1-case-adjust-bogus-server
  DLB 3.2-: http-drop-request-trailers http-pretend-keepalive log-health-checks persist prefer-last-server srvtcpka
  DLB 3.2-: tcp-smart-connect transparent
`);

/** Keywords of `global`. */
export const GLOBAL_WORDS = table(`
  *: 51degrees-allow-unmatched 51degrees-cache-size 51degrees-data-file 51degrees-difference 51degrees-drift
  *: 51degrees-property-name-list 51degrees-property-separator 51degrees-use-performance-graph
  *: 51degrees-use-predictive-graph busy-polling ca-base chroot close-spread-time cluster-secret cpu-map crt-base
  *: daemon default-path description deviceatlas-json-file deviceatlas-log-level deviceatlas-properties-cookie
  *: deviceatlas-separator expose-experimental-directives external-check fd-hard-limit gid grace group
  *: h1-accept-payload-with-any-method h1-case-adjust h1-case-adjust-file h2-workaround-bogus-websocket-clients
  *: hard-stop-after httpclient.resolvers.id httpclient.resolvers.prefer httpclient.ssl.ca-file
  *: httpclient.ssl.verify insecure-fork-wanted insecure-setuid-wanted issuers-chain-path localpeer log
  *: log-send-hostname log-tag lua-load lua-load-per-thread lua-prepend-path master-worker max-spread-checks
  *: maxcompcpuusage maxcomprate maxconn maxconnrate maxpipes maxsessrate maxsslconn maxsslrate maxzlibmem
  *: mworker-max-reloads nbthread no-memory-trimming node noepoll noevports nogetaddrinfo nokqueue nopoll
  *: noreuseport nosplice numa-cpu-mapping pidfile pp2-never-send-local presetenv profiling.memory profiling.tasks
  *: quiet resetenv server-state-base server-state-file set-dumpable set-var set-var-fmt setenv spread-checks
  *: ssl-default-bind-ciphers ssl-default-bind-ciphersuites ssl-default-bind-curves ssl-default-bind-options
  *: ssl-default-server-ciphers ssl-default-server-ciphersuites ssl-default-server-options ssl-dh-param-file
  *: ssl-engine ssl-load-extra-del-ext ssl-load-extra-files ssl-mode-async ssl-propquery ssl-provider
  *: ssl-provider-path ssl-server-verify ssl-skip-self-issued-ca stats strict-limits thread-group thread-groups
  *: tune.buffers.limit tune.buffers.reserve tune.bufsize tune.comp.maxlevel tune.fail-alloc tune.fd.edge-triggered
  *: tune.h2.header-table-size tune.h2.initial-window-size tune.h2.max-concurrent-streams tune.h2.max-frame-size
  *: tune.http.cookielen tune.http.logurilen tune.http.maxhdr tune.idle-pool.shared tune.idletimer
  *: tune.listener.multi-queue tune.lua.forced-yield tune.lua.maxmem tune.lua.service-timeout
  *: tune.lua.session-timeout tune.lua.task-timeout tune.maxaccept tune.maxpollevents tune.maxrewrite
  *: tune.pattern.cache-size tune.peers.max-updates-at-once tune.pipesize tune.pool-high-fd-ratio
  *: tune.pool-low-fd-ratio tune.rcvbuf.client tune.rcvbuf.server tune.recv_enough tune.runqueue-depth
  *: tune.sched.low-latency tune.sndbuf.client tune.sndbuf.server tune.ssl.cachesize tune.ssl.capture-buffer-size
  *: tune.ssl.capture-cipherlist-size tune.ssl.default-dh-param tune.ssl.force-private-cache tune.ssl.hard-maxrecord
  *: tune.ssl.keylog tune.ssl.lifetime tune.ssl.maxrecord tune.ssl.ssl-ctx-cache-size tune.vars.check-max-size
  *: tune.vars.global-max-size tune.vars.proc-max-size tune.vars.reqres-max-size tune.vars.sess-max-size
  *: tune.vars.txn-max-size uid ulimit-n unix-bind unsetenv user wurfl-cache-size wurfl-data-file wurfl-engine-mode
  *: wurfl-information-list wurfl-information-list-separator wurfl-patch-file wurfl-useragent-priority zero-warning
  * 2.8-: anonkey harden.reject-privileged-ports.quic harden.reject-privileged-ports.tcp
  * 2.8-: httpclient.resolvers.disabled httpclient.retries httpclient.timeout.connect limited-quic prealloc-fd
  * 2.8-: setcap ssl-default-bind-client-sigalgs ssl-default-bind-sigalgs trace tune.disable-fast-forward
  * 2.8-: tune.h2.be.glitches-threshold tune.h2.be.initial-window-size tune.h2.be.max-concurrent-streams
  * 2.8-: tune.h2.fe.glitches-threshold tune.h2.fe.initial-window-size tune.h2.fe.max-concurrent-streams
  * 2.8-: tune.h2.fe.max-total-streams tune.listener.default-shards tune.lua.burst-timeout tune.lua.log.loggers
  * 2.8-: tune.lua.log.stderr tune.memory.hot-size tune.ssl.certificate-compression tune.ssl.ocsp-update.maxdelay
  * 2.8-: tune.ssl.ocsp-update.mindelay tune.stick-counters tune.zlib.memlevel tune.zlib.windowsize
  * 3.2-: acme.scheduler cpu-policy cpu-set dns-accept-family expose-deprecated-directives force-cfg-parser-pause
  * 3.2-: h1-do-not-close-on-insecure-transfer-encoding http-err-codes http-fail-codes key-base ocsp-update.disable
  * 3.2-: ocsp-update.httpproxy ocsp-update.maxdelay ocsp-update.mindelay ocsp-update.mode
  * 3.2-: ssl-default-server-client-sigalgs ssl-default-server-curves ssl-default-server-sigalgs ssl-security-level
  * 3.2-: stats-file stress-level thread-hard-limit tune.applet.zero-copy-forwarding tune.bufsize.small
  * 3.2-: tune.disable-zero-copy-forwarding tune.epoll.mask-events tune.events.max-events-at-once
  * 3.2-: tune.glitches.kill.cpu-usage tune.h1.zero-copy-fwd-recv tune.h1.zero-copy-fwd-send
  * 3.2-: tune.h2.be.max-frames-at-once tune.h2.be.rxbuf tune.h2.fe.max-frames-at-once tune.h2.fe.max-rst-at-once
  * 3.2-: tune.h2.fe.rxbuf tune.h2.log-errors tune.h2.zero-copy-fwd-send tune.lua.bool-sample-conversion
  * 3.2-: tune.max-checks-per-thread tune.max-rules-at-once tune.notsent-lowat.client tune.notsent-lowat.server
  * 3.2-: tune.pt.zero-copy-forwarding tune.quic.cc-hystart tune.quic.cc.cubic.min-losses
  * 3.2-: tune.quic.disable-tx-pacing tune.quic.disable-udp-gso tune.quic.frontend.conn-tx-buffers.limit
  * 3.2-: tune.quic.frontend.default-max-window-size tune.quic.frontend.glitches-threshold
  * 3.2-: tune.quic.frontend.max-data-size tune.quic.frontend.max-idle-timeout tune.quic.frontend.max-streams-bidi
  * 3.2-: tune.quic.frontend.max-tx-mem tune.quic.frontend.stream-data-ratio tune.quic.max-frame-loss
  * 3.2-: tune.quic.reorder-ratio tune.quic.retry-threshold tune.quic.socket-owner tune.quic.zero-copy-fwd-send
  * 3.2-: tune.rcvbuf.backend tune.rcvbuf.frontend tune.renice.runtime tune.renice.startup tune.ring.queues
  * 3.2-: tune.sndbuf.backend tune.sndbuf.frontend tune.takeover-other-tg-connections warn-blocked-traffic-after
  * 3.3-: debug.counters jwt.decrypt_alg_list jwt.decrypt_enc_list max-threads-per-group noktls tune.bufsize.large
  * 3.3-: tune.cli.max-payload-size tune.defaults.purge tune.fd.tables tune.h1.be.glitches-threshold
  * 3.3-: tune.h1.fe.glitches-threshold tune.streams-elasticity
`);

/** Words of `balance` in every version. */
export const BALANCE: ReadonlySet<string> = new Set(
  'roundrobin static-rr leastconn first source uri url_param hdr random rdp-cookie hash log-hash log-sticky sticky'.split(
    ' ',
  ),
);
