import type { Algorithm, HashKey } from '../../../model/algorithm.ts';
import type { HealthCheck, PassiveCheck, Pool } from '../../../model/pool.ts';
import { implied, written, type Setting, type Span } from '../../../model/span.ts';
import { entriesOf, headOf, itemsOf, type PNode } from '../../../text/positioned.ts';
import type { Cluster } from '../cluster.ts';
import { durationAt } from '../durations.ts';
import type { Found } from '../found.ts';
import { at, entryOf, numberAt, rawAt, settingsOf, textAt } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';
import { governedPools } from './policies.ts';

/** Balances Services by the BackendTrafficPolicy of the routes that lead to them. */
export function readBackendPolicies(_policies: readonly KubeObject[], cluster: Cluster, found: Found): void {
  for (const [key, { spec, at: place }] of governedPools(cluster, found)) {
    const index = found.pools.findIndex((pool) => pool.key === key);
    const pool = found.pools[index];
    if (pool !== undefined) found.pools[index] = withPolicy(pool, spec, place);
  }
}

function withPolicy(pool: Pool, spec: PNode, place: Span): Pool {
  const balancer = at(spec, 'loadBalancer');
  const active = at(spec, 'healthCheck', 'active');
  const passive = at(spec, 'healthCheck', 'passive');
  const check = active === undefined ? undefined : activeOf(active);
  const ejection = passive === undefined ? undefined : passiveOf(passive);
  const slowStart = durationAt(at(balancer, 'slowStart', 'window'));
  const connect = durationAt(at(spec, 'timeout', 'tcp', 'connectTimeout'));
  const answer = durationAt(at(spec, 'timeout', 'http', 'requestTimeout'));
  const retries = numberAt(at(spec, 'retry', 'numRetries')) ?? (entryOf(spec, 'retry') && implied(2, place));
  const panic = numberAt(at(spec, 'healthCheck', 'panicThreshold'));
  const checks = {
    ...(check === undefined ? {} : { activeCheck: check }),
    ...(ejection === undefined ? {} : { passiveCheck: ejection }),
  };
  return {
    ...pool,
    algorithm: algorithmOf(balancer, place),
    servers: pool.servers.map((server) => ({ ...server, ...checks })),
    ...checks,
    ...(slowStart === undefined ? {} : { slowStartMs: slowStart }),
    ...(retries === undefined ? {} : { retries }),
    timeouts: {
      ...pool.timeouts,
      ...(connect === undefined ? {} : { connectMs: connect }),
      ...(answer === undefined ? {} : { serverMs: answer }),
    },
    spill:
      panic?.value === undefined
        ? pool.spill
        : { ...pool.spill, panicBelow: { ...panic, value: { share: panic.value / 100 } } },
    options: new Map([
      ...pool.options,
      ...entriesOf(spec)
        .filter(
          ({ key }) => !['targetRef', 'targetRefs', 'loadBalancer', 'healthCheck', 'retry', 'timeout'].includes(key),
        )
        .flatMap(({ key, value }) => [...settingsOf(value, `${key}.`)]),
      ...settingsOf(balancer, 'loadBalancer.', ['type', 'consistentHash', 'slowStart']),
      ...settingsOf(at(spec, 'retry'), 'retry.', ['numRetries']),
      ...settingsOf(at(spec, 'timeout'), 'timeout.'),
      ...settingsOf(active, 'healthCheck.active.', [
        'interval',
        'timeout',
        'unhealthyThreshold',
        'healthyThreshold',
        'type',
        'http',
      ]),
      ...settingsOf(passive, 'healthCheck.passive.', [
        'consecutive5XxErrors',
        'interval',
        'baseEjectionTime',
        'maxEjectionPercent',
      ]),
    ]),
  };
}

/** LeastRequest where nothing is written (Envoy Gateway, LoadBalancer). */
function algorithmOf(balancer: PNode | undefined, place: Span): Setting<Algorithm> {
  const type = textAt(at(balancer, 'type'));
  const least: Algorithm = {
    native: 'LeastRequest',
    kind: 'random',
    choices: 2,
    draw: 'equal',
    idle: 'as-drawn',
    loaded: 'equal',
  };
  if (type === undefined) return implied(least, place);
  switch (type.value) {
    case undefined:
      return written<Algorithm>(undefined, type.at);
    case 'RoundRobin':
      return written<Algorithm>(
        { native: 'RoundRobin', kind: 'round-robin', serves: 'in-turn', weights: 'used' },
        type.at,
      );
    case 'Random':
      return written<Algorithm>(
        { native: 'Random', kind: 'random', choices: 1, draw: 'equal', idle: 'as-drawn', loaded: 'equal', fixed: true },
        type.at,
      );
    case 'LeastRequest':
      return written(least, type.at);
    case 'ConsistentHash':
      return written<Algorithm>(
        {
          native: 'ConsistentHash',
          kind: 'hash',
          key: keyOf(at(balancer, 'consistentHash')),
          lookup: { table: 'maglev', size: numberAt(at(balancer, 'consistentHash', 'tableSize'))?.value ?? 65_537 },
          without: 'random',
          fixed: true,
        },
        type.at,
      );
    default:
      return written<Algorithm>({ native: type.value ?? '', kind: 'unknown' }, type.at);
  }
}

function keyOf(hash: PNode | undefined): HashKey {
  const type = rawAt(at(hash, 'type'));
  const names = [at(hash, 'header'), ...itemsOf(at(hash, 'headers'))].flatMap(
    (header) => rawAt(at(header, 'name')) ?? [],
  );
  if (type === 'SourceIP') return { of: 'source', native: 'SourceIP', forwarded: true };
  if (type === 'Cookie') return { of: 'cookie', native: `Cookie ${rawAt(at(hash, 'cookie', 'name')) ?? ''}` };
  if (type === 'QueryParams') return { of: 'query', native: 'QueryParams' };
  return type === 'Header' || type === 'Headers'
    ? { of: 'header', native: `Header ${names.join(', ')}` }
    : { of: 'other', native: type ?? '' };
}

/** Every 3 s, 1 s to answer, down after 3 failures and up after 1 success (Envoy Gateway, ActiveHealthCheck). */
function activeOf(node: PNode): HealthCheck {
  const place = headOf(node);
  const type = rawAt(at(node, 'type'));
  const path = textAt(at(node, 'http', 'path'));
  return {
    type: type === 'TCP' ? 'tcp' : type === 'GRPC' ? 'grpc' : 'http',
    at: place,
    ...(path === undefined ? {} : { path }),
    intervalMs: durationAt(at(node, 'interval')) ?? implied(3000, place),
    timeoutMs: durationAt(at(node, 'timeout')) ?? implied(1000, place),
    fall: numberAt(at(node, 'unhealthyThreshold')) ?? implied(3, place),
    rise: numberAt(at(node, 'healthyThreshold')) ?? implied(1, place),
  };
}

function passiveOf(node: PNode): PassiveCheck {
  const place = headOf(node);
  const most = numberAt(at(node, 'maxEjectionPercent'));
  return {
    at: place,
    maxFails: numberAt(at(node, 'consecutive5XxErrors')) ?? implied(5, place),
    sees: 'answers',
    windowMs: durationAt(at(node, 'interval')) ?? implied(3000, place),
    ejectMs: durationAt(at(node, 'baseEjectionTime')) ?? implied(30_000, place),
    maxEjected:
      most === undefined
        ? implied(0.1, place)
        : { ...most, value: most.value === undefined ? undefined : most.value / 100 },
  };
}
