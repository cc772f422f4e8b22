import { referencesTo } from '../../../../compare/references.ts';
import { servingMembers } from '../../../../compare/stages.ts';
import { defineRule } from '../../../../rules/rule.ts';
import { name, say } from '../../../../text/say.ts';

export const rule = defineRule({
  id: 'hash-without-policy',
  title: 'Routes to a hashing cluster say what is hashed',
  severity: 'error',
  scope: 'pool',
  *check({ pool, configs }) {
    const algorithm = pool.algorithm.value;
    // The reader makes it a random draw where every route lacks a policy.
    const isDraw = algorithm?.kind === 'random' && /^(?:RING_HASH|MAGLEV)$/.test(algorithm.native);
    if (!isDraw || servingMembers(pool).length < 2) return;
    const [first, ...others] = referencesTo(pool, configs);
    yield {
      at: first?.at ?? pool.algorithm.at,
      pool: pool.name,
      what: say`${algorithm.native} of ${name(pool.name)} has nothing to hash: no route to it has a ${'hash_policy'}.`,
      why: say`Each request is hashed by a random number, so the requests of one client reach all endpoints.`,
      fix: say`Add ${'hash_policy: [{ header: { header_name: x-user-id } }]'} to the route, or set ${'lb_policy: ROUND_ROBIN'}.`,
      related: [
        { at: pool.algorithm.at, note: say`The algorithm is set here` },
        ...others.slice(0, 3).map(({ at }) => ({ at, note: say`This route has no ${'hash_policy'} either` })),
      ],
    };
  },
});
