import type { ZoneUse } from '../../model/pool.ts';
import { implied, written, type Setting } from '../../model/span.ts';
import type { Found } from './found.ts';
import { argument, flagOf, textOfValue, type Resource } from './values.ts';

/** The kind of a load balancer. Undefined = the file does not say. */
export type Kind = 'application' | 'network' | 'gateway';

export function kindOf(balancer: Resource): Kind | undefined {
  if (balancer.external === true) return undefined;
  const type = textOfValue(argument(balancer.args, 'load_balancer_type'));
  if (type === undefined) return 'application';
  return type.value === 'application' || type.value === 'network' || type.value === 'gateway' ? type.value : undefined;
}

/** Protocols that application load balancers speak. */
export function isHttpProtocol(protocol: string | undefined): boolean {
  return protocol === 'HTTP' || protocol === 'HTTPS';
}

/**
 * What zones do for a target group. An application load balancer sends across zones unless the group switches it off; the others
 * stay in the zone of the node that the client reached, unless the balancer or the group switches it on.
 * (Elastic Load Balancing, "Cross-zone load balancing for target groups".)
 */
export function zonesOf(group: Resource, balancers: readonly Resource[], found: Found): Setting<ZoneUse> {
  const own = textOfValue(argument(group.args, 'load_balancing_cross_zone_enabled'));
  if (own?.value === 'true' || own?.value === 'false') return written(useOf(own.value === 'true'), own.at);
  if (own !== undefined && own.value !== 'use_load_balancer_configuration') return written<ZoneUse>(undefined, own.at);
  const [first, ...others] = balancers.map((balancer) => zonesOfBalancer(balancer, group));
  if (first !== undefined)
    return others.every(({ value }) => value === first.value) ? first : implied<ZoneUse>(undefined, group.at);
  const protocol = textOfValue(argument(group.args, 'protocol'));
  const isFunction = textOfValue(argument(group.args, 'target_type'))?.value === 'lambda';
  const isApplication = isFunction || isHttpProtocol(protocol?.value);
  if (!isApplication && found.of('aws_lb').length === 0) return implied<ZoneUse>(undefined, group.at);
  return implied<ZoneUse>(isApplication ? 'pooled' : undefined, group.at);
}

function zonesOfBalancer(balancer: Resource, group: Resource): Setting<ZoneUse> {
  const kind = kindOf(balancer);
  if (kind === undefined) {
    const isApplication = isHttpProtocol(textOfValue(argument(group.args, 'protocol'))?.value);
    return implied<ZoneUse>(isApplication ? 'pooled' : undefined, balancer.at);
  }
  if (kind === 'application') return implied('pooled', balancer.at);
  const enabled = flagOf(argument(balancer.args, 'enable_cross_zone_load_balancing'));
  if (enabled === undefined)
    return implied('separate', argument(balancer.args, 'load_balancer_type')?.at ?? balancer.at);
  return written(enabled.value === undefined ? undefined : useOf(enabled.value), enabled.at);
}

function useOf(crossZone: boolean): ZoneUse {
  return crossZone ? 'pooled' : 'separate';
}
