import type { HealthCheck, Server, Unknown } from '../../model/pool.ts';
import { NO_OPTIONS } from '../../model/pool.ts';
import { implied, written, type Setting } from '../../model/span.ts';
import { appendTo } from '../../text/append.ts';
import { say } from '../../text/say.ts';
import { reasonOf, type Found } from './found.ts';
import { argument, blocks, numberOf, textOfValue, type Resource, type Value } from './values.ts';

/** The targets of a group as far as the files list them. */
export interface Targets {
  readonly servers: readonly Server[];
  /** What registers targets at run time: an Auto Scaling group, an ECS service. */
  readonly registers: readonly Value[];
  readonly unknowns: readonly Unknown[];
}

/** What every target of a group has. */
export interface Common {
  readonly port: Setting<number> | undefined;
  readonly check: HealthCheck | undefined;
  readonly slowStart: Setting<number> | undefined;
  readonly tls: Setting<boolean> | undefined;
  /** A function, or another load balancer: one target stands for as many as there are. */
  readonly scales: boolean;
}

/** Attachments and registrations by the address of their target group, found once for all groups. */
export class TargetIndex {
  readonly #found: Found;
  readonly #attached = new Map<Resource, Resource[]>();
  readonly #registers = new Map<Resource, Value[]>();

  constructor(found: Found) {
    this.#found = found;
    for (const attachment of found.of('aws_lb_target_group_attachment')) {
      const value = argument(attachment.args, 'target_group_arn');
      const group = this.#group(value);
      if (group !== undefined) appendTo(this.#attached, group, attachment);
      else if (value?.kind === 'unknown') found.unknown(value.at, reasonOf(value));
    }
    for (const value of registrations(found)) {
      const group = this.#group(value);
      if (group !== undefined) appendTo(this.#registers, group, value);
    }
  }

  #group(value: Value | undefined): Resource | undefined {
    return this.#found.resource(value, 'aws_lb_target_group');
  }

  of(group: Resource, common: Common): Targets {
    const registers = this.#registers.get(group) ?? [];
    const attached = this.#attached.get(group) ?? [];
    const unknowns = registers.map(({ at }): Unknown => ({
      at,
      reason: say`targets of ${this.#found.nameOf(group)} are registered at run time`,
    }));
    for (const { count, name } of attached)
      if (count.value === undefined)
        unknowns.push({ at: count.at, reason: say`how many of ${name} there are is not known` });
    const seen = new Set<string>();
    const servers = attached.flatMap((attachment) => {
      const server = readTarget(attachment, common, this.#found);
      // Registering a target twice is one registration.
      const key = `${server.name} ${server.port?.value ?? ''}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [server];
    });
    return { servers: named(servers), registers, unknowns };
  }
}

/** Every place that says which group something registers its targets in. */
function registrations(found: Found): Value[] {
  return [
    ...found
      .of('aws_autoscaling_group')
      .flatMap(({ args }) => [
        ...blocks(args, 'target_group_arns'),
        ...blocks(args, 'traffic_source').flatMap((one) => argument(one, 'identifier') ?? []),
      ]),
    ...found
      .of('aws_autoscaling_attachment')
      .flatMap(({ args }) => argument(args, 'lb_target_group_arn') ?? argument(args, 'alb_target_group_arn') ?? []),
    ...found
      .of('aws_ecs_service')
      .flatMap(({ args }) => blocks(args, 'load_balancer').flatMap((one) => argument(one, 'target_group_arn') ?? [])),
  ];
}

/** Servers of one address on several ports are told apart by the port. */
function named(servers: readonly Server[]): readonly Server[] {
  const times = new Map<string, number>();
  for (const { name } of servers) times.set(name, (times.get(name) ?? 0) + 1);
  return servers.map((server) =>
    (times.get(server.name) ?? 0) > 1 ? { ...server, name: `${server.name}:${server.port?.value ?? '?'}` } : server,
  );
}

function readTarget(attachment: Resource, common: Common, found: Found): Server {
  const target = argument(attachment.args, 'target_id');
  const { name, address } = identityOf(target, attachment, found);
  const zone = zoneOf(attachment, target, found);
  const port = numberOf(argument(attachment.args, 'port')) ?? common.port;
  return {
    name,
    address,
    port,
    at: attachment.at,
    weight: implied(1, attachment.at),
    priority: implied(0, attachment.at),
    state: implied('up', attachment.at),
    instances: {
      count: attachment.count,
      named: common.scales || attachment.count.value === undefined ? 'unknown' : 'listed',
    },
    zone,
    ...(common.check === undefined ? {} : { activeCheck: common.check }),
    ...(common.slowStart === undefined ? {} : { slowStartMs: common.slowStart }),
    ...(common.tls === undefined ? {} : { tls: common.tls }),
    options: NO_OPTIONS,
  };
}

function identityOf(
  target: Value | undefined,
  attachment: Resource,
  found: Found,
): { readonly name: string; readonly address: string | undefined } {
  if (target?.kind === 'reference') {
    const resource = found.resource(target, 'aws_instance', 'aws_lb');
    const name =
      resource === undefined ? target.to.replace(/^(?:module\.[^.]+\.)*[\w-]+\./, '') : found.nameOf(resource);
    return { name, address: target.to };
  }
  const text = textOfValue(target)?.value;
  return text === undefined ? { name: found.nameOf(attachment), address: undefined } : { name: text, address: text };
}

/** The Availability Zone of a target: written at it, or that of the instance, or of the instance's subnet. */
function zoneOf(attachment: Resource, target: Value | undefined, found: Found): Setting<string> {
  const own = textOfValue(argument(attachment.args, 'availability_zone'));
  // `all` lets every zone send to it.
  if (own !== undefined) return own.value === 'all' ? { ...own, value: undefined } : own;
  const instance = found.resource(target, 'aws_instance');
  const zone = instance && zoneOfInstance(instance, found);
  return zone ?? written<string>(undefined, attachment.at);
}

function zoneOfInstance(instance: Resource, found: Found): Setting<string> | undefined {
  const zone = zoneText(argument(instance.args, 'availability_zone'));
  if (zone !== undefined) return zone;
  const subnet = found.resource(argument(instance.args, 'subnet_id'), 'aws_subnet');
  return subnet && zoneOfSubnet(subnet);
}

/** The zone that a subnet is in. */
function zoneOfSubnet(subnet: Resource): Setting<string> | undefined {
  return (
    zoneText(argument(subnet.args, 'availability_zone')) ?? zoneText(argument(subnet.args, 'availability_zone_id'))
  );
}

/** Two places of one list of zones are two zones, whatever they are called. */
function zoneText(value: Value | undefined): Setting<string> | undefined {
  if (value === undefined) return undefined;
  if (value.kind === 'reference') {
    const text = `${value.to}.${value.attribute}`;
    return written(/^(?:module\..*)?data\.aws_availability_zones\..*\[\d+\]$/.test(text) ? text : undefined, value.at);
  }
  if (value.kind !== 'unknown') return textOfValue(value);
  const text = value.at.source.text.slice(value.at.start, value.at.end);
  return written(ONE_OF_ZONES.test(text) ? text : undefined, value.at);
}

/** CloudFormation's `!Select [0, !GetAZs ""]`. */
const ONE_OF_ZONES = /^\[\s*['"]?\d['"]?,\s*!GetAZs\b/;
