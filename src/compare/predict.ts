import type { Algorithm, Pool, Server } from '../model/config.ts';
import type { Predictability, Prediction, Share } from '../model/share.ts';
import type { Text } from '../model/text.ts';
import { say } from '../text/say.ts';
import { backupsTakeTurns, servingMembers, unreadable, type Member } from './active.ts';
import { ownerOf, ringOf, sampleKeys, serverIds } from './mapping.ts';
import { ringShares, type Ring } from './rings.ts';

/** How one algorithm splits traffic over the members that serve; shares in the order of the members. */
interface Split {
  readonly predictability: Predictability;
  readonly reason: Text;
  readonly idle: readonly (number | null)[];
  readonly loaded: readonly (number | null)[];
  readonly byKey: readonly (number | null)[];
}

/**
 * The share of traffic that each server of a pool gets, as its product really splits it: a weight is not a share.
 * Members that are switched off get 0. What the config does not tell makes the whole prediction unknown, with the reason.
 */
export function predict(pool: Pool): Prediction {
  const algorithm = pool.algorithm.value;
  const members = servingMembers(pool);
  const unread = unreadable(pool);
  let split: Split;
  if (pool.servers.length === 0) split = unknown(say`the config lists no server`, 0);
  else if (unread !== undefined) split = unknown(unreadReason(unread), members.length);
  else if (algorithm === undefined)
    split = unknown(say`the config does not tell how the pool picks a server`, members.length);
  else if (members.length === 0) split = nobody();
  else if (pool.options.has('use-server') && members.length > 1)
    split = unknown(say`${'use-server'} sends requests to a server of its own choice`, members.length);
  else split = splitOf(pool, algorithm, members);

  const shares: Share[] = pool.servers.map(() => (split.predictability === 'unknown' ? UNKNOWN_SHARE : NO_SHARE));
  members.forEach((member, i) => {
    shares[member.index] = {
      idle: split.idle[i] ?? null,
      loaded: split.loaded[i] ?? null,
      byKey: split.byKey[i] ?? null,
    };
  });
  return { predictability: split.predictability, reason: split.reason, shares };
}

/** The share that speaks for a server when one number is wanted: idle, else over many keys. */
export function mainShare(share: Share | undefined): number | null {
  return share === undefined ? null : (share.idle ?? share.byKey);
}

const UNKNOWN_SHARE: Share = { idle: null, loaded: null, byKey: null };
const NO_SHARE: Share = { idle: 0, loaded: 0, byKey: 0 };

/** One function per algorithm kind; a product whose semantics differ branches on `pool.format` inside it. */
function splitOf(pool: Pool, algorithm: Algorithm, members: readonly Member[]): Split {
  if (members.length === 1 && algorithm.kind !== 'unknown') {
    return everywhere(
      'exact',
      pool.dynamic ? say`one line of discovered servers takes everything` : say`one server takes everything`,
      [1],
    );
  }
  if (backupsTakeTurns(pool, members))
    return everywhere('exact', say`backup servers take turns by weight, whatever the method`, byWeight(members));
  switch (algorithm.kind) {
    case 'round-robin':
    case 'weighted-round-robin':
      return everywhere('exact', say`each server is picked in turn, as often as its weight says`, byWeight(members));
    case 'least-connections':
      return leastConnections(pool, members);
    case 'random':
      return randomDraw(pool, members);
    case 'random-two-choices':
      return randomTwo(pool, members);
    case 'source-hash':
    case 'uri-hash':
    case 'header-hash':
    case 'cookie-hash':
    case 'consistent-hash':
    case 'maglev':
      return hashed(pool, algorithm, members);
    case 'first':
      return firstWithRoom(pool, members);
    case 'least-time':
      return unknown(say`the split follows measured response times, which no config tells`, members.length);
    case 'unknown':
      return unknown(say`${algorithm.native} is a method that evenkeel does not know`, members.length);
    default:
      return algorithm.kind satisfies never;
  }
}

/** In the order of ids, which is that of the lines unless ids are written. */
function firstWithRoom(pool: Pool, members: readonly Member[]): Split {
  const ids = serverIds(pool);
  if (ids === undefined)
    return unknown(say`the ids, which say which server is first, are not written in the file`, members.length);
  const idOf = ({ index }: Member): number => ids[index] ?? index;
  const lowest = members.reduce((least, member) => Math.min(least, idOf(member)), Infinity);
  return loadDependent(
    say`the first server takes everything until it is full, then the next`,
    members.map((member) => (idOf(member) === lowest ? 1 : 0)),
    members.map(() => null),
  );
}

/** nginx breaks ties by smooth weighted round robin, so weights hold when idle; HAProxy ignores weights of idle servers. */
function leastConnections(pool: Pool, members: readonly Member[]): Split {
  const weighted = byWeight(members);
  const equal = equally(members);
  const reason = say`the server with the fewest open requests for its weight is picked, so shares follow load`;
  if (pool.format === 'haproxy') return loadDependent(reason, equal, weighted);
  if (pool.format === 'nginx') return loadDependent(reason, weighted, weighted);
  return loadDependent(reason, sameWeights(members) ? equal : members.map(() => null), weighted);
}

/**
 * The ring whose arcs are the shares of the pool's members, in their order; undefined when shares follow from something
 * else, or the ring cannot be computed from the config.
 */
export function ringBehind(pool: Pool, members = servingMembers(pool)): Ring | undefined {
  if (backupsTakeTurns(pool, members)) return undefined;
  const { kind, mapping } = pool.algorithm.value ?? {};
  if (mapping === 'ketama' || mapping === 'chash') return ringOf(pool, mapping, members);
  const draws = kind === 'random' || kind === 'random-two-choices';
  return draws && pool.format === 'haproxy' ? ringOf(pool, 'chash', members) : undefined;
}

function randomDraw(pool: Pool, members: readonly Member[]): Split {
  if (pool.format !== 'haproxy') {
    return everywhere('multinomial', say`each request is an independent draw by weight`, byWeight(members));
  }
  const ring = ringBehind(pool, members);
  if (ring === undefined)
    return unknown(say`the ring behind ${'balance random'} cannot be computed from this config`, members.length);
  return everywhere(
    'multinomial',
    say`each request is a random place on a ring of 16 points per unit of weight`,
    ringShares(ring, members.length),
  );
}

/**
 * nginx draws two different servers by weight and, both idle, takes the second: weights are inverted when idle.
 * p_i = sum over j != i of (w_j / W) * w_i / (W - w_j).
 */
function randomTwo(pool: Pool, members: readonly Member[]): Split {
  const reason = say`the less loaded of two random servers is picked, so shares follow load`;
  const weighted = byWeight(members);
  if (pool.format === 'nginx') {
    const idle = members.map((_, i) =>
      weighted.reduce<number>((sum, wj, j) => (i === j ? sum : sum + (wj * (weighted[i] ?? 0)) / (1 - wj)), 0),
    );
    return loadDependent(reason, idle, weighted);
  }
  if (pool.format === 'haproxy') {
    const ring = ringBehind(pool, members);
    return loadDependent(
      reason,
      ring === undefined ? members.map(() => null) : ringShares(ring, members.length),
      weighted,
    );
  }
  return loadDependent(reason, sameWeights(members) ? equally(members) : members.map(() => null), weighted);
}

function hashed(pool: Pool, algorithm: Algorithm, members: readonly Member[]): Split {
  const key = algorithm.key ?? algorithm.native;
  const none = members.map(() => null);
  const reason =
    algorithm.kind === 'source-hash'
      ? say`one client address always meets the same server, so one client sees one server`
      : say`the server follows from ${key}, so one key always meets the same server`;
  return {
    predictability: 'key-dependent',
    reason,
    idle: none,
    loaded: none,
    byKey: overKeys(pool, members),
  };
}

/** Arcs of a ring, where its points are known, or slots of a table; nginx moves the keys of a server that is down on by trying again, which has no formula. */
function overKeys(pool: Pool, members: readonly Member[]): readonly (number | null)[] {
  const ring = ringBehind(pool, members);
  if (ring !== undefined) return ringShares(ring, members.length);
  const { mapping } = pool.algorithm.value ?? {};
  if (mapping === 'ketama' || mapping === 'chash') return members.map(() => null);
  const retried = pool.format === 'nginx' && mapping === 'modulo' && pool.servers.length > members.length;
  const owner = retried ? ownerOf(pool) : undefined;
  if (owner === undefined) return byWeight(members);
  const keys = sampleKeys();
  const met = new Map<Server | undefined, number>();
  for (const key of keys) {
    const server = owner(key);
    met.set(server, (met.get(server) ?? 0) + 1);
  }
  // Keys that nginx gives up on take turns.
  const inTurn = met.get(undefined) ?? 0;
  const weighted = byWeight(members);
  return members.map(({ server }, i) => ((met.get(server) ?? 0) + inTurn * (weighted[i] ?? 0)) / keys.length);
}

function byWeight(members: readonly Member[]): number[] {
  const total = members.reduce((sum, member) => sum + (member.weight ?? 0), 0);
  return members.map((member) => (member.weight ?? 0) / total);
}

function equally(members: readonly Member[]): number[] {
  const counts = members.map((member) => member.server.count.value ?? 1);
  const total = counts.reduce((sum, n) => sum + n, 0);
  return counts.map((n) => n / total);
}

function sameWeights(members: readonly Member[]): boolean {
  return members.every((member) => member.server.weight.value === members[0]?.server.weight.value);
}

function everywhere(predictability: Predictability, reason: Text, shares: readonly number[]): Split {
  return { predictability, reason, idle: shares, loaded: shares, byKey: shares };
}

function loadDependent(reason: Text, idle: readonly (number | null)[], loaded: readonly (number | null)[]): Split {
  return { predictability: 'load-dependent', reason, idle, loaded, byKey: loaded };
}

function unknown(reason: Text, members: number): Split {
  const none = Array.from({ length: members }, () => null);
  return { predictability: 'unknown', reason, idle: none, loaded: none, byKey: none };
}

function nobody(): Split {
  return {
    predictability: 'exact',
    reason: say`no server of the pool can take traffic`,
    idle: [],
    loaded: [],
    byKey: [],
  };
}

function unreadReason(what: NonNullable<ReturnType<typeof unreadable>>): Text {
  switch (what) {
    case 'weight':
      return say`a weight is not written in the file (a variable or a template)`;
    case 'count':
      return say`the number of servers is not written in the file`;
    case 'members':
      return say`the pool may have servers that are not read (an include or a template)`;
    case 'state':
    case 'tier':
      return say`whether a server is in use is not written in the file (a condition or a template)`;
    default:
      return what satisfies never;
  }
}
