import { without } from '../../compare/loss.ts';
import { exactly } from '../../model/share.ts';
import { servingMembers } from '../../compare/stages.ts';
import { predict } from '../../compare/predict.ts';
import type { Pool } from '../../model/pool.ts';
import type { PoolFacts } from '../../model/facts.ts';
import type { Headroom, Load, Prediction, Share } from '../../model/share.ts';

/** A server that serves, the share (0..1) it gets under load and what it stands. */
export interface Carried {
  readonly index: number;
  readonly name: string;
  readonly share: number;
  readonly capacity: number;
}

/** What each serving server carries and stands; undefined when a share or a capacity is not told. */
export function carried(pool: Pool, facts: PoolFacts | undefined, prediction: Prediction): Carried[] | undefined {
  const found: Carried[] = [];
  for (const { index, server } of servingMembers(pool)) {
    const share = shareUnderLoad(prediction.shares[index]);
    const capacity = capacityOf(pool, facts, index);
    if (share === null || capacity === undefined) return undefined;
    found.push({ index, name: server.name, share, capacity });
  }
  return found.length === 0 ? undefined : found;
}

/** What each carries after one more server is down. */
function carriedWithout(pool: Pool, facts: PoolFacts | undefined, lost: number): Carried[] | undefined {
  const left = without(pool, lost);
  return carried(left, facts, predict(left));
}

/** Where others rise in proportion, one of the two heaviest is the worst to lose; on a ring each has neighbours of its own. */
const TRIED = 16;

/** The failure that fills one server the most, and that server after it; undefined when one server is all there is. */
export function worstFailure(
  pool: Pool,
  facts: PoolFacts | undefined,
  whole: readonly Carried[],
): { readonly lost: Carried; readonly server: Carried } | undefined {
  if (whole.length < 2) return undefined;
  return whole
    .toSorted((a, b) => b.share - a.share)
    .slice(0, TRIED)
    .flatMap((lost) => (carriedWithout(pool, facts, lost.index) ?? []).map((server) => ({ lost, server })))
    .toSorted((a, b) => b.server.share / b.server.capacity - a.server.share / a.server.capacity)[0];
}

/** Peak load of the pool in the unit of capacity; undefined when nobody declared it, or in another unit. */
export function peakOf(pool: Pool, facts: PoolFacts | undefined): number | undefined {
  if (facts?.capacity !== undefined) return facts.peak;
  return pool.peak?.value;
}

function capacityOf(pool: Pool, facts: PoolFacts | undefined, index: number): number | undefined {
  const server = pool.servers[index];
  if (server === undefined) return undefined;
  const one = facts?.capacity === undefined ? server.capacity?.value : facts.capacity.get(server.name);
  return one === undefined || server.instances.count.value === undefined
    ? undefined
    : one * server.instances.count.value;
}

/** Capacity matters when there is load. */
function shareUnderLoad(share: Share | undefined): number | null {
  return exactly(share?.loaded) ?? exactly(share?.byKey) ?? exactly(share?.idle);
}

/** How full the fullest server is at the peak, with all servers up and after the worst failure; undefined when it is not declared. */
export function headroomOf(pool: Pool, facts: PoolFacts | undefined, prediction: Prediction): Headroom | undefined {
  const peak = peakOf(pool, facts);
  const whole = carried(pool, facts, prediction);
  const [fullest] = whole?.toSorted((a, b) => b.share / b.capacity - a.share / a.capacity) ?? [];
  if (peak === undefined || whole === undefined || fullest === undefined) return undefined;
  const loadOf = ({ name, share, capacity }: Carried): Load => ({ server: name, load: share * peak, capacity });
  const worst = worstFailure(pool, facts, whole);
  return {
    peak,
    fullest: loadOf(fullest),
    afterLoss: worst === undefined ? null : { ...loadOf(worst.server), lost: worst.lost.name },
  };
}
