import { servingMembers } from '../compare/active.ts';
import type { Candidate, Expectation } from '../evidence/expectation.ts';
import type { Config, DeclaredSplit, Pool } from '../model/config.ts';
import type { Prediction } from '../model/share.ts';
import type { Span } from '../model/span.ts';
import { answersAs } from './candidates.ts';

/** Workers of an nginx that starts one per CPU, or whose main file is not known: as many as large machines have. */
const MOST_WORKERS = 64;

/** What the order of answers depends on beside weights: nginx without a zone has one rotation per worker, in phase after a reload. */
export function pickingOrder(pool: Pool, head: readonly Config[]): Pick<Expectation, 'workers'> {
  const kind = pool.algorithm.value?.kind;
  const rotates = kind === 'round-robin' || kind === 'weighted-round-robin' || kind === 'least-connections';
  if (pool.format !== 'nginx' || pool.options.has('zone') || !rotates) return {};
  const config = head.find(({ pools }) => pools.includes(pool));
  const written = config?.facts.get('worker_processes')?.value ?? '';
  const workers = /^\d{1,5}$/.test(written) ? Number(written) : MOST_WORKERS;
  return workers > 1 ? { workers } : {};
}

/** Shares of the pool's weights by the name that answers show, 0..1; undefined where a weight cannot be read. */
export function weightShares(pool: Pool): ReadonlyMap<string, number> | undefined {
  const members = servingMembers(pool);
  const total = members.reduce((sum, { weight }) => sum + (weight ?? NaN), 0);
  if (!(total > 0)) return undefined;
  const shares = new Map<string, number>();
  for (const { server, weight } of members) {
    const name = answersAs(server, pool);
    shares.set(name, (shares.get(name) ?? 0) + (weight ?? 0) / total);
  }
  return shares;
}

/** Unequal weights that nobody declared, where load decides whether they show. */
export function heavyWeights(pool: Pool, split: DeclaredSplit): { heavy?: Candidate } {
  const kind = pool.algorithm.value?.kind;
  if (split !== 'even' || (kind !== 'least-connections' && kind !== 'random-two-choices')) return {};
  const shares = weightShares(pool);
  if (shares === undefined) return {};
  const values = [...shares.values()];
  if (Math.max(...values) - Math.min(...values) < 1e-9) return {};
  const heaviest = servingMembers(pool).reduce((most, one) => ((one.weight ?? 0) > (most.weight ?? 0) ? one : most));
  const { weight, at } = heaviest.server;
  return { heavy: { cause: 'configured-weights', shares, at: weight.written ? weight.at : at, inTest: false } };
}

/** Why no share of the pool can be known: an algorithm that is not known, or a line that cannot be read where it decides. */
export function unknownShares(
  pool: Pool,
  prediction: Prediction,
  split: DeclaredSplit,
): Pick<Expectation, 'unknownShares'> {
  const kind = pool.algorithm.value?.kind;
  const noAlgorithm = kind === undefined || kind === 'unknown';
  const needed = split === 'config' && prediction.predictability === 'unknown' && kind !== 'least-time';
  if (servingMembers(pool).length < 2 || (!noAlgorithm && !needed)) return {};
  const at = noAlgorithm && !needed ? pool.algorithm.at : (unreadLine(pool) ?? pool.algorithm.at);
  return { unknownShares: { reason: prediction.reason, at } };
}

function unreadLine(pool: Pool): Span | undefined {
  const settings = pool.servers.flatMap((server) => [server.state, server.tier, server.weight, server.count]);
  return settings.find(({ value }) => value === undefined)?.at ?? pool.unknowns[0]?.at;
}
