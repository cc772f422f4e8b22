import { StatementTable } from '../../model/statement.ts';
import { rowMakers } from '../rows.ts';

/** Pages of the manual, https://caddyserver.com/docs/. */
const manual = (page: string): string => `https://caddyserver.com/docs/caddyfile/${page}`;

const { read, harmless } = rowMakers(manual);

/** What begins a directive; those of the global options come after `global`. */
export const TABLE = new StatementTable([
  harmless(
    'logging',
    'directives/log',
    'log, log_append, log_skip, skip_log, log_name, tracing, verbose_logs, global log, global debug, global metrics',
  ),
  harmless('headers of answers', 'directives/header', 'header, header_down'),
  harmless(
    'headers that route nothing',
    'directives/reverse_proxy',
    'header_up x-*, header_up +x-*, header_up -x-*, header_up user-agent, header_up accept-encoding, header_up referer',
  ),
  harmless('compression and templates', 'directives/encode', 'encode, templates, push'),
  harmless(
    'files that Caddy answers with',
    'directives/file_server',
    'root, fs, metrics, browse, index, hide, precompressed',
  ),
  harmless('certificates', 'directives/tls', 'tls, acme_server, tls_timeout, tls_curves, tls_renegotiation'),
  harmless(
    'buffers',
    'directives/reverse_proxy',
    'flush_interval, request_buffers, response_buffers, stream_buffer_size, read_buffer, write_buffer, max_response_header, compression, keepalive, keepalive_interval, keepalive_idle_conns, keepalive_idle_conns_per_host, env, capture_stderr',
  ),
  harmless(
    'process',
    'options',
    'global admin, global persist_config, global storage, global storage_clean_interval, global grace_period, global shutdown_delay, global email, global acme_*, global cert_*, global ocsp_*, global local_certs, global on_demand_tls, global key_type, global preferred_chains, global skip_install_trust, global pki, global renew_interval, global events, global filesystem, global cert_issuer, global default_sni, global fallback_sni, global dns',
  ),
  read('sites', 'concepts', 'requests hosts listen entry', 'site'),
  read('matchers', 'matchers', 'requests', '@matcher', true),
  read(
    'upstreams',
    'directives/reverse_proxy',
    'servers requests entry options',
    'reverse_proxy, php_fastcgi, forward_auth, to, dynamic, name, port, service, proto',
    true,
  ),
  read(
    'load balancing',
    'directives/reverse_proxy',
    'algorithm stickiness servers options',
    'lb_policy, fallback, max_age',
    true,
  ),
  read(
    'retries',
    'directives/reverse_proxy',
    'retries options',
    'lb_retries, lb_try_duration, lb_try_interval, lb_retry_match',
    true,
  ),
  read(
    'health checks',
    'directives/reverse_proxy',
    'check options limits',
    'health_uri, health_path, health_upstream, health_port, health_headers, health_method, health_request_body, health_interval, health_timeout, health_status, health_body, health_follow_redirects, health_passes, health_fails, max_fails, fail_duration, unhealthy_request_count, unhealthy_status, unhealthy_latency',
    true,
  ),
  read(
    'how requests are sent on',
    'directives/reverse_proxy',
    'options',
    'header_up host, method, transport, tls_insecure_skip_verify, tls_server_name, tls_client_auth, tls_trusted_ca_certs, tls_trust_pool, tls_except_ports, versions, max_conns_per_host, proxy_protocol, forward_proxy_url, network_proxy, local_address, resolvers, refresh, trusted_proxies, stream_timeout, stream_close_delay, header_up',
  ),
  read(
    'timeouts towards upstreams',
    'directives/reverse_proxy',
    'timeouts options',
    'dial_timeout, dial_fallback_delay, response_header_timeout, expect_continue_timeout, read_timeout, write_timeout',
    true,
  ),
  read(
    'routing',
    'directives/handle',
    'requests entry',
    'handle, handle_path, route, invoke, handle_errors, handle_response',
    true,
  ),
  read('answers and redirects', 'directives/respond', 'requests entry', 'respond, redir, error, abort, file_server'),
  read(
    'rewrites',
    'directives/rewrite',
    'requests entry',
    'rewrite, uri, try_files, method, map, vars, request_header, request_body, intercept',
  ),
  read('access', 'directives/basic_auth', 'requests entry', 'basic_auth, basicauth, forward_auth'),
  read(
    'listeners',
    'directives/bind',
    'listen entry',
    'bind, global http_port, global https_port, global default_bind, global auto_https',
  ),
  read('order of handlers', 'options', 'requests entry', 'global order'),
]);
