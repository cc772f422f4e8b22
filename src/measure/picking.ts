import { servingMembers } from '../compare/stages.ts';
import type { Candidate, Expectation } from '../evidence/expectation.ts';
import type { DeclaredSplit, Pool } from '../model/pool.ts';
import type { Prediction } from '../model/share.ts';
import type { Span } from '../model/span.ts';
import { answersAs } from './candidates.ts';

/**
 * What the order of answers depends on in addition to weights: workers that share no state walk through the pool in phase after a
 * reload, and some balancers serve each server's weight in one run.
 */
export function pickingOrder(pool: Pool): Pick<Expectation, 'workers' | 'block'> {
  const algorithm = pool.algorithm.value;
  const rotates = algorithm?.kind === 'round-robin' || algorithm?.kind === 'least-connections';
  const workers = rotates ? (pool.rotations?.value ?? (pool.rotations === undefined ? 1 : MOST_WORKERS)) : 1;
  const inBlocks = algorithm?.kind === 'round-robin' && algorithm.serves === 'in-blocks';
  const block = inBlocks ? Math.max(...servingMembers(pool).map(({ weight }) => weight ?? 1)) : 1;
  return { ...(workers > 1 ? { workers } : {}), ...(block > 1 ? { block } : {}) };
}

/** Where the number of workers is not known: as many as large machines have. */
const MOST_WORKERS = 64;

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

/** Whether what is open decides: least connections, or the best of several draws. */
function followsLoad({ algorithm: { value } }: Pool): boolean {
  return value?.kind === 'least-connections' || (value?.kind === 'random' && value.choices > 1);
}

/** Unequal weights that nobody declared, where load decides whether they show. */
export function heavyWeights(pool: Pool, split: DeclaredSplit): { heavy?: Candidate } {
  if (split !== 'even' || !followsLoad(pool)) return {};
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
  const settings = pool.servers.flatMap((server) => [
    server.state,
    server.priority,
    server.weight,
    server.instances.count,
  ]);
  return settings.find(({ value }) => value === undefined)?.at ?? pool.unknowns[0]?.at;
}
