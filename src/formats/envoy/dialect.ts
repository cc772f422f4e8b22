import type { HashKey } from '../../model/algorithm.ts';
import type { Config } from '../../model/config.ts';
import type { Dialect } from '../../model/dialect.ts';
import type { Severity } from '../../model/finding.ts';
import type { Pool } from '../../model/pool.ts';
import type { Reference } from '../../model/route.ts';
import { say } from '../../text/say.ts';
import { identity } from './identity.ts';

const CHECK =
  'health_checks: [{ timeout: 1s, interval: 5s, unhealthy_threshold: 3, healthy_threshold: 2, http_health_check: { path: /healthz } }]';

/** How Envoy says things. */
export const dialect: Dialect = {
  format: 'envoy',
  title: 'Envoy',
  weights: { min: 1, max: 4_294_967_295 },
  terms: {
    weight: (n) => `load_balancing_weight: ${n}`,
    pool: (name) => `cluster ${name}`,
    state: (state) =>
      `health_status: ${state === 'drain' ? 'DRAINING' : state === 'degraded' ? 'DEGRADED' : 'UNHEALTHY'}`,
    stickyValue: () => undefined,
    checkFails: (n) => `unhealthy_threshold: ${n}`,
    maxConnections: 'max_connections',
    slowStart: 'slow_start_window',
    checkInterval: 'interval',
    maxFails: 'consecutive_5xx',
    ejectTime: 'base_ejection_time',
    neverEjected: 'enforcing_consecutive_5xx: 0',
    roundRobin: 'lb_policy: ROUND_ROBIN',
    leastConnections: 'lb_policy: LEAST_REQUEST',
    consistentHash: 'lb_policy: MAGLEV',
    allServers: undefined,
  },
  advice: {
    addCheck: say`Add ${CHECK} to the cluster.`,
    addHttpCheck: say`Set ${'http_health_check: { path: /healthz }'} in ${'health_checks'}, with a path that the servers answer only when they are healthy.`,
    addServerCheck: say`Remove ${'disable_active_health_check'} from the endpoint, or add ${'health_checks'} to the cluster.`,
    checkTls: say`Add a ${'transport_socket'} with ${'UpstreamTlsContext'} to the cluster; checks use it too.`,
    checkFaster: say`Set ${'interval: 5s'} in ${'health_checks'}.`,
    checkPatiently: say`Set ${'unhealthy_threshold: 3'} in ${'health_checks'}, and a ${'timeout'} below the ${'interval'}.`,
    ejectBriefly: say`Set ${'base_ejection_time: 30s'} in ${'outlier_detection'}.`,
    ejectAgain: say`Set ${'enforcing_consecutive_5xx: 100'} in ${'outlier_detection'}.`,
    spread: say`Remove ${'lb_policy'}, or set ${'lb_policy: ROUND_ROBIN'}.`,
    useConsistentHash: () => undefined,
    hashMore: 'hash_policy: [{ header: { header_name: x-user-id } }]',
    seeClients: say`Set ${'xff_num_trusted_hops: 1'} in the HTTP connection manager, so that the address from ${'x-forwarded-for'} is hashed.`,
    resolveAgain: undefined,
    speakTls: say`Add a ${'transport_socket'} with ${'UpstreamTlsContext'} to the cluster, or set the plain port.`,
    connectSoon: say`Set ${'connect_timeout: 1s'}.`,
    nameServers: say`Add ${'response_headers_to_add: [{ header: { key: x-backend, value: "%UPSTREAM_HOST%" } }]'} to ${'route_config'}.`,
    failOver: say`Add ${'retry_policy: { retry_on: connect-failure, num_retries: 2 }'} to the route.`,
    retryLess: say`Set ${'num_retries: 2'}, or add a ${'retry_budget'} to the ${'circuit_breakers'} of the cluster.`,
    stick: say`Set ${'lb_policy: MAGLEV'} and add ${'hash_policy: [{ cookie: { name: srv, ttl: 3600s } }]'} to the route.`,
  },
  identity: { balancer: identity.product, line: identity.line, where: identity.where },
  test: (file) => `envoy --mode validate -c ${file}`,
  reload: () => undefined,
  serversOut: say`${'/clusters'} of the admin interface lists ${'health_flags'} of every server.`,
  unrouted: say`Envoy answers each of them with 404.`,
  whenFull: say`Requests above it are answered with 503.`,
  missingPool: say`Envoy rejects the file, or answers the requests of the route with 503.`,
  fewValues,
  resolvesUnknownPools: false,
  poolsNeedReferences: true,
  isDocument: true,
  clientsBehind,
  namesServer,
  defaultConnectMs: 5000,
  checksAreUsual: false,
  timeoutsAtReferences: false,
  limits: new Set([
    'circuit_breakers.thresholds[0].max_connections',
    'circuit_breakers.thresholds[0].max_pending_requests',
    'circuit_breakers.thresholds[0].max_requests',
  ]),
  targetOptions: new Set(),
  ownOptions: new Set(['hostname']),
  isOfCheck: (option) => option.startsWith('health_checks'),
};

function fewValues({ native }: HashKey): Severity | undefined {
  if (/^header (?::authority|:method|:scheme|host)$/i.test(native)) return 'warning';
  return /^header user-agent$/i.test(native) ? 'notice' : undefined;
}

/** The source address is that of the client when a trusted proxy reports it. */
function clientsBehind(_pool: Pool, { entries }: Config): 'translated' | undefined {
  const trusts = entries.some(
    ({ listens, settings }) =>
      listens.some(({ proxyProtocol }) => proxyProtocol === true) ||
      Number(settings.get('xff_num_trusted_hops')?.value ?? '0') > 0 ||
      [...settings.keys()].some((key) => key.startsWith('original_ip_detection_extensions')),
  );
  return trusts ? 'translated' : undefined;
}

/** By a header with the address of the server, or a cookie that holds it. */
function namesServer({ stickiness }: Pool, _config: Config, references: readonly Reference[]): boolean {
  if (stickiness?.type === 'cookie' && stickiness.values === 'made') return true;
  return references.some(({ options }) =>
    [...options.values()].some(({ value }) => /%UPSTREAM_(?:HOST|REMOTE_ADDRESS|HOST_NAME)/.test(value ?? '')),
  );
}
