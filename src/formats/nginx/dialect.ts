import type { HashKey } from '../../model/algorithm.ts';
import type { Dialect } from '../../model/dialect.ts';
import type { Severity } from '../../model/finding.ts';
import type { Config } from '../../model/config.ts';
import type { Pool } from '../../model/pool.ts';
import { say } from '../../text/say.ts';

/** How nginx says things. */
export const dialect: Dialect = {
  format: 'nginx',
  title: 'nginx',
  weights: { min: 1, max: Infinity },
  terms: {
    weight: (n) => `weight=${n}`,
    pool: (name) => `upstream ${name}`,
    state: (state) => state,
    stickyValue: (value) => `route=${value}`,
    checkFails: (n) => `fails=${n}`,
    maxConnections: 'max_conns',
    slowStart: 'slow_start',
    checkInterval: 'interval',
    maxFails: 'max_fails',
    ejectTime: 'fail_timeout',
    neverEjected: 'max_fails=0',
    roundRobin: 'round_robin',
    leastConnections: 'least_conn',
    consistentHash: 'consistent',
    allServers: undefined,
  },
  advice: {
    // Open-source nginx ejects servers by their failures; it has no active check to add.
    addCheck: undefined,
    addHttpCheck: undefined,
    addServerCheck: undefined,
    checkTls: undefined,
    checkFaster: undefined,
    checkPatiently: say`Set ${'fails=3'}.`,
    ejectBriefly: say`Set ${'max_fails=3 fail_timeout=10s'}; nginx tries one request again after each ${'fail_timeout'}.`,
    ejectAgain: say`Remove ${'max_fails=0'} (the default is 1), or set ${'max_fails=3 fail_timeout=10s'}.`,
    spread: say`Remove the method, or set ${'least_conn;'}.`,
    useConsistentHash: ({ algorithm }) => {
      const native = algorithm.value?.native ?? '';
      return say`Set ${native === 'ip_hash' ? 'hash $remote_addr consistent;' : `${native} consistent;`} The switch itself moves keys once.`;
    },
    hashMore: 'hash $request_uri consistent;',
    seeClients: say`Add ${'set_real_ip_from PROXY_ADDRESS; real_ip_header X-Forwarded-For;'}, or hash a cookie of the user.`,
    resolveAgain: say`Move the name into an ${'upstream'} with a ${'zone'}, add ${'resolve'} to its ${'server'} line (nginx 1.27.3 or newer) and set ${'resolver'}.`,
    speakTls: say`Set ${'https://'} in ${'proxy_pass'}, or the plain port.`,
    connectSoon: say`Set ${'proxy_connect_timeout 5s;'}.`,
    failOver: say`Set ${'proxy_next_upstream error timeout;'}; it repeats no request that may have had an effect.`,
    retryLess: say`Add ${'proxy_next_upstream_tries 2;'}, and remove ${'non_idempotent'} unless repeating a POST is harmless.`,
    stick: say`Add ${'sticky cookie srv_id;'} to the upstream.`,
    nameServers: say`Add ${'add_header X-Served-By $upstream_addr always;'} in the location, unless the servers send such a header themselves.`,
  },
  identity: {
    balancer: 'nginx',
    line: 'add_header X-Served-By $upstream_addr always;',
    where: 'in the server or location block that has proxy_pass, in addition to any other add_header',
  },
  test: () => 'nginx -t',
  reload: () => 'nginx -s reload',
  serversOut: say`nginx's error log names a failing server in its lines with ${'upstream'}.`,
  unrouted: say`nginx answers each of them itself, with a file or an error.`,
  whenFull: say`It gets almost no traffic, and the others carry its share.`,
  missingPool: say`nginx takes it for a host name: it does not start if the name cannot be resolved, and goes around the servers of the upstream if it can.`,
  fewValues,
  namesServer: (pool, config, references) =>
    [pool.options, config.facts, ...references.map((reference) => reference.options)].some((options) =>
      [...options].some(
        ([option, { value }]) =>
          option.startsWith('add_header') && /\$\{?upstream_addr/.test(`${option} ${value ?? ''}`),
      ),
    ),
  defaultConnectMs: 60_000,
  checksAreUsual: false,
  timeoutsAtReferences: true,
  resolvesUnknownPools: true,
  poolsNeedReferences: true,
  isDocument: false,
  clientsBehind,
  limits: new Set(['worker_connections']),
  targetOptions: new Set(['service']),
  ownOptions: new Set(['route']),
  isOfCheck: (option) => /^(?:check$|check_|health_check)/.test(option),
};

/** nginx takes the client's address from a header or the PROXY protocol only with `set_real_ip_from`. */
function clientsBehind(_: Pool, { facts, listeners }: Config): ReturnType<Dialect['clientsBehind']> {
  if (facts.has('set_real_ip_from')) return 'translated';
  const forwarded = facts.get('reads-forwarded-for');
  if (forwarded) return { at: forwarded.at, note: say`expects ${'X-Forwarded-For'} from a proxy` };
  const listener = listeners.find(({ acceptsProxyProtocol }) => acceptsProxyProtocol);
  return listener && { at: listener.at, note: say`expects the PROXY protocol` };
}

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
function fewValues({ native }: HashKey): Severity | undefined {
  const variables = [...native.matchAll(/\$\{?(\w+)\}?/g)].map((match) => match[1] ?? '');
  if (variables.every((variable) => FEW.has(variable))) return 'warning';
  return variables.every((variable) => FEW.has(variable) || SOME.has(variable)) ? 'notice' : undefined;
}
