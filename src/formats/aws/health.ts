import type { HealthCheck } from '../../model/pool.ts';
import { implied, written, type Setting } from '../../model/span.ts';
import { argument, blocks, flagOf, numberOf, orDefault, textOfValue, type Resource } from './values.ts';

/**
 * The health check of a target group. It is always on, except for functions. Defaults of the API where the block is missing, and
 * of Terraform's provider for what a block leaves out: see the API's `CreateTargetGroup` and the provider's
 * `aws_lb_target_group`. CloudFormation adds none.
 */
export function readHealthCheck(group: Resource, isHttp: boolean, byProvider: boolean): HealthCheck | undefined {
  const [block] = blocks(group.args, 'health_check');
  const isFunction = textOfValue(argument(group.args, 'target_type'))?.value === 'lambda';
  const enabled = flagOf(argument(block, 'enabled'));
  if (enabled?.value === false || (isFunction && block === undefined)) return undefined;
  const at = block?.at ?? group.at;
  if (block?.kind === 'unknown') return { type: 'other', at, intervalMs: written<number>(undefined, at) };
  const port = portOf(textOfValue(argument(block, 'port')));
  const path = textOfValue(argument(block, 'path'));
  // What a block leaves out, the provider fills in.
  const filled = block !== undefined && byProvider;
  const type = typeOf(textOfValue(argument(block, 'protocol')), filled || isHttp, group);
  const matcher = textOfValue(argument(block, 'matcher'));
  const statuses = type === 'http' || type === 'https' ? statusesOf(matcher, isHttp) : undefined;
  const timeout = seconds(numberOf(argument(block, 'timeout')));
  const isWeb = type !== 'tcp';
  return {
    type,
    at,
    ...(port === undefined ? {} : { port }),
    ...(isWeb ? { path: path ?? implied(type === 'grpc' ? '/AWS.ALB/healthcheck' : '/', at) } : {}),
    ...(matcher === undefined ? {} : { expects: matcher }),
    ...(statuses === undefined ? {} : { statuses }),
    intervalMs: seconds(numberOf(argument(block, 'interval'))) ?? implied(isFunction ? 35_000 : 30_000, at),
    // The manuals differ on the default.
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    rise: orDefault(numberOf(argument(block, 'healthy_threshold')), filled ? 3 : 5, at),
    fall: orDefault(numberOf(argument(block, 'unhealthy_threshold')), filled ? 3 : 2, at),
  };
}

const TYPES: ReadonlyMap<string, HealthCheck['type']> = new Map([
  ['HTTP', 'http'],
  ['HTTPS', 'https'],
  ['TCP', 'tcp'],
]);

function typeOf(protocol: Setting<string> | undefined, isWeb: boolean, group: Resource): HealthCheck['type'] {
  if (textOfValue(argument(group.args, 'protocol_version'))?.value === 'GRPC') return 'grpc';
  if (protocol === undefined) return isWeb ? 'http' : 'tcp';
  return TYPES.get(protocol.value?.toUpperCase() ?? '') ?? 'other';
}

/** `traffic-port` is the port that serves. */
function portOf(port: Setting<string> | undefined): Setting<number> | undefined {
  if (port === undefined || port.value === 'traffic-port') return undefined;
  return { ...port, value: port.value !== undefined && /^\d{1,5}$/.test(port.value) ? Number(port.value) : undefined };
}

/** `200,300-399`. Without it 200 for an application load balancer, 200 to 399 for the others. */
function statusesOf(matcher: Setting<string> | undefined, isHttp: boolean): HealthCheck['statuses'] {
  if (matcher === undefined) return isHttp ? [[200, 200]] : [[200, 399]];
  const parts = matcher.value?.split(',').map((part) => /^\s*(\d{3})(?:-(\d{3}))?\s*$/.exec(part));
  if (!parts?.every((part) => part !== null)) return undefined;
  return parts.map(([, from, to]) => [Number(from), Number(to ?? from)] as const);
}

/** Seconds as ms. */
export function seconds(setting: Setting<number> | undefined): Setting<number> | undefined {
  return setting && { ...setting, value: setting.value === undefined ? undefined : setting.value * 1000 };
}
