import { table } from './table.ts';

/** Words behind a server's address by the number of their arguments. */
export const SERVER_WORDS = table(`
  0: agent-check allow-0rtt backup check check-send-proxy check-ssl check-via-socks4 disabled enabled force-sslv3
  0: force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13 no-agent-check no-backup no-check no-check-send-proxy
  0: no-check-ssl no-send-proxy no-send-proxy-v2 no-send-proxy-v2-ssl no-send-proxy-v2-ssl-cn no-ssl no-ssl-reuse
  0: no-sslv3 no-tfo no-tls-tickets no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13 non-stick send-proxy send-proxy-v2
  0: send-proxy-v2-ssl send-proxy-v2-ssl-cn ssl ssl-reuse stick tfo tls-tickets
  0 3.2-: check-reuse-pool no-check-reuse-pool strict-maxconn
  0 3.3-: check-sni-auto no-check-sni-auto no-renegotiate no-sni-auto no-strict-maxconn no-verifyhost sni-auto
  1: addr agent-addr agent-inter agent-port agent-send alpn ca-file check-alpn check-proto check-sni ciphers
  1: ciphersuites cookie crl-file crt downinter error-limit fall fastinter id init-addr inter interface log-proto max-reuse
  1: maxconn maxqueue minconn namespace npn observe on-error on-marked-down on-marked-up pool-low-conn pool-max-conn
  1: pool-purge-delay port proto proxy-v2-options redir resolve-net resolve-opts resolve-prefer resolvers rise
  1: slowstart sni socks4 source ssl-max-ver ssl-min-ver tcp-ut track usesrc verify verifyhost weight ws
  1 2.8-: shard
  1 3.2-: check-pool-conn-name client-sigalgs curves guid hash-key idle-ping init-state log-bufsize pool-conn-name
  1 3.2-: set-proxy-v2-tlv-fmt sigalgs
  1 3.3-: cc healthcheck ktls renegotiate tcp-md5sig
`);

/** Words behind the address of `bind` by the number of their arguments. */
export const BIND_WORDS = table(`
  0: accept-proxy allow-0rtt defer-accept force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13
  0: generate-certificates no-ca-names no-sslv3 no-tls-tickets no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13
  0: prefer-client-ciphers quic-force-retry ssl strict-sni tfo transparent v4v6 v6only
  0 2.8-: no-alpn
  0 3.2-: no-strict-sni tls-tickets
  1: accept-netscaler-cip alpn backlog ca-file ca-ignore-err ca-sign-file ca-sign-pass ca-verify-file ciphers
  1: ciphersuites crl-file crt crt-ignore-err crt-list curves ecdhe expose-fd gid group id interface level maxconn
  1: mode mss name namespace nice npn process proto quic-cc-algo quic-socket severity-output shards ssl-max-ver
  1: ssl-min-ver tcp-ut thread tls-ticket-keys uid user verify
  1 2.8-: client-sigalgs ocsp-update sigalgs
  1 3.2-: default-crt guid-prefix idle-ping label nbconn
  1 3.3-: cc ech ktls tcp-md5sig
`);

/** Actions of `http-request`. */
export const HTTP_REQUEST = table(`
  *: add-acl* add-header allow auth cache-use capture del-acl* del-header del-map* deny disable-l7-retry do-resolve*
  *: early-hint normalize-uri ot-group redirect reject replace-header replace-path replace-pathq replace-uri
  *: replace-value return sc-inc-gpc* sc-inc-gpc0* sc-inc-gpc1* sc-set-gpt* sc-set-gpt0* send-spoe-group set-dst
  *: set-dst-port set-header set-log-level set-map* set-mark set-method set-nice set-path set-pathq
  *: set-priority-class set-priority-offset set-query set-src set-src-port set-timeout set-tos set-uri set-var*
  *: set-var-fmt* silent-drop strict-mode tarpit track-sc* unset-var* use-service wait-for-body wait-for-handshake
  * 2.8-: sc-add-gpc* set-bandwidth-limit
  * 3.2-: do-log pause set-bc-mark set-bc-tos set-fc-mark set-fc-tos set-retries
`);

/** Actions of `http-response`. */
export const HTTP_RESPONSE = table(`
  *: add-acl* add-header allow cache-store capture del-acl* del-header del-map* deny ot-group redirect
  *: replace-header replace-value return sc-inc-gpc* sc-inc-gpc0* sc-inc-gpc1* sc-set-gpt* sc-set-gpt0*
  *: send-spoe-group set-header set-log-level set-map* set-mark set-nice set-status set-tos set-var* set-var-fmt*
  *: silent-drop strict-mode track-sc* unset-var* wait-for-body
  * 2.8-: sc-add-gpc* set-bandwidth-limit
  * 3.2-: do-log pause set-fc-mark set-fc-tos set-timeout
`);

/** Actions of `http-after-response`. */
export const HTTP_AFTER_RESPONSE = table(`
  *: add-header allow capture del-header ot-group replace-header replace-value set-header set-status set-var*
  *: set-var-fmt* strict-mode unset-var*
  * 2.8-: del-acl* del-map* sc-add-gpc* sc-inc-gpc* sc-inc-gpc0* sc-inc-gpc1* sc-set-gpt* sc-set-gpt0* set-log-level
  * 2.8-: set-map*
  * 3.2-: do-log
`);

/** Actions of `tcp-request connection`. */
export const TCP_REQUEST_CONNECTION = table(`
  *: accept capture expect-netscaler-cip expect-proxy reject sc-inc-gpc* sc-inc-gpc0* sc-inc-gpc1* sc-set-gpt*
  *: sc-set-gpt0* set-dst set-dst-port set-mark set-src set-src-port set-tos set-var* set-var-fmt* silent-drop
  *: track-sc* track-sc0 track-sc1 track-sc2 unset-var*
  * 2.8-: sc-add-gpc*
  * 3.2-: do-log set-fc-mark set-fc-tos
`);

/** Actions of `tcp-request session`. */
export const TCP_REQUEST_SESSION = table(`
  *: accept reject sc-inc-gpc* sc-inc-gpc0* sc-inc-gpc1* sc-set-gpt* sc-set-gpt0* set-dst set-dst-port set-mark
  *: set-src set-src-port set-tos set-var* set-var-fmt* silent-drop track-sc* track-sc0 track-sc1 track-sc2
  *: unset-var*
  * 2.8-: sc-add-gpc*
  * 3.2-: attach-srv do-log set-fc-mark set-fc-tos
`);

/** Actions of `tcp-request content`. */
export const TCP_REQUEST_CONTENT = table(`
  *: accept capture do-resolve* ot-group reject sc-inc-gpc* sc-inc-gpc0* sc-inc-gpc1* sc-set-gpt* sc-set-gpt0*
  *: send-spoe-group set-dst set-dst-port set-log-level set-mark set-nice set-priority-class set-priority-offset
  *: set-src set-src-port set-tos set-var* set-var-fmt* silent-drop switch-mode track-sc* track-sc0 track-sc1
  *: track-sc2 unset-var* use-service
  * 2.8-: sc-add-gpc* set-bandwidth-limit
  * 3.2-: do-log set-bc-mark set-bc-tos set-fc-mark set-fc-tos set-retries
`);

/** Actions of `tcp-response content`. */
export const TCP_RESPONSE_CONTENT = table(`
  *: accept close ot-group reject sc-inc-gpc* sc-inc-gpc0* sc-inc-gpc1* sc-set-gpt* sc-set-gpt0* send-spoe-group
  *: set-log-level set-mark set-nice set-tos set-var* set-var-fmt* silent-drop unset-var*
  * 2.8-: sc-add-gpc* set-bandwidth-limit
  * 3.2-: do-log set-fc-mark set-fc-tos
`);
