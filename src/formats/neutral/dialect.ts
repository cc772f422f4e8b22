import type { HashKey } from '../../model/algorithm.ts';
import type { Dialect } from '../../model/dialect.ts';
import type { Severity } from '../../model/finding.ts';
import { say } from '../../text/say.ts';

/** How the neutral format says things. */
export const dialect: Dialect = {
  format: 'neutral',
  title: 'Neutral YAML/JSON',
  weights: { min: 0, max: 1_000_000 },
  terms: {
    weight: (n) => `weight: ${n}`,
    pool: (name) => `pools: ${name}`,
    state: (state) => `state: ${state}`,
    stickyValue: (value) => `stickyValue: ${value}`,
    checkFails: (n) => `unhealthyAfter: ${n}`,
    maxConnections: 'maxConnections',
    slowStart: 'slowStart',
    checkInterval: 'interval',
    maxFails: 'maxFails',
    ejectTime: 'ejectFor',
    neverEjected: 'maxFails: 0',
    roundRobin: 'algorithm: round-robin',
    leastConnections: 'algorithm: least-connections',
    consistentHash: 'lookup: { table: ring }',
    allServers: 'defaults.server',
  },
  advice: {
    addCheck: say`Add ${'healthCheck: { path: /healthz }'}, or ${'healthCheck: { enabled: false }'} if there is none on purpose.`,
    addHttpCheck: say`Set ${'type: http'} with a ${'path'} in ${'healthCheck'}.`,
    addServerCheck: say`Add a ${'healthCheck'} to the pool.`,
    checkTls: say`Set ${'type: https'} in ${'healthCheck'}.`,
    checkFaster: say`Set ${'interval: 5s'}.`,
    checkPatiently: say`Set ${'unhealthyAfter: 3'} and a ${'timeout'} below the ${'interval'}.`,
    ejectBriefly: say`Set ${'ejectFor: 10s'}.`,
    ejectAgain: say`Remove ${'maxFails: 0'}, or add a ${'healthCheck'} to the pool.`,
    spread: say`Set ${'algorithm: round-robin'} or ${'least-connections'}.`,
    useConsistentHash: () =>
      say`Set ${'lookup: { table: ring }'} or ${'{ table: maglev }'} if the balancer supports it. The switch itself moves keys once.`,
    hashMore: 'hashOn: X-User-Id',
    seeClients: say`Set ${'algorithm: cookie-hash'} or a ${'cookie'} stickiness.`,
    resolveAgain: say`Set the balancer to resolve the name at run time, with ${'resolves: one'} or ${'all'} in this file.`,
    speakTls: say`Set ${'protocol: https'}, or the plain port.`,
    connectSoon: say`Set ${'connect: 5s'} under ${'timeouts'}.`,
    failOver: say`Set ${'attempts: 2'} under ${'retry'}.`,
    retryLess: say`Set ${'attempts: 3'} or less, or add ${'budget: 0.2'} so that at most a fifth of the requests are retries.`,
    stick: say`Set ${'stickiness: { type: cookie, name: srv }'}.`,
    nameServers: undefined,
  },
  identity: undefined,
  test: () => undefined,
  reload: () => undefined,
  serversOut: undefined,
  unrouted: say`They reach no server.`,
  whenFull: say`It gets almost no traffic, and the others carry its share.`,
  missingPool: say`Requests routed there reach no server.`,
  fewValues,
  namesServer: () => false,
  defaultConnectMs: undefined,
  checksAreUsual: true,
  timeoutsAtReferences: false,
  resolvesUnknownPools: false,
  poolsNeedReferences: false,
  isDocument: true,
  clientsBehind: () => undefined,
  limits: new Set(),
  targetOptions: new Set(),
  ownOptions: new Set(['capacity.unit']),
  isOfCheck: (option) => option.startsWith('healthCheck.'),
};

/** Of header names. */
function fewValues({ of, native }: HashKey): Severity | undefined {
  if (of === 'uri' || of === 'query' || of === 'cookie' || of === 'source') return undefined;
  const header = native.trim().toLowerCase();
  if (/^(?:host|:authority|:method|:scheme|x-forwarded-(?:proto|host|port)|accept-encoding|connection)$/.test(header))
    return 'warning';
  return /^(?:user-agent|accept|accept-language|origin)$/.test(header) ? 'notice' : undefined;
}
