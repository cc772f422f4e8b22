import { mainShare } from '../../model/share.ts';
import { servingMembers } from '../../compare/stages.ts';
import { predict } from '../../compare/predict.ts';
import type { Pool } from '../../model/pool.ts';
import { name, percent, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

/** The weight that gives a server points enough. */
const DENSE_WEIGHT = 100;
/** Under this, nobody would see it. */
const NOTED = 1.1;

export const rule = defineRule({
  id: 'sparse-ring',
  title: 'The hash ring is dense enough for an even split',
  severity: 'warning',
  options: {
    'max-times': {
      type: 'number',
      default: 1.25,
      describe: 'Maximum ratio of the share on the ring to the share by weight.',
    },
  },
  scope: 'pool',
  *check({ pool, prediction, options }) {
    const algorithm = pool.algorithm.value;
    const lookup =
      algorithm?.kind === 'hash' ? algorithm.lookup : algorithm?.kind === 'random' ? algorithm.draw : undefined;
    const onRing = typeof lookup === 'object' && lookup.table === 'ring' && lookup.place === 'id';
    const members = servingMembers(pool);
    if (algorithm === undefined || !onRing || members.length < 2 || !pool.algorithm.written || pool.dynamic) return;
    const total = members.reduce((sum, { weight }) => sum + (weight ?? 0), 0);
    const cases = members.flatMap((member) => {
      const share = prediction.shares[member.index];
      const ring = mainShare(share);
      const fair = (member.weight ?? 0) / total;
      return ring === null || fair === 0 ? [] : [{ server: member.server, ring, fair, times: ring / fair }];
    });
    const worst = cases.toSorted((a, b) => b.times - a.times)[0];
    if (worst === undefined || worst.times <= NOTED) return;
    const { server, ring, fair } = worst;
    const dense = denser(pool);
    // Of two random servers the less busy one is taken, so under load the ring hardly shows.
    const hidden = (algorithm.kind === 'random' && algorithm.choices > 1) || worst.times <= options['max-times'];
    yield {
      at: pool.algorithm.at,
      server: server.name,
      ...(hidden ? { severity: 'notice' as const } : {}),
      what: say`${name(server.name)} gets ${percent(ring)} of ${name(pool.name)} by its position on the ring; its weight says ${percent(fair)}.`,
      why: say`Each unit of weight is only a few points on the ring, so small weights split it unevenly, in the same way after every reload.`,
      fix:
        dense === undefined
          ? say`Set all weights higher by the same factor, so that they are 100 or more.`
          : say`Set weights that are ${dense.factor} times as high (${pool.dialect.terms.weight(dense.example)}): the largest difference is then ${percent(dense.off)} of a share. Keys move once.`,
    };
  },
});

/** The factor for all weights that fills the ring, and how far a share is then off, 0..1 of itself. */
function denser(pool: Pool): { factor: number; example: number; off: number } | undefined {
  const members = servingMembers(pool);
  const largest = members.reduce((most, { weight }) => Math.max(most, weight ?? 0), 0);
  const factor = Math.min(DENSE_WEIGHT, Math.floor(pool.dialect.weights.max / largest));
  if (factor < 2) return undefined;
  const servers = pool.servers.map((server) => ({
    ...server,
    weight: { ...server.weight, value: (server.weight.value ?? 0) * factor },
  }));
  const { shares } = predict({ ...pool, servers });
  const total = members.reduce((sum, { weight }) => sum + (weight ?? 0), 0);
  const off = members.reduce((most, { index, weight }) => {
    const share = mainShare(shares[index]) ?? 0;
    return Math.max(most, Math.abs((share * total) / (weight ?? 1) - 1));
  }, 0);
  return { factor, example: (members[0]?.weight ?? 1) * factor, off };
}
