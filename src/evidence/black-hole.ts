import type { Counts, LatencySketch } from '../model/counts.ts';
import type { Explanation } from '../model/measurement.ts';
import { certain } from './explain.ts';
import type { Expectation } from './expectation.ts';
import { shareInterval } from './intervals.ts';
import { quantile } from './latency.ts';
import { errorOutliers } from './server-errors.ts';
import { entry, type Tally } from './tally.ts';

/** How far above its part a share must surely be. */
const HIGH_SHARE = 1.25;
/** How much quicker than the median of the others failing answers must be. */
const QUICK = 0.8;

/**
 * A server that fails fast and, where the split follows load, is sent the more for it: a share surely above its part, more
 * errors than the rest, quicker answers. All three must be seen.
 */
export function blackHole(
  expectation: Expectation,
  counts: Counts,
  seen: Tally,
): { readonly server: string; readonly explanation: Explanation } | undefined {
  const servers = expectation.servers.map((s) => s.name);
  if (servers.length < 2) return undefined;
  const rates = servers.map((server) => ({ server, answers: seen.of(server), errors: entry(counts.errors, server) }));
  const failing = errorOutliers(rates.filter((r) => r.answers > 0)).map((outlier) => outlier.server);
  const hole = expectation.servers.find(({ name, expected }) => {
    const part = expected ?? 1 / servers.length;
    const high = shareInterval(seen.of(name), seen.attributed).low > HIGH_SHARE * part;
    return failing.includes(name) && high && isQuick(name, servers, counts.latencyMs);
  });
  if (hole === undefined) return undefined;
  const explanation = certain('black-hole', expectation, { about: [hole.name], answers: seen.of });
  return { server: hole.name, explanation };
}

function isQuick(
  server: string,
  servers: readonly string[],
  sketches: Readonly<Record<string, LatencySketch>> = {},
): boolean {
  const median = (name: string) => {
    const sketch = Object.hasOwn(sketches, name) ? sketches[name] : undefined;
    return sketch === undefined ? undefined : quantile(sketch, 0.5);
  };
  const own = median(server);
  const others = servers.filter((s) => s !== server).flatMap((s) => median(s) ?? []);
  return own !== undefined && others.length > 0 && others.every((other) => own <= QUICK * other);
}
