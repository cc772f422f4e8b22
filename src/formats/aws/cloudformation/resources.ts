import type { Span } from '../../../model/span.ts';
import { child, type PEntry } from '../../../text/positioned.ts';
import type { Entry, MapValue, Resource, Value } from '../values.ts';
import { countOf, type Template } from './template.ts';

/** Types by the name that Terraform has for them. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'aws_lb'],
  ['AWS::ElasticLoadBalancingV2::TargetGroup', 'aws_lb_target_group'],
  ['AWS::ElasticLoadBalancingV2::Listener', 'aws_lb_listener'],
  ['AWS::ElasticLoadBalancingV2::ListenerRule', 'aws_lb_listener_rule'],
  ['AWS::EC2::Instance', 'aws_instance'],
  ['AWS::EC2::Subnet', 'aws_subnet'],
  ['AWS::ECS::Service', 'aws_ecs_service'],
  ['AWS::AutoScaling::AutoScalingGroup', 'aws_autoscaling_group'],
]);

/** Names of properties and attributes that are no mere spelling of Terraform's. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['Type', 'type'],
  ['DefaultActions', 'default_action'],
  ['Actions', 'action'],
  ['Conditions', 'condition'],
  ['TargetGroups', 'target_group'],
  ['TargetGroupStickinessConfig', 'stickiness'],
  ['LoadBalancers', 'load_balancer'],
  ['TargetGroupARNs', 'target_group_arns'],
  ['DurationSeconds', 'duration'],
  ['HealthCheckIntervalSeconds', 'health_check.interval'],
  ['HealthCheckTimeoutSeconds', 'health_check.timeout'],
  ['HealthCheckEnabled', 'health_check.enabled'],
  ['HealthCheckPath', 'health_check.path'],
  ['HealthCheckPort', 'health_check.port'],
  ['HealthCheckProtocol', 'health_check.protocol'],
  ['HealthyThresholdCount', 'health_check.healthy_threshold'],
  ['UnhealthyThresholdCount', 'health_check.unhealthy_threshold'],
  ['load_balancing.cross_zone.enabled', 'enable_cross_zone_load_balancing'],
  ['load_balancing.algorithm.type', 'load_balancing_algorithm_type'],
  ['idle_timeout.timeout_seconds', 'idle_timeout'],
  ['slow_start.duration_seconds', 'slow_start'],
  ['deregistration_delay.timeout_seconds', 'deregistration_delay'],
  ['stickiness.lb_cookie.duration_seconds', 'stickiness.cookie_duration'],
  ['stickiness.app_cookie.duration_seconds', 'stickiness.cookie_duration'],
  ['stickiness.app_cookie.cookie_name', 'stickiness.cookie_name'],
  [
    'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count',
    'target_group_health.unhealthy_state_routing.minimum_healthy_targets_count',
  ],
  [
    'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage',
    'target_group_health.unhealthy_state_routing.minimum_healthy_targets_percentage',
  ],
]);

/** The resources of a template that decide about traffic, spelled as Terraform does. */
export function resourcesOf(template: Template): Resource[] {
  return template.resources.flatMap((entry) => {
    const type = TYPES.get(typeOf(entry) ?? '');
    if (type === undefined) return [];
    const count = countOf(template, entry.value, entry.keyAt);
    if (count.value === 0) return [];
    const properties = child(entry.value, 'Properties');
    const value: Value =
      properties === undefined ? { kind: 'map', at: entry.keyAt, entries: new Map() } : template.value(properties);
    const args =
      value.kind === 'map'
        ? spelled(value, type)
        : { kind: 'map' as const, at: entry.keyAt, entries: new Map<string, Entry>() };
    const resource: Resource = { type, address: entry.key, name: entry.key, at: entry.keyAt, args, count };
    return [resource, ...attachments(resource)];
  });
}

export function typeOf({ value }: PEntry): string | undefined {
  const type = child(value, 'Type');
  return type?.kind === 'scalar' ? String(type.value) : undefined;
}

/** Targets that a target group lists itself. */
function attachments(group: Resource): Resource[] {
  const targets = group.type === 'aws_lb_target_group' ? group.args.entries.get('targets')?.value : undefined;
  if (targets?.kind !== 'list') return [];
  return targets.items.flatMap((target, i): Resource[] => {
    if (target.kind !== 'map') return [];
    const { at } = target;
    const to: Value = { kind: 'reference', at, to: group.address, attribute: 'Ref' };
    const entries = new Map(target.entries).set('target_group_arn', { keyAt: at, value: to });
    const id = entries.get('id');
    if (id !== undefined) entries.set('target_id', id);
    const name = `${group.name} target ${i + 1}`;
    return [
      {
        type: 'aws_lb_target_group_attachment',
        address: name,
        name,
        at: head(at, id),
        args: { kind: 'map', at, entries },
        count: group.count,
      },
    ];
  });
}

/** The line that names the target. */
function head(at: Span, id: Entry | undefined): Span {
  return id === undefined ? at : { ...at, start: id.keyAt.start, end: id.value.at.end };
}

/** A map with Terraform's names; attributes that are lists of keys and values are arguments of their own. */
function spelled(value: MapValue, type: string): MapValue {
  const entries = new Map<string, Entry>();
  for (const [key, entry] of value.entries) {
    if (/^(?:LoadBalancer|TargetGroup)Attributes$/.test(key)) {
      for (const [name, own] of pairs(entry.value)) put(entries, nameOf(name, type), own);
    } else if (!isEmpty(entry.value)) put(entries, nameOf(key, type), { ...entry, value: below(entry.value, key) });
  }
  // Here stickiness is off unless it is switched on.
  const sticky = entries.get('stickiness')?.value;
  if (sticky?.kind === 'map' && !sticky.entries.has('enabled')) entries.delete('stickiness');
  return { ...value, entries };
}

function isEmpty(value: Value): boolean {
  return value.kind === 'scalar' && value.value === null;
}

function below(value: Value, key: string): Value {
  if (value.kind === 'list') return { ...value, items: value.items.map((item) => below(item, key)) };
  if (value.kind !== 'map') return value;
  // `Matcher: { HttpCode: 200 }` is one text.
  if (key === 'Matcher') return [...value.entries.values()][0]?.value ?? value;
  return spelled(value, key);
}

/** `[{ Key: a, Value: b }]` */
function pairs(value: Value): [string, Entry][] {
  return (value.kind === 'list' ? value.items : []).flatMap((item): [string, Entry][] => {
    if (item.kind !== 'map') return [];
    const [key, own] = [item.entries.get('Key'), item.entries.get('Value')];
    return key?.value.kind === 'scalar' && own !== undefined ? [[String(key.value.value), own]] : [];
  });
}

function nameOf(key: string, within: string): string {
  if (within === 'aws_lb' && key === 'Type') return 'load_balancer_type';
  if (within === 'aws_lb_target_group') {
    if (key === 'Matcher') return 'health_check.matcher';
    if (key === 'load_balancing.cross_zone.enabled') return 'load_balancing_cross_zone_enabled';
  }
  if (within === 'TargetGroups' && key === 'TargetGroupArn') return 'arn';
  return NAMES.get(key) ?? (key.includes('.') ? key : snake(key.replace(/Config$/, '')));
}

/** `TargetGroupArn` is `target_group_arn`. */
function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** Sets an argument, in a block where its name has a point. */
function put(entries: Map<string, Entry>, name: string, entry: Entry): void {
  const [first = '', ...rest] = name.split('.');
  if (rest.length === 0 || !/^(?:health_check|stickiness|target_group_health|unhealthy_state_routing)$/.test(first)) {
    entries.set(name, entry);
    return;
  }
  const known = entries.get(first)?.value;
  const inner = new Map(known?.kind === 'map' ? known.entries : []);
  put(inner, rest.join('.'), entry);
  entries.set(first, {
    keyAt: entries.get(first)?.keyAt ?? entry.keyAt,
    value: { kind: 'map', at: known?.at ?? entry.keyAt, entries: inner },
  });
}
