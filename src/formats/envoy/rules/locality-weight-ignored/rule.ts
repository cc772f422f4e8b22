import { servingMembers } from '../../../../compare/stages.ts';
import type { Locality } from '../../../../model/pool.ts';
import { defineRule } from '../../../../rules/rule.ts';
import { list, name, say } from '../../../../text/say.ts';

export const rule = defineRule({
  id: 'locality-weight-ignored',
  title: 'Weights of localities are used',
  severity: 'warning',
  scope: 'pool',
  *check({ pool }) {
    // Endpoints alone do not say what their cluster does with localities.
    if (pool.zones.value === 'weighted' || pool.zones.value === undefined) return;
    const localities = new Map<string, Locality>();
    for (const { server } of servingMembers(pool))
      if (server.locality !== undefined) localities.set(server.locality.name, server.locality);
    const weighted = [...localities.values()].filter(({ weight }) => weight?.written === true);
    const heaviest = weighted.toSorted((a, b) => (b.weight?.value ?? 0) - (a.weight?.value ?? 0))[0];
    const different = new Set([...localities.values()].map(({ weight }) => weight?.value)).size > 1;
    if (heaviest?.weight === undefined || localities.size < 2 || !different) return;
    const written = weighted.map((one) => say`${one.name === '' ? 'no locality' : one.name} ${one.weight?.value ?? 0}`);
    yield {
      at: heaviest.weight.at,
      what: say`The weights of the localities of ${name(pool.name)} are ignored: ${list(written, 4)}.`,
      why: say`All endpoints of a priority are balanced as one group unless ${'locality_weighted_lb_config'} is set.`,
      fix: say`Add ${'common_lb_config: { locality_weighted_lb_config: {} }'} to the cluster, or remove the weights.`,
      related: weighted
        .filter((one) => one !== heaviest)
        .flatMap(({ weight }) =>
          weight === undefined ? [] : [{ at: weight.at, note: say`This weight is ignored too` }],
        ),
    };
  },
});
