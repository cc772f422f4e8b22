import type { Config } from '../model/config.ts';
import type { Flow } from '../model/flow.ts';
import type { PoolKey, RouteKey } from '../model/keys.ts';
import type { Entry, Match, Route, Target } from '../model/route.ts';
import type { Part } from '../model/share.ts';
import { implies } from './conditions.ts';
import { poolsOf } from './references.ts';
import { healthOfTarget, partsOfRoute, worldOf, type World } from './route-parts.ts';
import { covering, plus, rest, times } from './parts.ts';

export type { Flow };

/** The requests that one condition names (or that no condition of the entry names), and what becomes of them. */
export interface ClassFlow {
  /** Undefined = every request that no condition names. */
  readonly when: string | undefined;
  /** The matches that decide it, in order; empty when none does and the requests are lost. */
  readonly matches: readonly Match[];
  /** What answers every request in place of the pool that they are sent to. */
  readonly answer?: Match;
  readonly flow: Flow;
}

export interface EntryFlow {
  readonly entry: Entry;
  readonly classes: readonly ClassFlow[];
  /** Over all requests of the entry: numbers where chance alone decides, bounds where requests do. */
  readonly total: Flow;
}

/**
 * Where the requests of an entry go: the first match that holds decides, nested routes multiply, a copy takes no share, and two
 * draws by one key are one draw. Shares are told for each class of requests, since how many requests are of a class is not in the config.
 */
export function entryFlow(entry: Entry, configs: readonly Config[]): EntryFlow {
  const world = worldOf(configs);
  const named = new Set<string>();
  const classes: ClassFlow[] = [];
  for (const { when } of entry.matches) {
    if (when === undefined || isChance(when.text) || named.has(when.text)) continue;
    named.add(when.text);
    classes.push(classFlow(entry, when.text, world));
  }
  classes.push(classFlow(entry, undefined, world));
  return { entry, classes, total: over(classes.map(({ flow }) => flow)) };
}

/** Chance alone, whatever the request is. */
function isChance(text: string): boolean {
  return text === '';
}

/** The flow of one target, for requests of which nothing else is known. */
export function targetFlow(target: Target, configs: readonly Config[]): Flow {
  const sum = new Sum();
  follow(target, 1, new Map(), worldOf(configs), sum, []);
  return sum.flow();
}

/** The part of the requests that reaches each of a route's branches itself, in their order; copies get null. */
export function routeParts(route: Route, configs: readonly Config[]): Part[] {
  return partsOfRoute(route, worldOf(configs));
}

/** For each key that draws: the interval of its values, 0..1, that a request of this path can still have, where that is known. */
type Drawn = ReadonlyMap<string, readonly [low: number, high: number] | 'unknown'>;

function classFlow(entry: Entry, when: string | undefined, world: World): ClassFlow {
  const sum = new Sum();
  const decided: Match[] = [];
  let left: Part = 1;
  let drawn: Drawn = new Map();
  let answer: Match | undefined;
  const own = entry.matches.find((match) => match.when?.text === when)?.when;
  for (const match of entry.matches) {
    const condition = match.when;
    const asked = condition !== undefined && !isChance(condition.text) && condition.text !== when;
    if (asked && (own === undefined || !implies(own, condition))) continue;
    decided.push(match);
    const chance = condition?.chance;
    if (chance === undefined) {
      follow(match.to, left, drawn, world, sum, []);
      answer = answerFor(match.to, world);
      left = 0;
      break;
    }
    const { part, taken, left: others } = draw(condition?.drawnBy, drawn, [0, chance]);
    follow(match.to, times(left, part), taken, world, sum, []);
    left = times(left, rest(part));
    drawn = others;
  }
  if (left !== 0) sum.lost(left);
  return { when, matches: decided, ...(answer === undefined ? {} : { answer }), flow: sum.flow() };
}

/** The line that answers every request that is sent to a pool. */
function answerFor(target: Target, world: World): Match | undefined {
  if (target.kind !== 'pool') return undefined;
  return poolsOf(world.configs)
    .byKey(target.pool)
    ?.pool.answers.find(({ when }) => when === undefined);
}

/** How much of what a key can still be lies in an interval, and what is known of it on either side. */
function draw(
  key: string | undefined,
  drawn: Drawn,
  [low, high]: readonly [number, number],
): { readonly part: Part; readonly taken: Drawn; readonly left: Drawn } {
  if (key === undefined) return { part: high - low, taken: drawn, left: drawn };
  const before = drawn.get(key) ?? WHOLE;
  if (before === 'unknown') return { part: low < high ? ANY : 0, taken: drawn, left: drawn };
  const [from, to] = before;
  const inside: readonly [number, number] = [Math.max(from, low), Math.min(to, high)];
  const width = to - from;
  const part = width <= 0 ? 0 : Math.max(0, inside[1] - inside[0]) / width;
  return {
    part,
    taken: new Map(drawn).set(key, inside),
    left: new Map(drawn).set(key, [Math.max(from, high), to]),
  };
}

const WHOLE = [0, 1] as const;
const ANY: Part = { low: 0, high: 1 };

/** Deeper routes than these are circles. */
const DEEPEST = 32;

function follow(target: Target, part: Part, drawn: Drawn, world: World, sum: Sum, path: readonly RouteKey[]): void {
  if (part === 0) return;
  switch (target.kind) {
    case 'pool': {
      const placed = poolsOf(world.configs).byKey(target.pool);
      const always = answerFor(target, world);
      if (always !== undefined) follow(always.to, part, drawn, world, sum, path);
      else if (placed !== undefined && healthOfTarget(target, world) === 'dead') sum.lost(part);
      else sum.pool(placed?.pool.key ?? target.pool, part);
      return;
    }
    case 'route': {
      const route = world.routes.get(target.route);
      if (route === undefined || path.length >= DEEPEST || path.includes(route.key)) sum.lost(part);
      else followRoute(route, part, drawn, world, sum, [...path, route.key]);
      return;
    }
    case 'answer':
      if (target.status === 'file' || (target.status !== 'refused' && target.status < 400)) sum.answered(part);
      else sum.lost(part);
      return;
    case 'redirect':
      sum.answered(part);
      return;
    case 'unknown':
      // One of them, whichever it is at run time.
      for (const pool of target.among ?? []) sum.pool(pool, target.among?.length === 1 ? part : times(part, ANY));
      if (target.among === undefined) sum.unknown(part);
      return;
    default:
      target satisfies never;
  }
}

function followRoute(route: Route, part: Part, drawn: Drawn, world: World, sum: Sum, path: readonly RouteKey[]): void {
  const parts = partsOfRoute(route, world);
  const { drawnBy } = route;
  const known = parts.every((share) => typeof share === 'number' || share === null);
  let from = 0;
  let reached: Part = 0;
  route.to.forEach((branch, i) => {
    const own = parts[i] ?? null;
    if (own === null) return;
    const step =
      drawnBy === undefined
        ? { part: own, taken: drawn }
        : known && typeof own === 'number'
          ? draw(drawnBy, drawn, [from, from + own])
          : // One draw again: how it fell before decides, not the weights.
            { part: drawn.has(drawnBy) && own !== 0 ? ANY : own, taken: new Map(drawn).set(drawnBy, 'unknown') };
    if (typeof own === 'number') from += own;
    follow(branch.to, times(part, step.part), step.taken, world, sum, path);
    reached = plus(reached, step.part);
  });
  if (typeof reached === 'number' && reached < 1 - 1e-12) sum.lost(times(part, 1 - reached));
}

/** Gathers a flow. */
class Sum {
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
  flow(): Flow {
    return { pools: this.#pools, lost: this.#lost, answered: this.#answered, unknown: this.#unknown };
  }
}

/** What holds whichever class a request is of. */
function over(flows: readonly Flow[]): Flow {
  const [first, ...others] = flows;
  if (first === undefined) return { pools: new Map(), lost: 0, answered: 0, unknown: 0 };
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
