import { StatementTable } from '../../model/statement.ts';
import { rowMakers } from '../rows.ts';

/** Modules of the reference, https://nginx.org/en/docs/. */
const manual = (module: string): string => `https://nginx.org/en/docs/${module}.html`;

const { read, harmless } = rowMakers(manual);

/** A setting of each module that passes requests on. */
const each = (suffixes: string): string =>
  ['proxy', 'grpc', 'fastcgi', 'uwsgi', 'scgi', 'memcached', 'tunnel']
    .flatMap((module) => suffixes.split(', ').map((suffix) => `${module}_${suffix}`))
    .join(', ');

/** What begins a directive; names of headers in lower case. */
export const TABLE = new StatementTable([
  harmless(
    'logging',
    'http/ngx_http_log_module',
    'status_zone, access_log, error_log, log_format, log_not_found, log_subrequest, open_log_file_cache, rewrite_log, uninitialized_variable_warn, limit_req_log_level, limit_conn_log_level',
  ),
  harmless(
    'headers of answers',
    'http/ngx_http_headers_module',
    `add_header, add_header_inherit, add_trailer, add_trailer_inherit, expires, etag, server_tokens, ${each('hide_header, pass_header, ignore_headers')}, proxy_cookie_domain, proxy_cookie_flags, proxy_cookie_path, proxy_redirect, charset, charset_types, source_charset, override_charset, default_type, types, types_hash_*, userid*, chunked_transfer_encoding, max_ranges, if_modified_since, early_hints`,
  ),
  harmless(
    'headers that route nothing',
    'http/ngx_http_proxy_module',
    'proxy_set_header x-*, proxy_set_header accept-encoding, proxy_set_header user-agent, proxy_set_header referer, proxy_set_header forwarded, grpc_set_header x-*, fastcgi_param, uwsgi_param, scgi_param, fastcgi_index, fastcgi_split_path_info, proxy_headers_hash_*',
  ),
  harmless(
    'compression',
    'http/ngx_http_gzip_module',
    'gzip, gzip_*, gunzip, gunzip_buffers, brotli, brotli_*, zstd, zstd_*, postpone_gzipping',
  ),
  harmless(
    'files that nginx answers with',
    'http/ngx_http_core_module',
    'root, alias, index, autoindex, autoindex_*, sendfile, sendfile_max_chunk, aio, aio_write, directio, directio_alignment, disable_symlinks, open_file_cache, open_file_cache_*, output_buffers, postpone_output, read_ahead, ssi, ssi_*, sub_filter, sub_filter_*, addition_types, add_before_body, add_after_body, image_filter*, xslt_*, xml_*, mp4_*, msie_*, ancient_browser*, modern_browser*',
  ),
  harmless(
    'connections of clients',
    'http/ngx_http_core_module',
    'keepalive_timeout, keepalive_requests, keepalive_time, keepalive_disable, keepalive_min_timeout, tcp_nodelay, tcp_nopush, reset_timedout_connection, lingering_*, client_body_timeout, client_header_timeout, send_timeout, send_lowat, client_body_buffer_size, client_body_in_file_only, client_body_in_single_buffer, client_body_temp_path, client_header_buffer_size, large_client_header_buffers, connection_pool_size, request_pool_size, http2_*, http3_*, quic_*, preread_buffer_size',
  ),
  harmless(
    'TLS certificates, ciphers and sessions',
    'http/ngx_http_ssl_module',
    'ssl_certificate, ssl_certificate_*, ssl_ciphers, ssl_protocols, ssl_prefer_server_ciphers, ssl_session_*, ssl_stapling, ssl_stapling_*, ssl_dhparam, ssl_ecdh_curve, ssl_trusted_certificate, ssl_buffer_size, ssl_conf_command, ssl_early_data, ssl_password_file, ssl_ocsp*, ssl_engine, ssl_object_cache_inheritable, ssl_handshake_timeout, ssl_ech_file',
  ),
  harmless(
    'buffers of answers',
    'http/ngx_http_proxy_module',
    each(
      'buffering, buffers, buffer_size, busy_buffers_size, max_temp_file_size, temp_file_write_size, temp_path, request_buffering, socket_keepalive, socket_rcvbuf, socket_sndbuf, send_lowat, force_ranges, limit_rate, ignore_client_abort',
    ),
  ),
  harmless('caching', 'http/ngx_http_proxy_module', each('cache_*, no_cache, store, store_access')),
  harmless(
    'sizes of tables',
    'http/ngx_http_core_module',
    'server_names_hash_*, map_hash_*, variables_hash_*, referer_hash_*',
  ),
  harmless(
    'process',
    'ngx_core_module',
    'user, pid, daemon, master_process, worker_rlimit_nofile, worker_rlimit_core, worker_priority, worker_cpu_affinity, worker_shutdown_timeout, worker_processes, working_directory, lock_file, timer_resolution, pcre_jit, debug_connection, debug_points, env, thread_pool, load_module, multi_accept, accept_mutex, accept_mutex_delay, use, events',
  ),
  read('upstreams', 'http/ngx_http_upstream_module', 'requests servers algorithm stickiness options', 'upstream'),
  read(
    'servers and virtual servers',
    'http/ngx_http_upstream_module',
    'servers requests check limits options',
    'server',
    true,
  ),
  read(
    'methods',
    'http/ngx_http_upstream_module',
    'algorithm options',
    'least_conn, ip_hash, hash, random, least_time, fair',
    true,
  ),
  read('upstream settings', 'http/ngx_http_upstream_module', 'options stickiness', 'zone, keepalive', true),
  read('stickiness', 'http/ngx_http_upstream_module', 'options stickiness', 'sticky'),
  read('listeners', 'http/ngx_http_core_module', 'listen requests', 'listen', true),
  read('hosts', 'http/ngx_http_core_module', 'hosts requests entry', 'server_name', true),
  read('protocols of a server', 'http/ngx_http_v2_module', 'listen entry', 'http2, http3'),
  read('locations', 'http/ngx_http_core_module', 'requests', 'location'),
  read('where requests are sent on', 'http/ngx_http_proxy_module', 'requests entry options', each('pass'), true),
  read(
    'answers, redirects and rewrites',
    'http/ngx_http_rewrite_module',
    'requests entry',
    'return, rewrite, if, set, break',
  ),
  read('answers from files', 'http/ngx_http_core_module', 'requests', 'try_files, internal, stub_status, empty_gif'),
  read(
    'access and limits',
    'http/ngx_http_access_module',
    'requests entry',
    'allow, deny, limit_req, limit_conn, client_max_body_size',
  ),
  read('variables that choose', 'http/ngx_http_map_module', 'requests', 'map, geo, split_clients'),
  read(
    'failover',
    'http/ngx_http_proxy_module',
    'options timeouts retries',
    each('next_upstream, next_upstream_tries, next_upstream_timeout'),
    true,
  ),
  read(
    'timeouts towards servers',
    'http/ngx_http_proxy_module',
    'timeouts options',
    `${each('connect_timeout, read_timeout, send_timeout')}, proxy_timeout`,
    true,
  ),
  read(
    'TLS towards servers',
    'http/ngx_http_proxy_module',
    'options',
    each(
      'ssl_verify, ssl_verify_depth, ssl_server_name, ssl_session_reuse, ssl_name, ssl_protocols, ssl_ciphers, ssl_certificate, ssl_trusted_certificate, ssl',
    ),
  ),
  read(
    'how requests are sent on',
    'http/ngx_http_proxy_module',
    'options entry',
    `${each('http_version, bind, cache, keep_conn, protocol, requests, responses')}, proxy_set_header host, proxy_set_header upgrade, proxy_set_header connection`,
  ),
  read(
    'addresses of clients',
    'http/ngx_http_realip_module',
    'options',
    'set_real_ip_from, real_ip_header, real_ip_recursive',
  ),
  read('connections of a worker', 'ngx_core_module', 'options limits', 'worker_connections', true),
]);
