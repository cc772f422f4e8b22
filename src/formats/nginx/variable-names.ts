import type { Text } from '../../model/text.ts';
import { say } from '../../text/say.ts';
import { conditionWords } from './conditions.ts';
import { isForeign } from './foreign.ts';
import type { Directive } from './parse.ts';
import { allDefinitions } from './tables.ts';

/** Variables of nginx's own modules, of all versions; those that end in an underscore go on with any name. */
const BUILT_IN: ReadonlySet<string> = new Set(
  `
ancient_browser arg_ args binary_remote_addr body_bytes_sent bytes_received bytes_sent connection connection_requests
connection_time connections_active connections_reading connections_waiting connections_writing content_length
content_type cookie_ date_gmt date_local document_root document_uri fastcgi_path_info fastcgi_script_name
geoip_area_code geoip_city geoip_city_continent_code geoip_city_country_code geoip_city_country_code3
geoip_city_country_name geoip_country_code geoip_country_code3 geoip_country_name geoip_dma_code geoip_latitude
geoip_longitude geoip_org geoip_postal_code geoip_region geoip_region_name gzip_ratio host hostname http2 http3 http_
http_cookie http_host http_referer http_user_agent http_via http_x_forwarded_for https invalid_referer is_args
is_request_port limit_conn_status limit_rate limit_req_status memcached_key modern_browser msec msie nginx_version pid
pipe protocol proxy_add_via proxy_add_x_forwarded_for proxy_host proxy_port proxy_protocol_addr proxy_protocol_port
proxy_protocol_server_addr proxy_protocol_server_port proxy_protocol_tlv_ query_string realip_remote_addr
realip_remote_port realpath_root remote_addr remote_port remote_user request request_body request_body_file
request_completion request_filename request_id request_length request_method request_port request_time request_uri
scheme secure_link secure_link_expires sent_http_ sent_http_cache_control sent_http_connection
sent_http_content_length sent_http_content_type sent_http_keep_alive sent_http_last_modified sent_http_link
sent_http_location sent_http_transfer_encoding sent_trailer_ server_addr server_name server_port server_protocol
session_time slice_range spdy spdy_request_priority ssl_alpn_protocol ssl_cipher ssl_ciphers ssl_client_cert
ssl_client_escaped_cert ssl_client_fingerprint ssl_client_i_dn ssl_client_i_dn_legacy ssl_client_raw_cert
ssl_client_s_dn ssl_client_s_dn_legacy ssl_client_serial ssl_client_sigalg ssl_client_v_end ssl_client_v_remain
ssl_client_v_start ssl_client_verify ssl_curve ssl_curves ssl_early_data ssl_ech_outer_server_name ssl_ech_status
ssl_preread_alpn_protocols ssl_preread_protocol ssl_preread_server_name ssl_protocol ssl_server_name ssl_session_id
ssl_session_reused ssl_sigalg ssl_sigalgs status tcpinfo_rcv_space tcpinfo_rtt tcpinfo_rttvar tcpinfo_snd_cwnd
time_iso8601 time_local uid_got uid_reset uid_set upstream_addr upstream_bytes_received upstream_bytes_sent
upstream_cache_etag upstream_cache_last_modified upstream_cache_status upstream_connect_time upstream_cookie_
upstream_first_byte_time upstream_header_time upstream_http_ upstream_last_server_name upstream_queue_time
upstream_response_length upstream_response_time upstream_session_time upstream_status upstream_trailer_ uri
`
    .trim()
    .split(/\s+/),
);

const PREFIXES = [...BUILT_IN].filter((name) => name.endsWith('_'));

/** Which arguments of a directive nginx reads variables in, from the first to the last one. */
const VALUES: ReadonlyMap<string, readonly [from: number, to: number]> = new Map([
  ['return', [0, 1]],
  ['rewrite', [1, 1]],
  ['set', [1, 1]],
  ['map', [0, 0]],
  ['split_clients', [0, 0]],
  ['limit_req_zone', [0, 0]],
  ['limit_conn_zone', [0, 0]],
  ['log_format', [1, 99]],
  ['try_files', [0, 99]],
  ['hash', [0, 0]],
  ['root', [0, 0]],
  ['alias', [0, 0]],
  ['add_header', [1, 1]],
  ['limit_rate', [0, 0]],
  ...['proxy', 'grpc', 'fastcgi', 'uwsgi', 'scgi'].flatMap((module): [string, [number, number]][] => [
    [`${module}_pass`, [0, 0]],
    [`${module}_set_header`, [1, 1]],
    [`${module}_param`, [1, 1]],
    [`${module}_cache_key`, [0, 0]],
    [`${module}_cache_bypass`, [0, 99]],
    [`${module}_no_cache`, [0, 99]],
  ]),
]);

/** Tells which variables of a configuration nothing defines. Only for one that is read as a whole. */
export class VariableNames {
  /** Undefined when a module that is not nginx's own may define any variable. */
  readonly #known: ReadonlySet<string> | undefined;

  constructor(directives: readonly Directive[]) {
    const defined = new Set<string>();
    this.#known = collect(directives, defined) ? defined : undefined;
  }

  /** What is wrong with the variables in the values of a directive. */
  fault({ name, args }: Directive): Text | undefined {
    const range = VALUES.get(name);
    const texts = args.map(({ text }) => text);
    const values =
      name === 'if' ? conditionValues(texts) : range === undefined ? [] : texts.slice(range[0], range[1] + 1);
    for (const value of values) {
      if (name === 'log_format' && value.startsWith('escape=')) continue;
      const fault = this.#valueFault(value);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  #valueFault(value: string): Text | undefined {
    for (const match of value.matchAll(/\$(?:\{(\w*)(\}?)|(\w*))/g)) {
      const name = (match[1] ?? match[3] ?? '').toLowerCase();
      if (match[1] !== undefined && match[2] === '') return say`the closing bracket in variable ${name} is missing.`;
      if (name === '') return say`invalid variable name in ${value}.`;
      if (this.#known === undefined || /^\d/.test(name) || this.#isKnown(name)) continue;
      return say`unknown variable ${`$${name}`}.`;
    }
    return undefined;
  }

  #isKnown(name: string): boolean {
    if (BUILT_IN.has(name) || this.#known?.has(name) === true) return true;
    return PREFIXES.some((prefix) => name.startsWith(prefix));
  }
}

/** The words of a condition that may hold variables: all but a regular expression. */
function conditionValues(args: readonly string[]): readonly string[] {
  const words = conditionWords(args);
  return /~/.test(words[1] ?? '') ? words.slice(0, 1) : words;
}

const DEFINING: ReadonlySet<string> = new Set(
  'set map geo split_clients auth_request_set geoip_proxy perl_set js_set'.split(' '),
);

/** Adds every name that is defined; false when a directive of another module may define more. */
function collect(directives: readonly Directive[], defined: Set<string>): boolean {
  return directives.every(({ name, args, block, tag }) => {
    if (tag !== undefined || name === 'load_module' || isForeign(name)) return false;
    if (!allDefinitions().has(name)) return false;
    for (const { text } of args) {
      if (DEFINING.has(name) && text.startsWith('$')) defined.add(text.slice(1).toLowerCase());
      for (const group of text.matchAll(/\(\?(?:P?<|')(\w+)[>']/g)) defined.add((group[1] ?? '').toLowerCase());
    }
    if (block === undefined || FREE.has(name)) {
      for (const entry of block ?? [])
        for (const group of entry.name.matchAll(/\(\?(?:P?<|')(\w+)[>']/g)) defined.add((group[1] ?? '').toLowerCase());
      return true;
    }
    return collect(block, defined);
  });
}

const FREE: ReadonlySet<string> = new Set('map geo split_clients types charset_map'.split(' '));
