import type { Cluster } from '../cluster.ts';
import { titleOf } from '../gateway/matches.ts';
import { at } from '../nodes.ts';
import { rulesByHost, subsetsOf } from './destinations.ts';
import { policyOf, type Policy } from './policy.ts';

/** A policy that holds for a host or a subset of it. */
export interface Governed {
  readonly title: string;
  readonly policy: Policy;
}

/** The policies of all DestinationRules, those of subsets only where they write something themselves. */
export function policiesOf(cluster: Cluster): readonly Governed[] {
  return [...rulesByHost(cluster).values()].flatMap((rules) => {
    const [first] = rules;
    const shared = at(first?.spec, 'trafficPolicy');
    const own =
      first === undefined || shared === undefined ? [] : [{ title: titleOf(first), policy: policyOf(shared) }];
    const subsets = subsetsOf(rules).flatMap(({ name, node, rule }) => {
      const policy = at(node, 'trafficPolicy');
      return policy === undefined
        ? []
        : [{ title: `${titleOf(rule)}, subset ${name}`, policy: policyOf(shared, policy) }];
    });
    return [...own, ...subsets];
  });
}
