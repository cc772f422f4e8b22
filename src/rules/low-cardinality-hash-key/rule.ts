import type { Algorithm } from '../../model/config.ts';
import type { Severity } from '../../model/finding.ts';
import { say } from '../../text/say.ts';
import { isPrimaryUp } from '../lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'low-cardinality-hash-key',
  title: 'The hash key has many different values',
  severity: 'warning',
  formats: ['haproxy', 'nginx', 'neutral'],
  covers: { 'modulo-hash': 'pool' },
  scope: 'pool',
  *check({ pool }) {
    const algorithm = pool.algorithm.value;
    if (algorithm?.key === undefined || pool.servers.filter(isPrimaryUp).length < 2) return;
    const few = pool.format === 'nginx' ? fewInNginx(algorithm.key) : fewElsewhere(algorithm);
    if (few === undefined) return;
    yield {
      at: pool.algorithm.at,
      pool: pool.name,
      severity: few,
      what: say`${pool.name} picks the server by ${algorithm.key}, which has few different values.`,
      why: say`Every request with the same value goes to the same server, so a popular value overloads one and leaves others idle.`,
      fix: say`Hash what differs between users or objects: ${SUGGESTION[pool.format]}.`,
    };
  },
});

const SUGGESTION = {
  haproxy: 'balance hdr(X-User-Id)',
  nginx: 'hash $request_uri consistent;',
  neutral: 'hashOn: X-User-Id',
};

/** Variables whose values are a handful in one installation. */
const FEW = new Set(
  (
    'host http_host server_name scheme https request_method server_port server_addr server_protocol hostname pid nginx_version proxy_host ' +
    'proxy_port is_args request_completion http_upgrade http_connection http_accept_encoding ssl_server_name ssl_preread_server_name ' +
    'ssl_protocol ssl_cipher protocol'
  ).split(' '),
);
const SOME = new Set(['http_user_agent', 'http_accept_language', 'http_accept', 'http_origin']);

/** nginx concatenates text and variables: the key has as many values as the richest of them. */
function fewInNginx(key: string): Severity | undefined {
  const variables = [...key.matchAll(/\$\{?(\w+)\}?/g)].map((match) => match[1] ?? '');
  if (variables.every((variable) => FEW.has(variable))) return 'warning';
  return variables.every((variable) => FEW.has(variable) || SOME.has(variable)) ? 'notice' : undefined;
}

/** HAProxy's fetches (`hdr(host)`, `uri depth 1`, `str(x)`) and the header names of the neutral format. */
function fewElsewhere({ kind, key = '' }: Algorithm): Severity | undefined {
  const depth = /\bdepth\s+(\d+)/.exec(key)?.[1];
  const length = /\blen\s+(\d+)/.exec(key)?.[1];
  if ((depth !== undefined && Number(depth) === 1) || (length !== undefined && Number(length) <= 4)) return 'warning';
  if (kind === 'uri-hash' || kind === 'cookie-hash' || kind === 'source-hash') return undefined;
  if (
    /^(?:method|dst|dst_port|fc_dst_port|ssl_fc|ssl_fc_sni|req\.ssl_sni|req\.ver|so_id|be_name|fe_name|fe_id|(?:str|int|bool)\(.*\))$/i.test(
      key,
    )
  )
    return 'warning';
  const header = (/^(?:req\.)?f?hdr\(([^,)]*).*\)$/i.exec(key)?.[1] ?? key).trim().toLowerCase();
  if (/^(?:host|:authority|:method|:scheme|x-forwarded-(?:proto|host|port)|accept-encoding|connection)$/.test(header))
    return 'warning';
  return /^(?:user-agent|accept|accept-language|origin)$/.test(header) ? 'notice' : undefined;
}
