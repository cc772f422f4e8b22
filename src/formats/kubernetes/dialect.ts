import type { HashKey } from '../../model/algorithm.ts';
import type { Dialect } from '../../model/dialect.ts';
import type { Severity } from '../../model/finding.ts';
import { say } from '../../text/say.ts';

const PROBE = 'readinessProbe: { httpGet: { path: /healthz, port: 8080 } }';

/** How Kubernetes says things. */
export const dialect: Dialect = {
  format: 'kubernetes',
  title: 'Kubernetes',
  weights: { min: 1, max: 1_000_000 },
  terms: {
    weight: (n) => `weight: ${n}`,
    pool: (name) => `Service ${name}`,
    state: () => 'ready: false',
    stickyValue: () => undefined,
    checkFails: (n) => `failureThreshold: ${n}`,
    maxConnections: 'maxConnections',
    slowStart: undefined,
    checkInterval: 'periodSeconds',
    maxFails: undefined,
    ejectTime: undefined,
    neverEjected: undefined,
    roundRobin: 'round_robin',
    leastConnections: undefined,
    consistentHash: undefined,
    allServers: undefined,
  },
  advice: {
    addCheck: say`Add ${PROBE} to the container.`,
    addHttpCheck: say`Set ${'httpGet'} with a path that pods answer only when they can serve in the ${'readinessProbe'}.`,
    addServerCheck: say`Add ${PROBE} to the container.`,
    checkTls: say`Set ${'scheme: HTTPS'} in ${'httpGet'} of the ${'readinessProbe'}.`,
    checkFaster: say`Set ${'periodSeconds: 5'} in the ${'readinessProbe'}.`,
    checkPatiently: say`Set ${'failureThreshold: 3'} and a ${'timeoutSeconds'} below ${'periodSeconds'} in the ${'readinessProbe'}.`,
    ejectBriefly: undefined,
    ejectAgain: undefined,
    spread: say`Remove the setting of the algorithm: pods then get equal shares.`,
    useConsistentHash: () => undefined,
    hashMore: 'nginx.ingress.kubernetes.io/upstream-hash-by: "$http_x_user_id"',
    seeClients: say`Set stickiness by a cookie at the Ingress, or remove ${'sessionAffinity: ClientIP'}.`,
    resolveAgain: undefined,
    speakTls: say`Set the plain port as ${'targetPort'}.`,
    connectSoon: say`Set ${'nginx.ingress.kubernetes.io/proxy-connect-timeout: "5"'}.`,
    nameServers: undefined,
    failOver: say`Set ${'nginx.ingress.kubernetes.io/proxy-next-upstream: "error timeout"'}.`,
    retryLess: say`Set ${'nginx.ingress.kubernetes.io/proxy-next-upstream-tries: "2"'}.`,
    stick: say`Set ${'nginx.ingress.kubernetes.io/affinity: "cookie"'} at the Ingress.`,
  },
  identity: undefined,
  test: (file) => `kubectl apply --dry-run=server -f ${file}`,
  reload: (file) => `kubectl apply -f ${file}`,
  serversOut: say`${'kubectl get endpointslices'} lists the pods that are ready.`,
  unrouted: say`The Ingress controller answers each of them with 404.`,
  whenFull: say`New connections wait, and fail when they wait too long.`,
  missingPool: say`The Ingress controller answers these requests with 503 while no such Service exists.`,
  fewValues,
  // A Service may exist in the cluster without being in these files.
  resolvesUnknownPools: true,
  poolsNeedReferences: false,
  isDocument: true,
  clientsBehind: () => undefined,
  namesServer: (pool) => pool.stickiness?.type === 'cookie',
  defaultConnectMs: undefined,
  checksAreUsual: false,
  timeoutsAtReferences: false,
  limits: new Set(),
  targetOptions: new Set(),
  ownOptions: new Set(),
  isOfCheck: () => false,
};

/** Of the variables of ingress-nginx; a text without one is a single value. */
function fewValues({ native }: HashKey): Severity | undefined {
  const variables = native.match(/\$\{?\w+/g)?.map((variable) => variable.replace(/[${]/g, '').toLowerCase()) ?? [];
  if (variables.every((name) => /^(?:host|http_host|server_name|server_port|scheme|request_method)$/.test(name)))
    return 'warning';
  return variables.every((name) => /^http_(?:user_agent|accept|accept_language|origin)$/.test(name))
    ? 'notice'
    : undefined;
}
