import { defineRule } from '../../../../rules/rule.ts';
import { entriesOf } from '../../../../text/positioned.ts';
import { say } from '../../../../text/say.ts';
import { splittersOf } from '../../choices.ts';
import { clusterOf } from '../../cluster.ts';
import { rulesByHost, subsetsOf, workloadsIn } from '../../istio/destinations.ts';
import { hostKey } from '../../istio/hosts.ts';
import { at, placeOf, rawAt } from '../../nodes.ts';

export const rule = defineRule({
  id: 'empty-subset',
  title: 'The labels of a subset are labels of pods',
  severity: 'error',
  scope: 'config',
  *check({ config }) {
    const cluster = clusterOf(config);
    if (cluster === undefined) return;
    const used = new Map(
      splittersOf(cluster).flatMap(({ route, choices }) =>
        choices.flatMap(({ node, at: place, weight }) => {
          const [host, subset] = [rawAt(at(node, 'destination', 'host')), rawAt(at(node, 'destination', 'subset'))];
          if (host === undefined || subset === undefined || weight?.value === 0) return [];
          return [[`${hostKey(host, route)} ${subset}`, place] as const];
        }),
      ),
    );
    for (const [key, rules] of rulesByHost(cluster))
      for (const subset of subsetsOf(rules)) {
        const host = rawAt(at(subset.rule.spec, 'host')) ?? '';
        if (workloadsIn(subset, host, cluster) !== 0) continue;
        const user = used.get(`${key} ${subset.name}`);
        const [label] = entriesOf(at(subset.node, 'labels'));
        yield {
          at: placeOf(label?.value, subset.at),
          key: `${key} ${subset.name}`,
          severity: user === undefined ? 'warning' : 'error',
          what: say`The subset ${subset.name} of ${host} matches no pod of the files.`,
          why: say`Requests to a subset without pods are answered with 503.`,
          fix: say`Set the labels of the subset to labels that the pods of ${host} have.`,
          related: [
            { at: subset.at, note: say`the subset` },
            ...(user === undefined ? [] : [{ at: user, note: say`the route that leads to it` }]),
          ],
        };
      }
  },
});
