import { nameOfTarget, type Branch } from '../model/route.ts';
import { exactly } from '../model/share.ts';
import { servingMembers } from '../compare/stages.ts';
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
  const own = splitOf(pool, prediction, expected);
  if (own) add({ cause: 'configured-weights', ...own, inTest: true });
  for (const [i, { configs, revision }] of revisionsOf(base, older).entries()) {
    const earlier = counterpart(configs, pool);
    const split = earlier && splitOf(earlier, predict(earlier), expected);
    const isLast = i === 0 && base !== undefined;
    const cause = isLast ? 'old-file-loaded' : 'older-file-loaded';
    if (split) add({ cause, ...split, revision, inTest: isLast });
  }
  const serving = servingMembers(pool);
  const equal = new Map<string, number>(pool.servers.map((server) => [answersAs(server, pool), 0]));
  for (const { server } of serving) increase(equal, answersAs(server, pool), 1 / serving.length);
  if (serving.length > 0) add({ cause: 'equal-split', shares: equal, inTest: true });
  return found;
}

/** The route's weights in earlier revisions, with what each pool is expected to do inside. */
export function routeCandidates(
  route: Route,
  inner: readonly Expectation[],
  base: NamedRevision | undefined,
  older: readonly NamedRevision[],
): Candidate[] {
  return revisionsOf(base, older).flatMap(({ configs, revision }, i): Candidate[] => {
    const earlier = configs.flatMap((config) => config.routes).find((other) => other.name === route.name);
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

function revisionsOf(base: NamedRevision | undefined, older: readonly NamedRevision[]): readonly NamedRevision[] {
  return base === undefined ? older : [base, ...older];
}

/** Shares of a pool's own config, and the setting of the server that is furthest from what is expected. */
function splitOf(pool: Pool, prediction: Prediction, expected: Shares): NamedSplit | undefined {
  const shares = new Map<string, number>();
  let furthest: { at: Span; difference: number; again: string | undefined } | undefined;
  for (const [i, server] of pool.servers.entries()) {
    const share = mainShare(prediction.shares[i]);
    if (share === null) return undefined;
    const seenAs = answersAs(server, pool);
    increase(shares, seenAs, share);
    const again = seenAs === server.name ? undefined : seenAs;
    const difference = Math.abs((shares.get(seenAs) ?? 0) - (expected.get(seenAs) ?? 0));
    // Of two lines for one server the second is the odd one.
    const more = difference - (furthest?.difference ?? -1);
    if (again === undefined ? more <= 1e-9 : more < -1e-9) continue;
    const setting = [server.state, server.priority, server.weight].find((item) => item.written);
    furthest = { difference, at: setting?.at ?? server.at, again };
  }
  const byAlgorithm = pool.algorithm.value?.kind === 'fill' && pool.algorithm.written;
  const because = furthest?.again === undefined ? {} : { because: say`it lists ${furthest.again} more than once` };
  return { shares, at: byAlgorithm ? pool.algorithm.at : (furthest?.at ?? pool.at), ...because };
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
