import type { Algorithm, HashKey, Lookup } from '../../../model/algorithm.ts';
import type { Caveat, PassiveCheck, Pool, Server } from '../../../model/pool.ts';
import { implied, written, type Setting, type Span } from '../../../model/span.ts';
import type { Stickiness } from '../../../model/traffic.ts';
import { entriesOf, headOf, type PNode } from '../../../text/positioned.ts';
import { say } from '../../../text/say.ts';
import { durationAt } from '../durations.ts';
import { at, entryOf, numberAt, rawAt, settingsOf, textAt } from '../nodes.ts';

/** A traffic policy, part by part: what a subset writes replaces the part of the host's policy. */
export type Policy = ReadonlyMap<string, PNode>;

export function policyOf(...nodes: readonly (PNode | undefined)[]): Policy {
  return new Map(nodes.flatMap((node) => entriesOf(node).map(({ key, value }) => [key, value] as const)));
}

/** LEAST_REQUEST of two draws where nothing is written (Istio, LoadBalancerSettings.SimpleLB). */
export function leastRequest(servers: readonly Server[]): Algorithm {
  const weights = new Set(servers.map(({ weight }) => weight.value));
  return weights.size < 2
    ? { native: 'LEAST_REQUEST', kind: 'random', choices: 2, draw: 'equal', idle: 'as-drawn', loaded: 'equal' }
    : { native: 'LEAST_REQUEST', kind: 'least-connections', idle: 'by-weight', loaded: 'by-weight' };
}

/** A pool as proxies of the mesh balance it: Service, subset or ServiceEntry with the policy of its DestinationRule. */
export function withPolicy(pool: Pool, policy: Policy, place: Span): Pool {
  const balancer = policy.get('loadBalancer');
  const outlier = policy.get('outlierDetection');
  const tcp = at(policy.get('connectionPool'), 'tcp');
  const hash = at(balancer, 'consistentHash');
  const slowStart = warmupOf(balancer);
  const connect = durationAt(at(tcp, 'connectTimeout'));
  const passive = outlier === undefined ? undefined : passiveOf(outlier);
  const sticky = stickinessOf(hash);
  const limit = numberAt(at(tcp, 'maxConnections'));
  const panic = numberAt(at(outlier, 'minHealthPercent'));
  const servers = pool.servers.map((server) => ({
    ...server,
    ...(passive === undefined ? {} : { passiveCheck: passive }),
  }));
  const { stickiness: _, ...rest } = pool;
  return {
    ...rest,
    algorithm: algorithmOf(balancer, servers, place),
    servers,
    ...(sticky === undefined ? {} : { stickiness: sticky }),
    ...(passive === undefined ? {} : { passiveCheck: passive }),
    ...(slowStart === undefined ? {} : { slowStartMs: slowStart }),
    timeouts: connect === undefined ? pool.timeouts : { ...pool.timeouts, connectMs: connect },
    spill:
      panic?.value === undefined || panic.value === 0
        ? pool.spill
        : { ...pool.spill, panicBelow: { ...panic, value: { share: panic.value / 100 } } },
    caveats: [...pool.caveats, ...localityCaveats(balancer, outlier)],
    options: new Map([
      ...pool.options,
      ...settingsOf(at(balancer, 'localityLbSetting'), 'localityLbSetting.'),
      ...settingsOf(at(policy.get('connectionPool'), 'http'), 'connectionPool.http.'),
      ...settingsOf(tcp, 'connectionPool.tcp.', ['connectTimeout', 'maxConnections']),
      ...(limit === undefined ? [] : [['connectionPool.tcp.maxConnections', textOf(limit)] as const]),
      ...settingsOf(outlier, 'outlierDetection.', OUTLIER_KEYS),
      ...settingsOf(policy.get('tls'), 'tls.'),
      ...[...policy]
        .filter(([key]) => !['loadBalancer', 'outlierDetection', 'connectionPool', 'tls'].includes(key))
        .flatMap(([key, node]) => [...settingsOf({ ...node }, `${key}.`)]),
    ]),
  };
}

function textOf({ value, ...rest }: Setting<number>): Setting<string> {
  return { ...rest, value: value === undefined ? undefined : String(value) };
}

/** `warmup: { duration }`, or `warmupDurationSecs` as it was called before. */
export function warmupOf(balancer: PNode | undefined): Setting<number> | undefined {
  return durationAt(at(balancer, 'warmup', 'duration')) ?? durationAt(at(balancer, 'warmupDurationSecs'));
}

function algorithmOf(balancer: PNode | undefined, servers: readonly Server[], place: Span): Setting<Algorithm> {
  const hash = entryOf(balancer, 'consistentHash');
  if (hash !== undefined) return written(hashOf(hash.value), hash.keyAt);
  const simple = textAt(at(balancer, 'simple'));
  if (simple === undefined) return implied(leastRequest(servers), place);
  switch (simple.value) {
    case undefined:
      return written<Algorithm>(undefined, simple.at);
    case 'ROUND_ROBIN':
      return written<Algorithm>(
        { native: 'ROUND_ROBIN', kind: 'round-robin', serves: 'in-turn', weights: 'used' },
        simple.at,
      );
    case 'RANDOM':
      return written<Algorithm>(
        {
          native: 'RANDOM',
          kind: 'random',
          choices: 1,
          draw: 'by-weight',
          idle: 'as-drawn',
          loaded: 'by-weight',
          fixed: true,
        },
        simple.at,
      );
    case 'PASSTHROUGH':
      return written<Algorithm>({ native: 'PASSTHROUGH', kind: 'unknown' }, simple.at);
    default:
      return written(leastRequest(servers), simple.at);
  }
}

/** A ring of at least 1024 points, or Maglev's table of 65537 (Istio, ConsistentHashLB). */
function hashOf(node: PNode): Algorithm {
  const maglev = at(node, 'maglev');
  const least = numberAt(at(node, 'ringHash', 'minimumRingSize')) ?? numberAt(at(node, 'minimumRingSize'));
  const lookup: Lookup =
    maglev === undefined
      ? {
          table: 'ring',
          points: { min: least?.value ?? 1024, max: 8_388_608 },
          place: 'unknown',
          hash: 'unknown',
          owner: 'next',
        }
      : { table: 'maglev', size: numberAt(at(maglev, 'tableSize'))?.value ?? 65_537 };
  return { native: 'consistentHash', kind: 'hash', key: keyOf(node), lookup, without: 'unknown', fixed: true };
}

function keyOf(node: PNode): HashKey {
  const header = rawAt(at(node, 'httpHeaderName'));
  const query = rawAt(at(node, 'httpQueryParameterName'));
  const cookie = rawAt(at(node, 'httpCookie', 'name'));
  if (header !== undefined) return { of: 'header', native: `httpHeaderName: ${header}` };
  if (query !== undefined) return { of: 'query', native: `httpQueryParameterName: ${query}` };
  if (cookie !== undefined) return { of: 'cookie', native: `httpCookie: ${cookie}` };
  return rawAt(at(node, 'useSourceIp')) === 'true'
    ? { of: 'source', native: 'useSourceIp' }
    : { of: 'other', native: 'consistentHash' };
}

/** A cookie that the proxy makes where a client has none. */
function stickinessOf(hash: PNode | undefined): Stickiness | undefined {
  const cookie = at(hash, 'httpCookie');
  const name = textAt(at(cookie, 'name'));
  const ttl = durationAt(at(cookie, 'ttl'));
  if (cookie === undefined || ttl === undefined) return undefined;
  return { type: 'cookie', at: headOf(cookie), values: 'made', ...(name === undefined ? {} : { name }), ttlMs: ttl };
}

const OUTLIER_KEYS = [
  'consecutive5xxErrors',
  'consecutiveErrors',
  'interval',
  'baseEjectionTime',
  'maxEjectionPercent',
  'minHealthPercent',
];

/** Five errors in a row eject for 30 s, 10 % of the pods at most (Istio, OutlierDetection). */
function passiveOf(node: PNode): PassiveCheck {
  const place = headOf(node);
  const fails = numberAt(at(node, 'consecutive5xxErrors')) ?? numberAt(at(node, 'consecutiveErrors'));
  const most = numberAt(at(node, 'maxEjectionPercent'));
  return {
    at: place,
    maxFails: fails ?? numberAt(at(node, 'consecutiveGatewayErrors')) ?? implied(5, place),
    sees: 'answers',
    windowMs: durationAt(at(node, 'interval')) ?? implied(10_000, place),
    ejectMs: durationAt(at(node, 'baseEjectionTime')) ?? implied(30_000, place),
    maxEjected:
      most === undefined
        ? implied(0.1, place)
        : { ...most, value: most.value === undefined ? undefined : most.value / 100 },
  };
}

/** Outlier detection switches on that pods of the caller's locality come first; a split by locality needs nothing else. */
function localityCaveats(balancer: PNode | undefined, outlier: PNode | undefined): Caveat[] {
  const setting = entryOf(balancer, 'localityLbSetting');
  const isOff = rawAt(at(setting?.value, 'enabled')) === 'false';
  const distribute = entryOf(setting?.value, 'distribute');
  const place = distribute?.keyAt ?? (outlier === undefined ? undefined : (setting?.keyAt ?? headOf(outlier)));
  if (place === undefined || isOff) return [];
  return [
    {
      at: place,
      bends: setting === undefined ? 'some' : 'all',
      reason: say`proxies prefer pods of their own locality, and where pods run is not in the files`,
    },
  ];
}
