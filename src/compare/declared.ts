import type { DeclaredSplit, Pool } from '../model/pool.ts';
import type { PoolFacts } from '../model/facts.ts';

/**
 * The split that a pool's owners declare: in the checklist file, by capacities there, or in the config itself; `even` when
 * nobody does. A declaration that cannot be read is meant to be uneven all the same.
 */
export function declaredSplit(pool: Pool, facts: PoolFacts | undefined): DeclaredSplit {
  if (facts?.expect !== undefined) return facts.expect;
  if (facts?.capacity !== undefined) return 'capacity';
  return pool.declaredSplit === undefined ? 'even' : (pool.declaredSplit.value ?? 'config');
}
