import { referencesTo } from '../../../../compare/references.ts';
import { followsLoad } from '../../../../model/algorithm.ts';
import { placeKey } from '../../../../model/span.ts';
import { say } from '../../../../text/say.ts';
import { isPrimaryUp } from '../../../../rules/shared/lookups.ts';
import { defineRule } from '../../../../rules/rule.ts';

export const rule = defineRule({
  id: 'errors-not-counted',
  title: 'A server that returns errors loses traffic',
  severity: 'notice',
  scope: 'pool',
  *check({ pool, configs }) {
    const algorithm = pool.algorithm.value;
    if (algorithm === undefined || !followsLoad(algorithm) || pool.servers.filter(isPrimaryUp).length < 2) return;
    const seen = new Set<string>();
    for (const reference of referencesTo(pool, configs)) {
      if (reference.protocol !== 'http') continue;
      const setting = reference.options.get('proxy_next_upstream');
      const at = setting?.written === true ? setting.at : reference.at;
      if (setting !== undefined && (setting.value === undefined || /\bhttp_5\d\d\b|\boff\b/.test(setting.value)))
        continue;
      if (seen.has(placeKey(at))) continue;
      seen.add(placeKey(at));
      yield {
        at,
        pool: pool.name,
        // Choosing the conditions and leaving errors out is an oversight; the default is merely the default.
        ...(setting?.written === true ? { severity: 'warning' as const } : {}),
        what: say`${'proxy_next_upstream'} does not count 5xx responses as failures, and ${pool.name} uses ${algorithm.native}.`,
        why: say`A server that answers 500 at once always has the fewest open requests: in a measurement, one of four servers got 66% of all traffic.`,
        fix: say`Set ${'proxy_next_upstream error timeout http_502 http_503 http_504;'}, with ${'http_500'} where repeating a request is harmless.`,
      };
    }
  },
});
