import type { Algorithm, RendezvousLookup, RingLookup } from '../model/algorithm.ts';
import type { Pool, Server } from '../model/pool.ts';
import { exactly, type Part, type Predictability, type Prediction, type Share } from '../model/share.ts';
import type { Text } from '../model/text.ts';
import { list, say } from '../text/say.ts';
import { ownerOf, ringOf, sampleKeys, serverIds } from './mapping.ts';
import { ringShares, type Ring } from './rings.ts';
import { byPosition, firstOfSample, secondOfTwo } from './draws.ts';
import { scoreShares } from './scores.ts';
import { instancesOf, isOpen, servingMembers, stages, unreadable, type Member, type Stage } from './stages.ts';
import { covering, plus, times } from './parts.ts';
import { byWeight, equally } from './weights.ts';

/** How one algorithm splits traffic over the members of a stage; shares in the order of the members. */
interface Split {
  readonly predictability: Predictability;
  readonly reason: Text;
  readonly idle: readonly Part[];
  readonly loaded: readonly Part[];
  readonly byKey: readonly Part[];
}

/**
 * The share of traffic that each server of a pool gets, as the balancer really splits it: a weight is not a share.
 * Members that are switched off get 0. What the config does not say makes shares bounds, with the reason.
 */
export function predict(pool: Pool): Prediction {
  const found = stages(pool);
  const unread = unreadable(pool);
  const algorithm = pool.algorithm.value;
  const diverted = pool.caveats.find(({ bends }) => bends === 'all');
  const choices = pool.servers.filter(({ state }) => state.value !== 'down');
  const bent = choices.length === 1 && choices[0]?.instances.count.value === 1 ? undefined : diverted;
  const open = algorithm === undefined || isOpen(pool);
  const shares: Share[] = pool.servers.map((server) =>
    (open && mayServe(server)) || (bent !== undefined && choices.includes(server)) ? UNKNOWN_SHARE : NO_SHARE,
  );
  const unknown = (reason: Text): Prediction => ({ predictability: 'unknown', reason, shares });
  if (pool.servers.length === 0) return unknown(say`the config lists no server`);
  if (algorithm === undefined) return unknown(say`the balancing algorithm cannot be determined from the config`);
  if (bent !== undefined) return unknown(bent.reason);
  if (found.length === 0 && unread === undefined)
    return { predictability: 'exact', reason: say`no server of the pool can take traffic`, shares };
  // What is not read may hold servers, weights or an algorithm, or decide what is left for these.
  const splits = found.map((stage) => ({
    stage: open ? { ...stage, share: ANY } : stage,
    split: open ? anyhow(say``, stage.members) : splitOf(pool, algorithm, stage),
  }));
  for (const { stage, split } of splits) {
    stage.members.forEach((member, i) => {
      const of = (part: Part | undefined): Part => times(part ?? null, stage.share);
      shares[member.index] = together(shares[member.index], {
        idle: of(split.idle[i]),
        loaded: of(split.loaded[i]),
        byKey: of(split.byKey[i]),
      });
    });
  }
  if (unread !== undefined) return unknown(unreadReason(unread));
  if (found.some(({ share }) => typeof share !== 'number'))
    return unknown(
      pool.zones.value === 'nearest'
        ? say`how much each zone gets depends on where the requests come from`
        : say`how much each zone gets is not written in the file`,
    );
  const worst = splits.toSorted(
    (a, b) => RANK.indexOf(b.split.predictability) - RANK.indexOf(a.split.predictability),
  )[0];
  const { predictability, reason } = drawnStage(worst?.split, found.length);
  const [only] = pool.servers;
  const one = pool.servers.length === 1 && instancesOf(servingMembers(pool)) === 1;
  const caveats = one && only?.instances.named !== 'unknown' ? [] : pool.caveats;
  const sure = predictability === 'exact' || predictability === 'multinomial';
  if (caveats.length === 0 || !sure) return { predictability, reason, shares };
  const reasons = [...new Map(caveats.map((caveat) => [JSON.stringify(caveat.reason.parts), caveat.reason])).values()];
  return { predictability: 'conditional', reason: list(reasons, 3), shares };
}

/** Which of several priorities or zones gets a request is drawn, however servers are picked inside. */
function drawnStage(split: Split | undefined, stagesFound: number): Pick<Split, 'predictability' | 'reason'> {
  if (split === undefined) return { predictability: 'unknown', reason: say`` };
  if (split.predictability !== 'exact' || stagesFound === 1) return split;
  return {
    predictability: 'multinomial',
    reason: say`each priority or zone gets its part of the requests first, then ${split.reason}`,
  };
}

/** From surest to least sure. */
const RANK: readonly Predictability[] = [
  'exact',
  'multinomial',
  'conditional',
  'key-dependent',
  'load-dependent',
  'unknown',
];

const ANY: Part = { low: 0, high: 1 };
const UNKNOWN_SHARE: Share = { idle: ANY, loaded: ANY, byKey: ANY };
const NO_SHARE: Share = { idle: 0, loaded: 0, byKey: 0 };

/** Whether a server that no stage has may get traffic all the same, by what the config does not say. */
function mayServe({ state, weight }: Server): boolean {
  return weight.value !== 0 && (state.value === undefined || state.value === 'up');
}

/** A server may take part in two stages (degraded and panicking priorities). */
function together(before: Share | undefined, more: Share): Share {
  if (before === undefined || before === UNKNOWN_SHARE || before === NO_SHARE) return more;
  return {
    idle: plus(before.idle, more.idle),
    loaded: plus(before.loaded, more.loaded),
    byKey: plus(before.byKey, more.byKey),
  };
}

/** One function per algorithm kind. */
function splitOf(pool: Pool, algorithm: Algorithm, stage: Stage): Split {
  const { members } = stage;
  const alone = members.length === 1 && members[0]?.bounds.low !== 0;
  if (alone && algorithm.kind !== 'unknown') {
    const reason = pool.dynamic
      ? say`one line of discovered servers takes everything`
      : say`one server takes everything`;
    return everywhere('exact', reason, [1]);
  }
  const weighted = byWeight(members);
  if (stage.standby && pool.spill.standbyBy === 'round-robin')
    return everywhere('exact', say`backups use weighted round robin, regardless of the algorithm`, weighted);
  switch (algorithm.kind) {
    case 'round-robin':
      return algorithm.weights === 'ignored'
        ? everywhere('exact', say`round robin, which ignores weights here`, equally(members))
        : everywhere(
            'exact',
            say`weighted round robin`,
            algorithm.weights === 'by-position' ? byPosition(pool, members) : weighted,
          );
    case 'least-connections':
      return leastConnections(algorithm, members);
    case 'random':
      return randomDraw(pool, algorithm, members);
    case 'hash':
      return hashed(pool, algorithm, members);
    case 'fill':
      return firstWithRoom(pool, algorithm, members);
    case 'least-time':
      return anyhow(say`the split follows measured response times, which no config contains`, members);
    case 'unknown':
      return anyhow(say`${algorithm.native} is an algorithm that evenkeel does not know`, members);
    default:
      return algorithm satisfies never;
  }
}

type Of<Kind extends Algorithm['kind']> = Algorithm & { readonly kind: Kind };

/** In the order of ids, which is that of the lines unless ids are written. */
function firstWithRoom(pool: Pool, { order }: Of<'fill'>, members: readonly Member[]): Split {
  const ids = order === 'id' ? serverIds(pool) : pool.servers.map((_, i) => i);
  if (ids === undefined)
    return anyhow(say`the ids, which say which server is first, are not written in the file`, members);
  const idOf = ({ index }: Member): number => ids[index] ?? index;
  const lowest = members.reduce((least, member) => Math.min(least, idOf(member)), Infinity);
  return loadDependent(
    say`the first server takes everything until it is full, then the next`,
    members.map((member) => (idOf(member) === lowest ? 1 : 0)),
    members.map(() => ANY),
  );
}

function leastConnections({ idle, loaded }: Of<'least-connections'>, members: readonly Member[]): Split {
  const weighted = byWeight(members);
  const equal = equally(members);
  return loadDependent(
    say`the server with the fewest open requests is picked, so shares follow load`,
    idle === 'by-weight' ? weighted : idle === 'equal' || sameWeights(members) ? equal : members.map(() => ANY),
    loaded === 'by-weight' ? weighted : loaded === 'equal' ? equal : between(weighted, equal),
  );
}

/** Bounds that hold one part and the other. */
function between(some: readonly Part[], others: readonly Part[]): readonly Part[] {
  return some.map((part, i) => covering(part, others[i] ?? null));
}

/**
 * The ring whose arcs are the shares of the pool's members, in their order; undefined when shares follow from something
 * else, or the ring cannot be computed from the config.
 */
export function ringBehind(pool: Pool): Ring | undefined {
  const [stage, ...others] = stages(pool);
  if (stage === undefined || others.length > 0 || (stage.standby && pool.spill.standbyBy === 'round-robin'))
    return undefined;
  const algorithm = pool.algorithm.value;
  if (algorithm?.kind === 'hash' && algorithm.lookup?.table === 'ring')
    return ringOf(pool, algorithm.lookup, stage.members);
  return algorithm?.kind === 'random' && typeof algorithm.draw === 'object'
    ? ringOf(pool, algorithm.draw, stage.members)
    : undefined;
}

/** The shares of one draw. */
function drawn(pool: Pool, { draw }: Of<'random'>, members: readonly Member[]): readonly Part[] {
  if (draw === 'by-weight') return byWeight(members);
  if (draw === 'equal') return equally(members);
  return arcs(pool, draw, members);
}

/** The part of a ring that each member of a stage owns; a stage has a ring of its own. */
function arcs(pool: Pool, lookup: RingLookup, members: readonly Member[]): readonly Part[] {
  const ring = ringOf(pool, lookup, members);
  return ring === undefined ? members.map(() => ANY) : ringShares(ring, members.length);
}

function randomDraw(pool: Pool, algorithm: Of<'random'>, members: readonly Member[]): Split {
  const once = drawn(pool, algorithm, members);
  const ring = typeof algorithm.draw === 'object';
  if (algorithm.choices === 1) {
    if (ring && once.includes(ANY))
      return anyhow(say`the ring behind ${algorithm.native} cannot be computed from this config`, members);
    return everywhere(
      'multinomial',
      ring
        ? say`each request is a random place on the ring of servers`
        : algorithm.draw === 'equal'
          ? say`each request is an independent draw in which every server has the same chance`
          : say`each request is an independent draw by weight`,
      once,
    );
  }
  return loadDependent(
    say`the least loaded of ${algorithm.choices} random servers is picked, so shares follow load`,
    algorithm.idle === 'as-drawn'
      ? once
      : algorithm.idle === 'inverted' && algorithm.choices === 2
        ? secondOfTwo(once)
        : algorithm.idle === 'listed-first'
          ? firstOfSample(algorithm.choices, members)
          : unlessEqual(algorithm, members),
    algorithm.loaded === 'by-weight' ? byWeight(members) : equally(members),
  );
}

/** Without an order of ties only servers of one weight are known to be equal, and only where no order of the list decides. */
function unlessEqual(algorithm: Of<'random'>, members: readonly Member[]): readonly Part[] {
  return algorithm.draw === 'by-weight' && sameWeights(members) ? equally(members) : members.map(() => ANY);
}

function hashed(pool: Pool, algorithm: Of<'hash'>, members: readonly Member[]): Split {
  const none = members.map(() => null);
  return {
    predictability: 'key-dependent',
    reason:
      algorithm.key.of === 'source'
        ? say`a client address always goes to the same server, so one client sees one server`
        : say`the server follows from ${algorithm.key.native}, so a key always goes to the same server`,
    idle: none,
    loaded: none,
    byKey: overKeys(pool, algorithm, members),
  };
}

/** Arcs of a ring, where its points are known, or slots of a table. Keys that try again have no formula, so they are sampled. */
function overKeys(pool: Pool, { lookup }: Of<'hash'>, members: readonly Member[]): readonly Part[] {
  if (lookup?.table === 'ring') return arcs(pool, lookup, members);
  if (lookup?.table === 'rendezvous') return scores(lookup, members);
  const retried = lookup?.table === 'slots' && lookup.down === 'retry' && pool.servers.length > members.length;
  const owner = retried ? ownerOf(pool) : undefined;
  const weighted = byWeight(members);
  if (owner === undefined) return weighted;
  const keys = sampleKeys();
  const met = new Map<Server | undefined, number>();
  for (const key of keys) {
    const server = owner(key);
    met.set(server, (met.get(server) ?? 0) + 1);
  }
  // Keys that are given up on use weighted round robin.
  const inTurn = met.get(undefined) ?? 0;
  return members.map(({ server }, i) => ((met.get(server) ?? 0) + inTurn * (exactly(weighted[i]) ?? 0)) / keys.length);
}

/** Of scores that cannot be computed only the weights are known, and those may decide alone or not at all. */
function scores(lookup: RendezvousLookup, members: readonly Member[]): readonly Part[] {
  return lookup.hash === 'even' ? byWeight(members) : (scoreShares(lookup, members) ?? members.map(() => ANY));
}

function sameWeights(members: readonly Member[]): boolean {
  return members.every(
    ({ server, weight }) => weight !== undefined && server.weight.value === members[0]?.server.weight.value,
  );
}

function everywhere(predictability: Predictability, reason: Text, shares: readonly Part[]): Split {
  return { predictability, reason, idle: shares, loaded: shares, byKey: shares };
}

function loadDependent(reason: Text, idle: readonly Part[], loaded: readonly Part[]): Split {
  return { predictability: 'load-dependent', reason, idle, loaded, byKey: loaded };
}

function anyhow(reason: Text, members: readonly Member[]): Split {
  return everywhere(
    'unknown',
    reason,
    members.map(() => ANY),
  );
}

function unreadReason(what: NonNullable<ReturnType<typeof unreadable>>): Text {
  switch (what) {
    case 'weight':
      return say`a weight is not known from the file (a variable, a template or an invalid value)`;
    case 'count':
      return say`the number of servers is not known from the file`;
    case 'members':
      return say`the pool may have servers or settings that are not read (an include, a template or an invalid value)`;
    case 'division':
      return say`when another priority takes over is not known from the file`;
    case 'state':
    case 'priority':
      return say`whether a server is in use is not known from the file (a condition, a template or an invalid value)`;
    default:
      return what satisfies never;
  }
}
