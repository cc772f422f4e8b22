import type { Flow } from '../model/flow.ts';
import type { PoolKey } from '../model/keys.ts';
import type { Part } from '../model/share.ts';
import { covering, plus, times } from './parts.ts';

export const NOWHERE: Flow = { pools: new Map(), lost: 0, answered: 0, unknown: 0 };
export const LOST: Flow = { ...NOWHERE, lost: 1 };
export const ANSWERED: Flow = { ...NOWHERE, answered: 1 };
export const UNTOLD: Flow = { ...NOWHERE, unknown: 1 };

/** Every request reaches a pool. */
export function served(pool: PoolKey): Flow {
  return { ...NOWHERE, pools: new Map([[pool, 1]]) };
}

/** Gathers a flow. */
export class Sum {
  readonly #pools = new Map<PoolKey, Part>();
  #lost: Part = 0;
  #answered: Part = 0;
  #unknown: Part = 0;

  pool(key: PoolKey, part: Part): void {
    this.#pools.set(key, plus(this.#pools.get(key) ?? 0, part));
  }
  lost(part: Part): void {
    this.#lost = plus(this.#lost, part);
  }
  answered(part: Part): void {
    this.#answered = plus(this.#answered, part);
  }
  unknown(part: Part): void {
    this.#unknown = plus(this.#unknown, part);
  }
  /** What becomes of a part of the requests, as a flow of all of that part. */
  add(flow: Flow, part: Part): void {
    if (part === 0) return;
    for (const [key, own] of flow.pools) this.pool(key, times(part, own));
    this.lost(times(part, flow.lost));
    this.answered(times(part, flow.answered));
    this.unknown(times(part, flow.unknown));
  }
  flow(): Flow {
    return { pools: this.#pools, lost: this.#lost, answered: this.#answered, unknown: this.#unknown };
  }
}

/** What holds whichever class a request is of. */
export function over(flows: readonly Flow[]): Flow {
  const [first, ...others] = flows;
  if (first === undefined) return NOWHERE;
  return others.reduce((all, flow) => {
    const keys = new Set([...all.pools.keys(), ...flow.pools.keys()]);
    return {
      pools: new Map([...keys].map((key) => [key, covering(all.pools.get(key) ?? 0, flow.pools.get(key) ?? 0)])),
      lost: covering(all.lost, flow.lost),
      answered: covering(all.answered, flow.answered),
      unknown: covering(all.unknown, flow.unknown),
    };
  }, first);
}
