import type { Config } from '../../model/config.ts';
import { checkBalancer } from './faults.ts';
import type { Found } from './found.ts';
import { readListeners } from './listeners.ts';
import { readTargetGroup } from './target-group.ts';
import { TargetIndex } from './targets.ts';

/** What the resources of one config are in the model: target groups are pools, listeners are entries, weighted forwards are routes. */
export function readResources(
  found: Found,
): Pick<Config, 'pools' | 'routes' | 'entries' | 'references' | 'problems' | 'unknowns'> {
  const { entries, routes, references, balancers } = readListeners(found);
  for (const balancer of found.of('aws_lb')) checkBalancer(balancer, found);
  const targets = new TargetIndex(found);
  const used = new Set(references.map(({ pool }) => pool));
  const pools = found
    .of('aws_lb_target_group')
    .filter((group) => group.external !== true || used.has(found.nameOf(group)))
    .map((group) => readTargetGroup(group, balancers.get(group) ?? [], targets, found));
  return { pools, routes, entries, references, problems: found.problems, unknowns: found.unknowns };
}
