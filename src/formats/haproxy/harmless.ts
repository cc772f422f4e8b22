import { StatementTable } from '../../model/statement.ts';
import { rowMakers } from '../rows.ts';

/** Sections of the configuration manual, https://docs.haproxy.org/3.2/configuration.html. */
const manual = (section: string): string => `https://docs.haproxy.org/3.2/configuration.html#${section}`;

const { read, harmless } = rowMakers(manual);

/** Sections in which nothing decides about traffic. */
export const HARMLESS_SECTIONS: ReadonlySet<string> = new Set(
  'mailers ring log-forward log-profile traces cache program'.split(' '),
);

/** What begins a statement in any section, `no` and `default` left out. */
export const TABLE = new StatementTable([
  harmless(
    'logging',
    '8',
    'log, log-format, log-format-sd, error-log-format, log-tag, log-send-hostname, log-steps, capture, option httplog, option httpslog, option tcplog, option dontlognull, option dontlog-normal, option log-health-checks, option log-separate-errors, option logasap, http-request capture, http-request set-log-level, http-request do-log, http-response capture, http-response set-log-level, http-response do-log, http-after-response capture, http-after-response set-log-level, http-after-response do-log, tcp-request connection capture, tcp-request content capture, tcp-request content set-log-level, unique-id-format, unique-id-header, profiling.tasks, profiling.memory, anonkey, trace, quiet, zero-warning, set-dumpable',
  ),
  harmless('statistics pages and sockets', '4.2-stats%20enable', 'stats, option socket-stats, option contstats'),
  harmless(
    'process',
    '3.1',
    'user, group, uid, gid, daemon, chroot, pidfile, node, description, nbthread, cpu-map, cpu-policy, cpu-set, numa-cpu-mapping, thread-group, thread-groups, master-worker, mworker-max-reloads, hard-stop-after, grace, close-spread-time, localpeer, unix-bind, insecure-fork-wanted, insecure-setuid-wanted, strict-limits, setcap, default-path, expose-experimental-directives, expose-deprecated-directives, fd-hard-limit, prealloc-fd',
  ),
  harmless(
    'performance tuning',
    '3.2',
    'tune.*, busy-polling, no-memory-trimming, noepoll, nokqueue, nopoll, noevports',
  ),
  harmless(
    'TLS ciphers, versions and certificate folders',
    '3.1-ssl-default-bind-ciphers',
    'ssl-default-bind-*, ssl-default-server-ciphers, ssl-default-server-ciphersuites, ssl-default-server-options, ssl-default-server-curves, ssl-default-server-sigalgs, ssl-dh-param-file, ssl-engine, ssl-load-extra-*, ssl-mode-async, ssl-propquery, ssl-provider, ssl-provider-path, ssl-security-level, ssl-skip-self-issued-ca, ca-base, crt-base, key-base, issuers-chain-path, ocsp-update.*',
  ),
  harmless(
    'headers that route nothing',
    '4.2-http-request%20set-header',
    'http-request set-header, http-request add-header, http-request del-header, http-request replace-header, http-request replace-value, http-response set-header, http-response add-header, http-response del-header, http-response replace-header, http-response replace-value, http-after-response set-header, http-after-response add-header, http-after-response del-header, http-after-response replace-header, http-after-response replace-value, http-request early-hint, option forwardfor, option forwarded, option originalto, http-send-name-header, rspadd, rspdel, rspidel, rsprep, rspirep',
  ),
  harmless(
    'compression and caching',
    '4.2-compression',
    'compression, http-response cache-store, filter compression, filter cache',
  ),
  harmless(
    'TCP details',
    '4.2-option%20tcpka',
    'option tcpka, option clitcpka, option srvtcpka, clitcpka-*, srvtcpka-*, option splice-auto, option splice-request, option splice-response, option tcp-smart-accept, option tcp-smart-connect, option http-no-delay, http-request set-tos, http-request set-mark, http-request set-nice, http-response set-tos, http-response set-mark, http-response set-nice, tcp-request connection set-tos, tcp-request connection set-mark, tcp-request content set-tos, tcp-request content set-mark, tcp-request content set-nice',
  ),
  harmless(
    'pages for errors',
    '4.2-errorfile',
    'errorfile, errorfiles, errorloc, errorloc302, errorloc303, http-error',
  ),
  harmless('mails', '3.6', 'email-alert'),
  read('servers', '5.2', 'servers check limits stickiness options', 'server, server-template, default-server', true),
  read('method', '4.2-balance', 'algorithm options', 'balance, hash-type, hash-balance-factor', true),
  read('listeners', '5.1', 'listen', 'bind', true),
  read('sections', '4', 'requests options', 'frontend, backend, listen, defaults', true),
  read('protocol', '4.2-mode', 'options entry requests', 'mode', true),
  read('choice of a backend', '4.2-use_backend', 'requests', 'use_backend, default_backend', true),
  read('conditions', '7.1', 'requests', 'acl'),
  read(
    'answers and refusals',
    '4.2-http-request%20deny',
    'requests options',
    'http-request deny, http-request allow, http-request auth, http-request reject, http-request tarpit, http-request silent-drop, http-request return, http-request redirect, http-request use-service, redirect, tcp-request connection accept, tcp-request connection reject, tcp-request connection silent-drop, tcp-request session accept, tcp-request session reject, tcp-request session silent-drop, tcp-request content accept, tcp-request content reject, tcp-request content silent-drop, http-response deny, http-response allow, http-response return, http-response redirect, http-response silent-drop, tcp-response content accept, tcp-response content reject, tcp-response content silent-drop',
  ),
  read(
    'rewrites',
    '4.2-http-request%20set-path',
    'entry options',
    'http-request set-path, http-request set-pathq, http-request set-uri, http-request set-query, http-request replace-path, http-request replace-pathq, http-request replace-uri, http-request normalize-uri, http-request set-method, http-request set-src, http-request set-dst, http-request set-host, http-request set-header host, http-request replace-header host, http-request del-header host, http-request set-header upgrade, http-request set-header connection, http-request del-header upgrade, http-request del-header connection',
  ),
  read('limits', '4.2-maxconn', 'entry options limits', 'maxconn, rate-limit, fullconn, monitor-uri'),
  read(
    'timeouts',
    '4.2-timeout%20server',
    'timeouts',
    'timeout connect, timeout server, timeout client, timeout queue, contimeout, srvtimeout, clitimeout',
    true,
  ),
  read('retries', '4.2-retries', 'retries options', 'retries, retry-on, option redispatch, option allbackups', true),
  read(
    'health checks',
    '4.2-option%20httpchk',
    'check options',
    'option httpchk, option tcp-check, option ssl-hello-chk, option smtpchk, option mysql-check, option pgsql-check, option redis-check, option ldap-check, option spop-check, option external-check, http-check, tcp-check, timeout check',
  ),
  read(
    'stickiness',
    '4.2-cookie',
    'stickiness options',
    'cookie, appsession, stick, stick-table, use-server, force-persist, ignore-persist',
  ),
  read('switched off', '4.2-disabled', 'servers requests', 'disabled, enabled', true),
  read(
    'variables of the environment',
    '2.3',
    'servers check algorithm stickiness limits timeouts retries requests entry listen options',
    'setenv, presetenv, unsetenv, resetenv',
    true,
  ),
]);
