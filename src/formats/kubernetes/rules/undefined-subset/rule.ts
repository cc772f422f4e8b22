import { defineRule } from '../../../../rules/rule.ts';
import { itemsOf } from '../../../../text/positioned.ts';
import { say } from '../../../../text/say.ts';
import { didYouMean } from '../../../../text/suggest.ts';
import { splittersOf } from '../../choices.ts';
import { clusterOf } from '../../cluster.ts';
import { defines, rulesByHost, subsetsOf } from '../../istio/destinations.ts';
import { hostKey } from '../../istio/hosts.ts';
import { at, rawAt } from '../../nodes.ts';

export const rule = defineRule({
  id: 'undefined-subset',
  title: 'Every subset that a VirtualService names is defined',
  severity: 'error',
  scope: 'config',
  *check({ config, configs }) {
    const own = clusterOf(config);
    if (own === undefined) return;
    const clusters = configs.flatMap((one) => clusterOf(one) ?? []);
    const seen = new Set<string>();
    for (const { route, title, choices } of splittersOf(own))
      for (const choice of choices) {
        const destination = at(choice.node, 'destination');
        const [host, subset] = [rawAt(at(destination, 'host')), rawAt(at(destination, 'subset'))];
        if (host === undefined || subset === undefined || choice.weight?.value === 0) continue;
        const key = hostKey(host, route);
        const rules = clusters.flatMap((cluster) => rulesByHost(cluster).get(key) ?? []);
        // Rules for hosts of a pattern, and rules in other repositories, are not known.
        if (defines(rules, subset) || seen.has(`${key} ${subset}`)) continue;
        if (rules.length === 0 && itemsOf(at(route.spec, 'hosts')).length === 0) continue;
        seen.add(`${key} ${subset}`);
        const [first] = rules;
        const isOther = clusters.some((cluster) => rulesByHost(cluster).size > 0);
        if (first === undefined && !isOther) continue;
        const meant = didYouMean(
          subset,
          subsetsOf(rules).map(({ name }) => name),
        );
        yield {
          at: choice.at,
          key: `${title} ${host} ${subset}`,
          severity: first === undefined ? 'warning' : 'error',
          what:
            first === undefined
              ? say`${title} leads to the subset ${subset} of ${host}, and the files have no DestinationRule for ${host}.`
              : say`${title} leads to the subset ${subset} of ${host}, which no DestinationRule defines.`,
          why: say`Requests to a subset that is not defined are answered with 503.`,
          fix:
            meant === undefined ? say`Add the subset ${subset} to the DestinationRule of ${host}.` : say`Set ${meant}.`,
          ...(first === undefined ? {} : { related: [{ at: first.at, note: say`the DestinationRule` }] }),
        };
      }
  },
});
