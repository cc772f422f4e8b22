import type { Config } from '../model/config.ts';
import type { Flow } from '../model/flow.ts';
import { refuses, type Entry, type Match, type Route, type Target } from '../model/route.ts';
import type { Part } from '../model/share.ts';
import { implies } from './conditions.ts';
import { poolsOf } from './references.ts';
import { healthOfTarget, isMissing, partsOfRoute, worldOf, type World } from './route-parts.ts';
import { ANSWERED, LOST, NOWHERE, over, served, Sum, UNTOLD } from './flow-sum.ts';
import { plus, rest, times } from './parts.ts';

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
  const walk = new Walk(worldOf(configs));
  const named = new Set<string>();
  const classes: ClassFlow[] = [];
  for (const { when } of entry.matches) {
    if (when === undefined || isChance(when.text) || named.has(when.text)) continue;
    named.add(when.text);
    classes.push(classFlow(entry, when.text, walk));
  }
  classes.push(classFlow(entry, undefined, walk));
  return { entry, classes, total: over(classes.map(({ flow }) => flow)) };
}

/** Chance alone, whatever the request is. */
function isChance(text: string): boolean {
  return text === '';
}

/** The part of the requests that reaches each of a route's branches itself, in their order; copies get null. */
export function routeParts(route: Route, configs: readonly Config[]): Part[] {
  return partsOfRoute(route, worldOf(configs));
}

/** For each key that draws: the interval of its values, 0..1, that a request of this path can still have, where that is known. */
type Drawn = ReadonlyMap<string, readonly [low: number, high: number] | 'unknown'>;

function classFlow(entry: Entry, when: string | undefined, walk: Walk): ClassFlow {
  const own = entry.matches.find((match) => match.when?.text === when)?.when;
  const matches: Match[] = [];
  let decides: Match | undefined;
  for (const match of entry.matches) {
    const one = match.when;
    const holds =
      one === undefined ||
      isChance(one.text) ||
      one.text === when ||
      // Where a narrower condition holds, so does the wider one.
      (own !== undefined && implies(own, one));
    if (!holds) continue;
    matches.push(match);
    if (one?.chance !== undefined) continue;
    decides = match;
    break;
  }
  const answer = decides && walk.answerFor(decides.to);
  const sum = new Sum();
  const { left } = walk.inOrder(matches, new Map(), sum);
  if (left !== 0) sum.lost(left);
  return { when, matches, ...(answer === undefined ? {} : { answer }), flow: sum.flow() };
}

/** How much of what a key can still be lies in an interval, and what is known of it on either side. */
function draw(
  key: string | undefined,
  drawn: Drawn,
  [low, high]: readonly [number, number],
  whole: number,
): { readonly part: Part; readonly taken: Drawn; readonly left: Drawn } {
  if (key === undefined) return { part: whole, taken: drawn, left: drawn };
  const before = drawn.get(key) ?? WHOLE;
  if (before === 'unknown') return { part: low < high ? ANY : 0, taken: drawn, left: drawn };
  const [from, to] = before;
  const inside: readonly [number, number] = [Math.max(from, low), Math.min(to, high)];
  const width = to - from;
  // Of a draw that nothing has narrowed yet the part is as written, not what is left of it by subtracting.
  const part = before === WHOLE ? whole : width <= 0 ? 0 : Math.max(0, inside[1] - inside[0]) / width;
  return {
    part,
    taken: new Map(drawn).set(key, inside),
    left: new Map(drawn).set(key, [Math.max(from, high), to]),
  };
}

const WHOLE = [0, 1] as const;
const ANY: Part = { low: 0, high: 1 };

/** Longer chains of pools and routes are not followed: what is at their end is not told. */
const DEEPEST = 128;

/** Routes that are looked into for one entry, each draw by a key anew; what would take more is not told. */
const MOST_STEPS = 20_000;

/**
 * Whether a match takes one request that is given, asked for in the order of the matches; `strays`: it does, and may then send it
 * anywhere.
 */
export type Decide = (match: Pick<Match, 'when' | 'stays' | 'at' | 'to'>) => {
  readonly holds: 'yes' | 'no' | 'open';
  readonly strays?: boolean;
};

/** Follows targets to their ends; each route is followed once, however many branches lead to it. */
export class Walk {
  readonly #world: World;
  readonly #decide: Decide | undefined;
  readonly #known = new Map<string, Flow>();
  /** The pools and routes that are being followed. */
  readonly #path: string[] = [];
  /** The outermost place of the path that what is being followed came back to. */
  #back = Infinity;
  #steps = 0;

  /** With `decide` one request is followed, else all of those of which nothing else is known. */
  constructor(world: World, decide?: Decide) {
    this.#world = world;
    this.#decide = decide;
  }

  /** What becomes of the requests that a target gets, as parts of them. */
  to(target: Target, drawn: Drawn): Flow {
    switch (target.kind) {
      case 'pool':
        return this.#pool(target, drawn);
      case 'route': {
        const route = this.#world.routes.get(target.route);
        return route === undefined ? LOST : this.#within(`route ${route.key}`, drawn, () => this.#route(route, drawn));
      }
      case 'answer':
        return refuses(target) ? LOST : ANSWERED;
      case 'redirect':
        return ANSWERED;
      case 'unknown': {
        const { among } = target;
        if (among === undefined) return UNTOLD;
        // One of them, whichever it is at run time.
        return { ...NOWHERE, pools: new Map(among.map((pool) => [pool, among.length === 1 ? 1 : ANY])) };
      }
      default:
        return target satisfies never;
    }
  }

  /** Adds what becomes of requests that ask matches in order; returns what none of them takes. */
  inOrder(matches: readonly Match[], drawn: Drawn, sum: Sum): { readonly left: Part; readonly drawn: Drawn } {
    let left: Part = 1;
    let known = drawn;
    for (const { when, to } of matches) {
      const chance = when?.chance;
      if (chance === undefined) {
        sum.add(this.to(to, known), left);
        return { left: 0, drawn: known };
      }
      const step = draw(when?.drawnBy, known, [0, chance], chance);
      if (step.part !== 0) sum.add(this.to(to, step.taken), times(left, step.part));
      left = times(left, rest(step.part));
      known = step.left;
    }
    return { left, drawn: known };
  }

  /** What becomes of one request that asks matches in order, and `after` of it when none takes it. */
  decided(
    matches: readonly Pick<Match, 'when' | 'stays' | 'at' | 'to'>[],
    drawn: Drawn,
    after: () => Flow,
    decide: Decide,
  ): Flow {
    const steps: { readonly flow: Flow; readonly part: Part; readonly open: boolean }[] = [];
    let known = drawn;
    let end: Flow | undefined;
    for (const match of matches) {
      const { holds, strays } = decide(match);
      if (holds === 'no') continue;
      const { chance, drawnBy } = match.when ?? {};
      const step = chance === undefined ? undefined : draw(drawnBy, known, [0, chance], chance);
      const own = this.to(match.to, step?.taken ?? known);
      const flow = strays === true ? over([own, UNTOLD]) : own;
      known = step?.left ?? known;
      if (step === undefined && holds === 'yes') {
        end = flow;
        break;
      }
      steps.push({ flow, part: step?.part ?? 1, open: holds === 'open' });
    }
    return steps.reduceRight((later, { flow, part, open }) => {
      const sum = new Sum();
      sum.add(flow, part);
      sum.add(later, rest(part));
      return open ? over([sum.flow(), later]) : sum.flow();
    }, end ?? after());
  }

  /** The line that answers every request that is sent to a pool. */
  answerFor(target: Target): Match | undefined {
    if (target.kind !== 'pool') return undefined;
    return poolsOf(this.#world.configs)
      .byKey(target.pool)
      ?.pool.answers.find(({ when }) => when === undefined);
  }

  #pool(target: Target & { readonly kind: 'pool' }, drawn: Drawn): Flow {
    const pool = poolsOf(this.#world.configs).byKey(target.pool)?.pool;
    if (pool === undefined) return isMissing(target.pool, this.#world) ? LOST : served(target.pool);
    const servers = (): Flow => (healthOfTarget(target, this.#world) === 'dead' ? LOST : served(pool.key));
    const decide = this.#decide;
    const answers =
      decide === undefined
        ? pool.answers.filter(({ when }) => when === undefined || isChance(when.text))
        : pool.answers;
    if (answers.length === 0) return servers();
    return this.#within(`pool ${pool.key}`, drawn, () => {
      if (decide !== undefined) return this.decided(answers, drawn, servers, decide);
      const sum = new Sum();
      const { left } = this.inOrder(answers, drawn, sum);
      sum.add(servers(), left);
      return sum.flow();
    });
  }

  /** Requests that come back to where they have been go round until they fail. */
  #within(id: string, drawn: Drawn, follow: () => Flow): Flow {
    const before = this.#path.indexOf(id);
    if (before >= 0) {
      this.#back = Math.min(this.#back, before);
      return LOST;
    }
    const key = `${id}\0${JSON.stringify([...drawn])}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#path.length >= DEEPEST || ++this.#steps > MOST_STEPS) return UNTOLD;
    const outer = this.#back;
    this.#back = Infinity;
    this.#path.push(id);
    const flow = follow();
    this.#path.pop();
    // What came back to a place further out holds for the way here alone.
    if (this.#back < this.#path.length) this.#back = Math.min(outer, this.#back);
    else {
      this.#back = outer;
      this.#known.set(key, flow);
    }
    return flow;
  }

  #fallback({ to }: Route, drawn: Drawn): Flow {
    const next = to.find(({ role }) => role === 'fallback');
    return next === undefined ? LOST : this.to(next.to, drawn);
  }

  #route(route: Route, drawn: Drawn): Flow {
    if (this.#decide !== undefined && route.kind === 'first-match') {
      const serving = route.to.filter(({ role }) => role === 'serves');
      return this.decided(serving, drawn, () => this.#fallback(route, drawn), this.#decide);
    }
    const sum = new Sum();
    const parts = partsOfRoute(route, this.#world);
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
            ? draw(drawnBy, drawn, [from, from + own], own)
            : // One draw again: how it fell before decides, not the weights.
              { part: drawn.has(drawnBy) && own !== 0 ? ANY : own, taken: new Map(drawn).set(drawnBy, 'unknown') };
      if (typeof own === 'number') from += own;
      if (step.part !== 0) sum.add(this.to(branch.to, step.taken), step.part);
      reached = plus(reached, step.part);
    });
    // Bounds of the other kinds are those of one whole.
    if (typeof reached === 'number' ? reached < 1 - 1e-12 : leavesSome(route)) sum.lost(rest(reached));
    return sum.flow();
  }
}

/** Whether each branch of a route asks for something, so that requests may fit none. */
function leavesSome({ kind, to }: Route): boolean {
  return kind === 'first-match' && to.every(({ role, when }) => role !== 'serves' || when !== undefined);
}
