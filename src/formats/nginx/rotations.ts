import type { Pool } from '../../model/pool.ts';
import { implied, type Setting } from '../../model/span.ts';

/**
 * Without a `zone` each worker picks servers by a state of its own. How many workers there are is not known where the main file is not
 * read, or where nginx starts one per processor (`auto`).
 */
export function withRotations(pool: Pool, workers: Setting<string> | undefined): Pool {
  if (pool.options.has('zone')) return pool;
  if (workers === undefined) return { ...pool, rotations: implied<number>(undefined, pool.at) };
  const count = /^\d{1,5}$/.test(workers.value ?? '') ? Number(workers.value) : undefined;
  return count === 1 ? pool : { ...pool, rotations: { ...workers, value: count } };
}
