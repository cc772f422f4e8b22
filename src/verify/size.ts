import type { Config } from '../model/config.ts';
import type { Text } from '../model/text.ts';
import { LIMITS } from '../text/limits.ts';
import { say, words } from '../text/say.ts';

/** Why a config is too large to be judged in bounded time and memory, whatever the size of its text; undefined when it is not. */
export function tooLarge({ path, pools, entries, routes }: Config): Text | undefined {
  const servers = pools.reduce((sum, pool) => sum + pool.servers.length, 0);
  // Each condition of an entry is held against all others.
  const tests = entries.map(({ matches }) => {
    const asked = matches.reduce((sum, { when }) => sum + (when?.all?.length ?? 1), 0);
    return Math.sqrt(asked * matches.length);
  });
  const counts = [
    [pools.length, 'pools', LIMITS.pools],
    [servers, 'servers', LIMITS.servers],
    [entries.length, 'entries', LIMITS.entries],
    [routes.length, 'routes', LIMITS.routes],
    [Math.round(tests.reduce((most, one) => Math.max(most, one), 0)), 'conditions in one entry', LIMITS.conditions],
  ] as const;
  const [over] = counts.filter(([count, , limit]) => count > limit);
  if (over === undefined) return undefined;
  const [count, what, limit] = over;
  return say`${path} has ${count} ${words(what)}, and the limit is ${limit}: split it, or name fewer files`;
}
