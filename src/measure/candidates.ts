import { nameOfTarget, type Branch } from '../model/route.ts';
import { exactly } from '../model/share.ts';
import { instancesOf, servingMembers } from '../compare/stages.ts';
import { routeParts } from '../compare/flow.ts';
import { predict } from '../compare/predict.ts';
import { mainShare } from '../model/share.ts';
import type { Candidate, Expectation } from '../evidence/expectation.ts';
import type { Config } from '../model/config.ts';
import type { Pool, Server } from '../model/pool.ts';
import type { Route } from '../model/route.ts';
import type { Prediction } from '../model/share.ts';
import type { Span } from '../model/span.ts';
import type { Text } from '../model/text.ts';
import { say } from '../text/say.ts';

/** A revision that might be the one that is loaded. */
export interface NamedRevision {
  readonly configs: readonly Config[];
  /** Short sha or ref, for messages. */
  readonly revision: string;
}

type Shares = ReadonlyMap<string, number | null>;

interface NamedSplit {
  readonly shares: ReadonlyMap<string, number>;
  readonly at: Span;
  readonly because?: Text;
}

/**
 * The name under which a server's answers are seen: that of the first line where the pool lists the same address again
 * (`10.0.0.1:80#2`), since no answer tells the two lines apart.
 */
export function answersAs(server: Server, { servers }: Pool): string {
  if (!server.name.includes('#')) return server.name;
  const first = servers.find(
    (other) => server.name.startsWith(`${other.name}#`) && sameAddress(other, server) && server.address !== undefined,
  );
  return first?.name ?? server.name;
}

function sameAddress(a: Server, b: Server): boolean {
  return a.address === b.address && a.port?.value === b.port?.value;
}

/** The splits that files predict, newest first, each only where it differs from what is expected and from newer ones. */
export function poolCandidates(
  pool: Pool,
  prediction: Prediction,
  expected: Shares,
  base: NamedRevision | undefined,
  older: readonly NamedRevision[],
): Candidate[] {
  const found: Candidate[] = [];
  const add = (candidate: Candidate): void => {
    const { shares } = candidate;
    if (!sameSplit(shares, expected) && !found.some((other) => sameSplit(other.shares, shares))) found.push(candidate);
  };
  const own = splitOf(pool, prediction, expected, base && counterpart(base.configs, pool));
  if (own) add({ cause: 'configured-weights', ...own, inTest: true });
  for (const [i, { configs, revision }] of revisionsOf(base, older).entries()) {
    const earlier = counterpart(configs, pool);
    const split = earlier && splitOf(earlier, predict(earlier), expected, pool);
    const isLast = i === 0 && base !== undefined;
    const cause = isLast ? 'old-file-loaded' : 'older-file-loaded';
    if (split) add({ cause, ...split, revision, inTest: isLast });
    const moved = earlier === undefined ? [] : movedServers(earlier, pool);
    // Where answers show addresses, those of another revision show that it is loaded, whatever its weights.
    if (split && moved.length > 0) add({ cause, ...atOldAddresses(split, moved), revision, inTest: false });
  }
  const serving = servingMembers(pool);
  const equal = new Map<string, number>(pool.servers.map((server) => [answersAs(server, pool), 0]));
  // An instance is a server, however many of them one line stands for.
  for (const { server } of serving)
    increase(equal, answersAs(server, pool), (server.instances.count.value ?? 1) / instancesOf(serving));
  if (serving.length > 0) add({ cause: 'equal-split', shares: equal, inTest: true });
  return found;
}

/** A server that another revision of the pool has at another address, and the name that answers from there have. */
export interface MovedServer {
  readonly server: Server;
  /** `10.0.0.11:80`: the address in that revision. */
  readonly seenAs: string;
}

/** Servers of an earlier revision of a pool whose name the pool still has, but not at that address. */
export function movedServers(earlier: Pool, pool: Pool): readonly MovedServer[] {
  const places = new Set(pool.servers.map(placeOf));
  return earlier.servers.flatMap((server) => {
    const now = pool.servers.find((other) => other.name === server.name);
    const seenAs = placeOf(server);
    return now === undefined || seenAs === undefined || places.has(seenAs) ? [] : [{ server, seenAs }];
  });
}

function placeOf({ address, port }: Server): string | undefined {
  if (address === undefined) return undefined;
  const host = address.includes(':') && !address.startsWith('unix:') ? `[${address}]` : address;
  return port?.value === undefined ? host : `${host}:${port.value}`;
}

function atOldAddresses(split: NamedSplit, moved: readonly MovedServer[]): NamedSplit {
  const places = new Map(moved.map(({ server, seenAs }) => [server.name, seenAs]));
  const shares = new Map([...split.shares].map(([name, share]) => [places.get(name) ?? name, share]));
  return { shares, at: moved[0]?.server.at ?? split.at };
}

/** The route's weights in earlier revisions, with what each pool is expected to do inside. */
export function routeCandidates(
  inner: readonly Expectation[],
  earlierOf: (configs: readonly Config[]) => Route | undefined,
  base: NamedRevision | undefined,
  older: readonly NamedRevision[],
): Candidate[] {
  return revisionsOf(base, older).flatMap(({ configs, revision }, i): Candidate[] => {
    const earlier = earlierOf(configs);
    if (earlier === undefined) return [];
    const part = new Map(routeParts(earlier, configs).map((share, j) => [nameOf(earlier.to[j]), exactly(share)]));
    const shares = inner.flatMap((expectation) =>
      expectation.servers.map((server) => {
        const share = (part.get(expectation.pool ?? '') ?? 0) * (server.expected ?? 0);
        return [server.name, share] as const;
      }),
    );
    const isLast = i === 0 && base !== undefined;
    const cause = isLast ? 'old-file-loaded' : 'older-file-loaded';
    return [{ cause, shares: new Map(shares), at: earlier.at, revision, inTest: isLast }];
  });
}

function nameOf(branch: Branch | undefined): string {
  return branch === undefined ? '' : nameOfTarget(branch.to);
}

/** Every known revision before the current one, the last deployed first. */
export function revisionsOf(
  base: NamedRevision | undefined,
  older: readonly NamedRevision[],
): readonly NamedRevision[] {
  return base === undefined ? older : [base, ...older];
}

/**
 * Shares of a pool's own config, and the setting that makes them: of the servers whose settings are not those of `other`, another
 * revision, else of all, that of the server that is furthest from what is expected.
 */
function splitOf(
  pool: Pool,
  prediction: Prediction,
  expected: Shares,
  other: Pool | undefined,
): NamedSplit | undefined {
  const changed = new Set(other === undefined ? [] : pool.servers.filter((server) => isChanged(server, other)));
  const shares = new Map<string, number>();
  let furthest: { at: Span; difference: number; again: string | undefined } | undefined;
  for (const [i, server] of pool.servers.entries()) {
    const share = mainShare(prediction.shares[i]);
    if (share === null) return undefined;
    const seenAs = answersAs(server, pool);
    increase(shares, seenAs, share);
    const again = seenAs === server.name ? undefined : seenAs;
    const difference = Math.abs((shares.get(seenAs) ?? 0) - (expected.get(seenAs) ?? 0));
    if (changed.size > 0 && !changed.has(server)) continue;
    // Of two lines for one server the second is the odd one.
    const more = difference - (furthest?.difference ?? -1);
    if (again === undefined ? more <= 1e-9 : more < -1e-9) continue;
    const setting = [server.state, server.priority, server.weight].find((item) => item.written);
    furthest = { difference, at: setting?.at ?? server.at, again };
  }
  const byAlgorithm = pool.algorithm.value?.kind === 'fill' && pool.algorithm.written;
  const because = furthest?.again === undefined ? {} : { because: say`it lists ${furthest.again} more than once` };
  const byOtherAlgorithm =
    other !== undefined &&
    changed.size === 0 &&
    pool.algorithm.written &&
    other.algorithm.value?.native !== pool.algorithm.value?.native;
  return { shares, at: byAlgorithm || byOtherAlgorithm ? pool.algorithm.at : (furthest?.at ?? pool.at), ...because };
}

/** Whether another revision of the pool has the server's line otherwise, or not at all. */
function isChanged(server: Server, { servers }: Pool): boolean {
  const other = servers.find(({ name }) => name === server.name);
  return (
    other === undefined ||
    other.weight.value !== server.weight.value ||
    other.state.value !== server.state.value ||
    other.priority.value !== server.priority.value
  );
}

/** Adds to the share of a server. */
function increase(shares: Map<string, number>, name: string, share: number): void {
  shares.set(name, (shares.get(name) ?? 0) + share);
}

/** The same pool in another revision: by name, else the only one whose servers overlap. */
function counterpart(configs: readonly Config[], pool: Pool): Pool | undefined {
  const pools = configs
    .flatMap((config) => config.pools)
    .filter((other) => other.dialect.format === pool.dialect.format);
  const named = pools.find((other) => other.name === pool.name);
  if (named !== undefined) return named;
  const servers = new Set(pool.servers.map((server) => server.name));
  const overlapping = pools.filter((other) => other.servers.some((server) => servers.has(server.name)));
  return overlapping.length === 1 ? overlapping[0] : undefined;
}

function sameSplit(a: Shares, b: Shares): boolean {
  return [...new Set([...a.keys(), ...b.keys()])].every(
    (key) => Math.abs((a.get(key) ?? 0) - (b.get(key) ?? 0)) < 1e-9,
  );
}
