import type { Algorithm } from '../../model/algorithm.ts';
import { poolKey } from '../../model/keys.ts';
import { NO_OPTIONS, type Pool, type Unknown, type ZoneUse } from '../../model/pool.ts';
import { implied, written, type Setting } from '../../model/span.ts';
import type { Spill, Stickiness } from '../../model/traffic.ts';
import { isHttpProtocol, kindOf, zonesOf } from './balancers.ts';
import { cloudFormation } from './dialect.ts';
import { checkTargetGroup } from './faults.ts';
import { reasonOf, type Found } from './found.ts';
import { readHealthCheck, seconds } from './health.ts';
import { NAMING, settingsOf } from './settings.ts';
import type { TargetIndex } from './targets.ts';
import { argument, blocks, flagOf, numberOf, textOfValue, type Resource, type Value } from './values.ts';

/** A target group: round robin over its targets for HTTP, a hash of the connection for everything else. */
export function readTargetGroup(
  group: Resource,
  balancers: readonly Resource[],
  targets: TargetIndex,
  found: Found,
): Pool {
  if (group.external === true) return elsewhere(group, found);
  const { args, at } = group;
  const name = found.nameOf(group);
  const protocol = textOfValue(argument(args, 'protocol'));
  const type = textOfValue(argument(args, 'target_type'))?.value;
  const isFunction = type === 'lambda';
  const byBalancer = protocol !== undefined && protocol.value === undefined && balancers.some(isApplication);
  const isHttp = isFunction || isHttpProtocol(protocol?.value) || byBalancer;
  checkTargetGroup(group, found);
  const check = readHealthCheck(group, isHttp, found.dialect !== cloudFormation);
  const slowStart = seconds(numberOf(argument(args, 'slow_start')));
  const { servers, registers, unknowns } = targets.of(group, {
    port: numberOf(argument(args, 'port')),
    check,
    slowStart: slowStart?.value === 0 ? undefined : slowStart,
    tls: tlsOf(protocol),
    scales: isFunction || type === 'alb',
  });
  const stickiness = readStickiness(blocks(args, 'stickiness')[0]);
  return {
    key: poolKey(found.dialect.format, found.scope, name),
    name,
    dialect: found.dialect,
    at,
    protocol: isHttp ? 'http' : protocolOf(protocol?.value),
    algorithm: algorithmOf(args, isHttp, group),
    servers,
    ...(stickiness === undefined ? {} : { stickiness }),
    ...(check === undefined ? {} : { activeCheck: check }),
    timeouts: {},
    ...(slowStart === undefined ? {} : { slowStartMs: slowStart }),
    // Each node of the balancer rotates for itself, and how many there are is not written.
    ...(isHttp ? { rotations: implied<number>(undefined, at) } : {}),
    spill: spillOf(args, group),
    zones: zonesOf(group, balancers, found),
    // Targets that nothing in the files registers are registered elsewhere.
    dynamic: servers.length === 0 || registers.length > 0,
    unknowns: [...unknowns, ...unknownValues(args)],
    caveats: [],
    answers: [],
    // Servers have their port and protocol; without any, the group has them.
    options: settingsOf(args, servers.length === 0 ? UNTARGETED : MODELLED),
  };
}

/** A group that another stack makes: only its name is known. */
function elsewhere(group: Resource, found: Found): Pool {
  const { at } = group;
  const name = found.nameOf(group);
  return {
    key: poolKey(found.dialect.format, found.scope, name),
    name,
    dialect: found.dialect,
    at,
    protocol: 'unknown',
    algorithm: implied<Algorithm>(undefined, at),
    servers: [],
    timeouts: {},
    spill: { spare: implied(Infinity, at), standby: 'all', standbyBy: 'algorithm' },
    zones: implied<ZoneUse>(undefined, at),
    dynamic: true,
    unknowns: [],
    caveats: [],
    answers: [],
    options: NO_OPTIONS,
  };
}

/** TCP carries whatever the client speaks. */
function tlsOf(protocol: Setting<string> | undefined): Setting<boolean> | undefined {
  const tls = protocol?.value === 'HTTPS' || protocol?.value === 'TLS';
  return protocol !== undefined && (tls || protocol.value === 'HTTP') ? { ...protocol, value: tls } : undefined;
}

function isApplication(balancer: Resource): boolean {
  return kindOf(balancer) === 'application';
}

/** Arguments that fields of the model carry, or that name the group and nothing else. */
const MODELLED: ReadonlySet<string> = new Set([
  'health_check',
  'load_balancing_algorithm_type',
  'load_balancing_cross_zone_enabled',
  'port',
  'protocol',
  'slow_start',
  'stickiness',
  ...NAMING,
]);

const UNTARGETED: ReadonlySet<string> = new Set([...MODELLED].filter((name) => name !== 'port' && name !== 'protocol'));

function protocolOf(protocol: string | undefined): Pool['protocol'] {
  if (protocol === 'TCP' || protocol === 'TLS' || protocol === 'TCP_UDP') return 'tcp';
  return protocol === 'UDP' || protocol === 'QUIC' || protocol === 'TCP_QUIC' ? 'udp' : 'unknown';
}

/** By the connection's addresses and ports: each new connection is drawn anew. */
const FLOW_HASH: Algorithm = {
  native: 'flow hash',
  kind: 'random',
  choices: 1,
  draw: 'equal',
  idle: 'as-drawn',
  loaded: 'equal',
};

function algorithmOf(args: Value, isHttp: boolean, { at }: Resource): Setting<Algorithm> {
  const type = textOfValue(argument(args, 'load_balancing_algorithm_type'));
  if (!isHttp) {
    const protocol = argument(args, 'protocol');
    return implied(protocol?.kind === 'unknown' ? undefined : FLOW_HASH, at);
  }
  switch (type?.value) {
    case 'least_outstanding_requests':
      return written<Algorithm>(
        {
          native: 'least_outstanding_requests',
          kind: 'least-connections',
          idle: 'equal',
          loaded: 'equal',
          // Slow start works with round robin alone.
          fixed: true,
        },
        type.at,
      );
    case 'weighted_random':
      return written<Algorithm>({ ...FLOW_HASH, native: 'weighted_random', fixed: true }, type.at);
    case 'round_robin':
      return written<Algorithm>(ROUND_ROBIN, type.at);
    case undefined:
      return type === undefined ? implied(ROUND_ROBIN, at) : written<Algorithm>(undefined, type.at);
    default:
      return written<Algorithm>({ native: type?.value ?? '', kind: 'unknown' }, type?.at ?? at);
  }
}

const ROUND_ROBIN: Algorithm = { native: 'round_robin', kind: 'round-robin', serves: 'in-turn', weights: 'ignored' };

/** `stickiness { type = "lb_cookie" }`: on where the block is, unless it says otherwise. A day where no duration is written. */
export function readStickiness(block: Value | undefined): Stickiness | undefined {
  if (block?.kind !== 'map' || flagOf(argument(block, 'enabled'))?.value === false) return undefined;
  const type = textOfValue(argument(block, 'type'))?.value;
  const { at } = block;
  if (type?.startsWith('source_ip') === true) return { type: 'source-ip', at };
  const ttlMs = seconds(numberOf(argument(block, 'cookie_duration'))) ?? implied(86_400_000, at);
  const name = textOfValue(argument(block, 'cookie_name'));
  return type === 'app_cookie'
    ? { type: 'app-cookie', at, ...(name === undefined ? {} : { name }), ttlMs }
    : { type: 'cookie', at, values: 'made', name: implied('AWSALB', at), ttlMs };
}

/**
 * While fewer targets than this are healthy, all of them get traffic: one unless it is written.
 * (Elastic Load Balancing, "Target group health", unhealthy state routing.)
 */
function spillOf(args: Value, { at }: Resource): Spill {
  const count = numberOf(
    argument(args, 'target_group_health', 'unhealthy_state_routing', 'minimum_healthy_targets_count'),
  );
  const share = numberOf(
    argument(args, 'target_group_health', 'unhealthy_state_routing', 'minimum_healthy_targets_percentage'),
  );
  const limit =
    share?.value === undefined
      ? count === undefined
        ? implied({ count: 1 }, at)
        : written(count.value === undefined ? undefined : { count: count.value }, count.at)
      : written({ share: share.value / 100 }, share.at);
  return { spare: implied(Infinity, at), panicBelow: limit, standby: 'all', standbyBy: 'algorithm' };
}

/** What decides about traffic and is not known. */
function unknownValues(args: Value): Unknown[] {
  const names = ['protocol', 'load_balancing_algorithm_type', 'load_balancing_cross_zone_enabled', 'slow_start'];
  return [...names.map((name) => argument(args, name)), ...blocks(args, 'stickiness')].flatMap((value) =>
    value?.kind === 'unknown' ? [{ at: value.at, reason: reasonOf(value) }] : [],
  );
}
