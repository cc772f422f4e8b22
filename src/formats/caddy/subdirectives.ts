/** How a subdirective is written: how many arguments it takes, and what they are. */
export interface Spec {
  readonly min: number;
  readonly max: number;
  readonly is?: 'integer' | 'duration' | 'status' | 'size';
  /** Its values are read with its first argument: a header. */
  readonly keyed?: true;
  readonly block?: true;
}

const spec = (min: number, max = min, more: Omit<Spec, 'min' | 'max'> = {}): Spec => ({ min, max, ...more });
const ANY = Infinity;
const INTEGER = spec(1, 1, { is: 'integer' });
const DURATION = spec(1, 1, { is: 'duration' });
const SIZE = spec(1, 1, { is: 'size' });

/** What is allowed in the block of `reverse_proxy` (Caddy 2.11). */
export const PROXY: ReadonlyMap<string, Spec> = new Map([
  ['to', spec(1, ANY)],
  ['dynamic', spec(1, ANY, { block: true })],
  ['lb_policy', spec(1, ANY, { block: true })],
  ['lb_retries', INTEGER],
  ['lb_try_duration', DURATION],
  ['lb_try_interval', DURATION],
  ['lb_retry_match', spec(0, ANY, { block: true })],
  ['health_uri', spec(1)],
  ['health_path', spec(1)],
  ['health_upstream', spec(1)],
  ['health_port', INTEGER],
  ['health_headers', spec(0, 0, { block: true })],
  ['health_method', spec(1)],
  ['health_request_body', spec(1)],
  ['health_interval', DURATION],
  ['health_timeout', DURATION],
  ['health_status', spec(1, 1, { is: 'status' })],
  ['health_body', spec(1)],
  ['health_follow_redirects', spec(0)],
  ['health_passes', INTEGER],
  ['health_fails', INTEGER],
  ['max_fails', INTEGER],
  ['fail_duration', DURATION],
  ['unhealthy_request_count', INTEGER],
  ['unhealthy_status', spec(1, ANY, { is: 'status' })],
  ['unhealthy_latency', DURATION],
  ['flush_interval', spec(1)],
  ['request_buffers', SIZE],
  ['response_buffers', SIZE],
  ['stream_buffer_size', SIZE],
  ['stream_timeout', spec(1)],
  ['stream_close_delay', spec(1)],
  ['trusted_proxies', spec(0, ANY)],
  ['header_up', spec(1, 3, { keyed: true })],
  ['header_down', spec(1, 3, { keyed: true })],
  ['method', spec(1)],
  ['rewrite', spec(1)],
  ['transport', spec(1, ANY, { block: true })],
  ['handle_response', spec(0, 1, { block: true })],
  ['replace_status', spec(1, 2)],
  ['verbose_logs', spec(0)],
]);

/** What `php_fastcgi` takes in addition. */
export const FASTCGI: ReadonlyMap<string, Spec> = new Map([
  ['root', spec(1)],
  ['split', spec(1, ANY)],
  ['index', spec(1)],
  ['try_files', spec(1, ANY)],
  ['env', spec(2, 2, { keyed: true })],
  ['resolve_root_symlink', spec(0, ANY)],
  ['dial_timeout', DURATION],
  ['read_timeout', DURATION],
  ['write_timeout', DURATION],
  ['capture_stderr', spec(0, ANY)],
]);

/** What `forward_auth` takes in addition. */
export const FORWARD_AUTH: ReadonlyMap<string, Spec> = new Map([
  ['uri', spec(1)],
  ['copy_headers', spec(0, ANY, { block: true })],
]);

/** What is allowed in the block of a transport. */
export const TRANSPORTS: ReadonlyMap<string, ReadonlyMap<string, Spec>> = new Map([
  ['fastcgi', FASTCGI],
  [
    'http',
    new Map([
      ['read_buffer', SIZE],
      ['write_buffer', SIZE],
      ['read_timeout', DURATION],
      ['write_timeout', DURATION],
      ['max_response_header', SIZE],
      ['proxy_protocol', spec(1)],
      ['forward_proxy_url', spec(1)],
      ['network_proxy', spec(1, ANY, { block: true })],
      ['dial_timeout', DURATION],
      ['dial_fallback_delay', DURATION],
      ['response_header_timeout', DURATION],
      ['expect_continue_timeout', DURATION],
      ['resolvers', spec(1, ANY)],
      ['tls', spec(0)],
      ['tls_client_auth', spec(1, 2)],
      ['tls_insecure_skip_verify', spec(0)],
      ['tls_curves', spec(1, ANY)],
      ['tls_timeout', DURATION],
      ['tls_trusted_ca_certs', spec(1, ANY)],
      ['tls_server_name', spec(1)],
      ['tls_renegotiation', spec(1)],
      ['tls_except_ports', spec(1, ANY)],
      ['tls_trust_pool', spec(1, ANY, { block: true })],
      ['keepalive', spec(1)],
      ['keepalive_interval', DURATION],
      ['keepalive_idle_conns', INTEGER],
      ['keepalive_idle_conns_per_host', INTEGER],
      ['versions', spec(1, ANY)],
      ['compression', spec(0, 1)],
      ['max_conns_per_host', INTEGER],
      ['local_address', spec(1)],
    ]),
  ],
]);

/** What is allowed in the block of a source of upstreams. */
export const SOURCES: ReadonlyMap<string, ReadonlyMap<string, Spec>> = new Map([
  [
    'a',
    new Map([
      ['name', spec(1)],
      ['port', spec(1)],
      ['refresh', DURATION],
      ['resolvers', spec(1, ANY)],
      ['dial_timeout', DURATION],
      ['dial_fallback_delay', DURATION],
      ['versions', spec(1, ANY)],
    ]),
  ],
  [
    'srv',
    new Map([
      ['service', spec(1)],
      ['proto', spec(1)],
      ['name', spec(1)],
      ['refresh', DURATION],
      ['resolvers', spec(1, ANY)],
      ['dial_timeout', DURATION],
      ['dial_fallback_delay', DURATION],
      ['grace_period', DURATION],
    ]),
  ],
]);

/** How many arguments each policy takes, and what its block allows. */
export const POLICIES: ReadonlyMap<string, Spec & { readonly inside: readonly string[] }> = new Map([
  ['random', { ...spec(0), inside: [] }],
  ['random_choose', { ...spec(1, 1, { is: 'integer' }), inside: [] }],
  ['first', { ...spec(0), inside: [] }],
  ['round_robin', { ...spec(0), inside: [] }],
  ['weighted_round_robin', { ...spec(1, ANY), inside: [] }],
  ['least_conn', { ...spec(0), inside: [] }],
  ['ip_hash', { ...spec(0), inside: [] }],
  ['client_ip_hash', { ...spec(0), inside: [] }],
  ['uri_hash', { ...spec(0), inside: [] }],
  ['query', { ...spec(1), inside: ['fallback'] }],
  ['header', { ...spec(1), inside: ['fallback'] }],
  ['cookie', { ...spec(0, 2), inside: ['fallback', 'max_age'] }],
]);
