import type { DeclaredSplit } from './pool.ts';

/** What the checklist file declares about one pool, beside what its config says. */
export interface PoolFacts {
  readonly expect?: DeclaredSplit;
  /** What each server stands, by server name. */
  readonly capacity?: ReadonlyMap<string, number>;
  /** Peak load of the whole pool, in the unit of capacity. */
  readonly peak?: number;
  /** How many servers a dynamic pool has. */
  readonly servers?: number;
  /** One server is meant. */
  readonly single?: boolean;
  /** Response identities of a server: names or patterns with `*`, by server name. */
  readonly identify?: ReadonlyMap<string, readonly string[]>;
  /** `25%`, `5pp` or `auto`. */
  readonly tolerance?: string;
}
