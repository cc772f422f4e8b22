/** Section names of the configuration. Proxies are the four that hold servers or lead to them. */
export const SECTIONS: ReadonlySet<string> = new Set(
  (
    'global defaults frontend backend listen peers resolvers mailers userlist program cache ring log-forward log-profile ' +
    'http-errors fcgi-app crt-store acme traces dynamic-update healthcheck'
  ).split(' '),
);

/** Keywords that open a line of a proxy section. Unknown ones are only faulted when one of these was meant. */
export const PROXY_KEYWORDS: ReadonlySet<string> = new Set(
  (
    'acl backlog balance bind bind-process capture clitcpka-cnt clitcpka-idle clitcpka-intvl compression cookie declare ' +
    'default-server default_backend description disabled dispatch email-alert enabled errorfile errorfiles errorloc errorloc302 ' +
    'errorloc303 error-log-format external-check filter force-be-switch force-persist fullconn guid hash-balance-factor ' +
    'hash-preserve-affinity hash-type http-after-response http-check http-error http-request http-response http-reuse ' +
    'http-send-name-header id ignore-persist load-server-state-from-file filter-sequence log log-format log-format-sd log-steps log-tag ' +
    'max-keep-alive-queue max-session-srv-conns maxconn mode monitor monitor-net monitor-uri no option persist quic-initial ' +
    'rate-limit redirect retries retry-on server server-state-file-name server-template source srvtcpka-cnt srvtcpka-idle ' +
    'srvtcpka-intvl stats stick stick-table tcp-check tcp-request tcp-response timeout transparent unique-id-format ' +
    'unique-id-header use_backend use-fcgi-app use-server block reqadd reqrep reqirep reqdel reqidel reqallow reqdeny rspadd ' +
    'rsprep rspirep rspdel rspidel redisp redispatch clitimeout contimeout srvtimeout grace appsession'
  ).split(' '),
);

/** Names that stand behind `timeout`. */
export const TIMEOUTS: ReadonlySet<string> = new Set(
  (
    'client server connect check queue http-keep-alive http-request tunnel tarpit client-fin server-fin client-hs clitimeout ' +
    'srvtimeout contimeout'
  ).split(' '),
);

/** What `http-check expect` may look at. */
export const EXPECTED: ReadonlySet<string> = new Set('string rstring string-lf status rstatus hdr fhdr'.split(' '));

/** Server keywords that take one value; `default-server` takes the same ones. */
export const SERVER_VALUES: ReadonlySet<string> = new Set(
  (
    'addr agent-addr agent-inter agent-port agent-send alpn ca-file cc check-alpn check-pool-conn-name check-proto check-sni ciphers ' +
    'ciphersuites client-sigalgs cookie crl-file crt curves downinter error-limit fall fastinter guid hash-key healthcheck id interface ktls ' +
    'idle-ping init-addr init-state inter max-reuse maxconn maxqueue minconn namespace npn observe on-error on-marked-down ' +
    'on-marked-up pool-conn-name pool-low-conn pool-max-conn pool-purge-delay port proto proxy-v2-options redir renegotiate ' +
    'resolve-net resolve-opts resolve-prefer resolvers rise set-proxy-v2-tlv-fmt shard sigalgs slowstart sni socks4 source ' +
    'ssl-max-ver ssl-min-ver tcp-md5sig tcp-ut track verify verifyhost weight ws log-bufsize log-proto usesrc'
  ).split(' '),
);

/** Server keywords that stand alone. */
export const SERVER_FLAGS: ReadonlySet<string> = new Set(
  (
    'agent-check allow-0rtt backup check check-reuse-pool check-send-proxy check-sni-auto check-ssl check-via-socks4 disabled enabled ' +
    'force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13 no-agent-check no-backup no-check no-check-reuse-pool ' +
    'no-check-send-proxy no-check-sni-auto no-check-ssl no-renegotiate no-send-proxy no-send-proxy-v2 no-send-proxy-v2-ssl no-send-proxy-v2-ssl-cn no-sni-auto no-ssl no-ssl-reuse ' +
    'no-sslv3 no-strict-maxconn no-tfo no-tls-tickets no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13 no-verifyhost non-stick send-proxy ' +
    'send-proxy-v2 send-proxy-v2-ssl send-proxy-v2-ssl-cn sni-auto ssl ssl-reuse stick strict-maxconn tfo tls-tickets'
  ).split(' '),
);

/** Words of `balance` in every version. */
export const BALANCE: ReadonlySet<string> = new Set(
  'roundrobin static-rr leastconn first source uri url_param hdr random rdp-cookie hash log-hash log-sticky sticky'.split(
    ' ',
  ),
);
