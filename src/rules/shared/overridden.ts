import type { Pool } from '../../model/pool.ts';
import { say } from '../../text/say.ts';
import type { Draft } from '../rule.ts';

/** Two algorithms in one pool, of which the product uses the last one: see `Pool.overridden`. */
export function* overriddenAlgorithm({ name, algorithm, overridden }: Pool): Generator<Draft> {
  const used = algorithm.value;
  if (overridden?.value === undefined || used === undefined || overridden.value === used.native) return;
  yield {
    at: algorithm.at,
    pool: name,
    key: 'overridden',
    what: say`${name} sets two algorithms: ${overridden.value}, then ${used.native}; the last one is in effect.`,
    why: say`The first line suggests a different split, and the config test of the product does not report it.`,
    fix: say`Remove the algorithm that is not intended.`,
    related: [{ at: overridden.at, note: say`This algorithm has no effect` }],
  };
}
