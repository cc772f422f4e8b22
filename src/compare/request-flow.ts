import type { Config } from '../model/config.ts';
import type { Flow } from '../model/flow.ts';
import type { Server } from '../model/pool.ts';
import { nameOfTarget, type Entry, type Match } from '../model/route.ts';
import { mainPart, type Part } from '../model/share.ts';
import { placeKey, type Span } from '../model/span.ts';
import type { Text } from '../model/text.ts';
import { list, say } from '../text/say.ts';
import { Walk, type Decide } from './flow.ts';
import { LOST, over } from './flow-sum.ts';
import { times } from './parts.ts';
import { predict } from './predict.ts';
import { poolsOf } from './references.ts';
import { answerOf, longestPrefix, redirectedTo, staysOf, type Request } from './request.ts';
import { entriesOf } from './request-entries.ts';
import { worldOf } from './route-parts.ts';

/** A line that decides where a request goes, or may decide it. */
export interface Decision {
  readonly at: Span;
  /** As the product writes it; undefined = every request that gets here. */
  readonly when: string | undefined;
  /** Where it leads, in one word. */
  readonly to: string;
  /** Whether it takes the request for certain; with a chance or something that is not given, it may. */
  readonly certain: boolean;
  /** Chance alone decides over this part, 0..1. */
  readonly chance?: number;
  /** What is not given, and decides whether the line takes the request. */
  readonly dependsOn: readonly Text[];
}

/** A server that may answer, with its share of requests like this one: 0..1 or bounds. */
export interface Answering {
  readonly pool: string;
  readonly server: Server;
  readonly share: Part;
}

/** What becomes of a request, and of others like it, in one revision. */
export interface RequestPath {
  /** Where it comes in; several where the configs leave that open. */
  readonly entries: readonly Entry[];
  readonly decisions: readonly Decision[];
  readonly flow: Flow;
  readonly servers: readonly Answering[];
  /** What else it depends on: which entry is meant, what bends a pool's shares. */
  readonly notes: readonly { readonly text: Text; readonly at?: Span }[];
}

/** Follows one request from the entry to the servers. Pure. */
export function followRequest(request: Request, configs: readonly Config[]): RequestPath {
  const { alternatives, notes } = entriesOf(request, configs);
  const followed = alternatives.map((entry) => ({ entry, ...follow(entry, request, configs) }));
  // A product that spreads one listener over several entries asks the next one where the first has nothing for the request.
  const taking = followed.filter(({ decisions }) => decisions.length > 0);
  const used = taking.length > 0 ? taking : followed;
  const flow = over(used.map((one) => one.flow));
  const entries = used.map(({ entry }) => entry);
  const several = {
    text: say`the address decides which of the entries ${list(entries.map(({ name }) => name))} takes it`,
  };
  return {
    entries,
    decisions: uniqueByPlace(used.flatMap(({ decisions }) => decisions)),
    flow,
    servers: serversOf(flow, configs),
    notes: [...notes, ...(entries.length > 1 ? [several] : []), ...caveatsOf(flow, configs)],
  };
}

function follow(entry: Entry, request: Request, configs: readonly Config[]): Pick<RequestPath, 'decisions' | 'flow'> {
  const decisions: Decision[] = [];
  const longest = longestPrefix(entry.matches, request);
  const own = new Set<unknown>(entry.matches);
  const decide: Decide = (match) => {
    const { when, at, to } = match;
    const asked = { request, longest, changed: own.has(match) ? undefined : entry.changed };
    const { holds, dependsOn } = answerOf(match, asked);
    if (holds === 'no' || when?.chance === 0) return { holds: 'no' };
    const stays = staysOf(match, asked);
    const strays = stays.holds !== 'yes';
    const chance = when?.chance;
    decisions.push({
      at,
      when: when?.text === '' ? undefined : when?.text,
      to: nameOfTarget(to),
      certain: holds === 'yes' && !strays && chance === undefined,
      ...(chance === undefined ? {} : { chance }),
      dependsOn: [...dependsOn, ...stays.dependsOn],
    });
    return { holds, strays };
  };
  const slash = redirectedTo(entry.matches, request);
  const matches: readonly Match[] =
    slash === undefined
      ? entry.matches
      : [{ at: slash.at, to: { kind: 'redirect', location: `${request.url.pathname}/` } }];
  const walk = new Walk(worldOf(configs), decide);
  return { flow: walk.decided(matches, new Map(), () => LOST, decide), decisions };
}

/** A line that several pools or entries share is one line. */
function uniqueByPlace(decisions: readonly Decision[]): readonly Decision[] {
  return [...new Map(decisions.map((one) => [`${placeKey(one.at)} ${one.to}`, one] as const)).values()];
}

function serversOf({ pools }: Flow, configs: readonly Config[]): readonly Answering[] {
  const index = poolsOf(configs);
  return [...pools].flatMap(([key, part]) => {
    const pool = index.byKey(key)?.pool;
    if (pool === undefined) return [];
    const { shares } = predict(pool);
    return pool.servers.map((server, i) => ({ pool: pool.name, server, share: times(part, mainPart(shares[i])) }));
  });
}

/** What bends the shares of the pools that are reached. */
function caveatsOf({ pools }: Flow, configs: readonly Config[]): RequestPath['notes'] {
  const index = poolsOf(configs);
  return [...pools.keys()].flatMap((key) => {
    const pool = index.byKey(key)?.pool;
    if (pool === undefined) return [];
    return pool.caveats.map(({ reason, at }) => ({ text: say`${reason} (pool ${pool.name})`, at }));
  });
}
