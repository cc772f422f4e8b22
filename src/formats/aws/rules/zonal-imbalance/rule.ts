import { servingMembers } from '../../../../compare/stages.ts';
import { defineRule } from '../../../../rules/rule.ts';
import { mainShare } from '../../../../model/share.ts';
import { count, name, percent, say } from '../../../../text/say.ts';
import { crossZoneOn } from '../../dialect.ts';

/** Times the smallest share that a target may get before it is a warning. */
const MUCH = 2;
/** The same for a notice. */
const SOME = 1.25;

export const rule = defineRule({
  id: 'zonal-imbalance',
  title: 'Without cross-zone load balancing, every zone has as many targets',
  severity: 'warning',
  scope: 'pool',
  *check({ pool, prediction }) {
    if (pool.zones.value !== 'separate' || prediction.predictability === 'unknown') return;
    const shares = servingMembers(pool).flatMap(({ index, server }) => {
      const share = mainShare(prediction.shares[index]);
      return share === null ? [] : [{ server, share: share / (server.instances.count.value ?? 1) }];
    });
    const sorted = shares.toSorted((a, b) => b.share - a.share);
    const [most, least] = [sorted[0], sorted.at(-1)];
    if (most === undefined || least === undefined || most.share < SOME * least.share) return;
    const zone = most.server.zone?.value ?? '';
    const zones = new Set(shares.map(({ server }) => server.zone?.value)).size;
    yield {
      at: pool.zones.at,
      ...(most.share < MUCH * least.share - 1e-9 ? { severity: 'notice' as const } : {}),
      server: most.server.name,
      what: say`${name(most.server.name)} of ${name(pool.name)} gets ${percent(most.share)}, ${name(least.server.name)} ${percent(least.share)}: each of the ${count(zones, 'zone')} gets an equal part, and ${zone} has fewer targets.`,
      why: say`Cross-zone load balancing is off, so the targets of a small zone carry more than the others and fail first.`,
      fix: crossZoneOn(pool),
      related: [{ at: most.server.at, note: say`one of the few targets in ${zone}` }],
    };
  },
});
