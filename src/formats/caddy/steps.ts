import type { Condition, Match, Target } from '../../model/route.ts';
import type { Setting, Span } from '../../model/span.ts';
import type { Proxy } from './proxy.ts';

/** What happens to a request that gets to a step. */
export type Action =
  | { readonly kind: 'proxy'; readonly proxy: Proxy }
  | { readonly kind: 'answer'; readonly to: Target }
  /** It is changed, or may be refused, and goes on. */
  | { readonly kind: 'change'; readonly name: string; readonly value: Setting<string>; readonly rewrites: boolean }
  | { readonly kind: 'steps'; readonly steps: readonly Step[] };

/** One step of the way of a request, in Caddy's order. */
export interface Step {
  readonly at: Span;
  /** Absent = every request. */
  readonly when?: Condition;
  /** Of the steps of one group only the first that holds is taken. */
  readonly group?: string;
  /** Nothing comes after it, whether it answered or not. */
  readonly terminal?: true;
  readonly action: Action;
}

/** Steps that come next, and what comes after them. */
interface Way {
  readonly steps: readonly Step[];
  readonly from: number;
  readonly next: Way | undefined;
}

/** The requests that are on their way: the conditions that hold for them, and what was changed. */
interface State {
  readonly when: readonly Condition[];
  readonly changes: ReadonlyMap<string, Setting<string>>;
  /** Their path is another one than the client's. */
  readonly rewritten: boolean;
  readonly groups: ReadonlySet<string>;
}

/** So many steps are followed for one entry; a request may come by one on several ways. */
const MOST_STEPS = 20_000;

/** Where the requests of an entry go: the first match that holds decides. */
export class Flattened {
  readonly matches: Match[] = [];
  /** What is changed on the way to each place that passes requests on, and under which conditions they get there. */
  readonly reached: { readonly proxy: Proxy; readonly when: Condition | undefined }[] = [];
  /** Set where there is more than can be followed. */
  tooLong = false;
  readonly #target: (proxy: Proxy) => Target;
  #steps = 0;

  constructor(steps: readonly Step[], target: (proxy: Proxy) => Target) {
    this.#target = target;
    this.#follow(
      { steps, from: 0, next: undefined },
      { when: [], changes: new Map(), rewritten: false, groups: new Set() },
    );
  }

  /** Whether every request is answered on the way. */
  #follow(start: Way, state: State): boolean {
    let now = state;
    for (let way: Way | undefined = start; way !== undefined;) {
      const step: Step | undefined = way.steps[way.from];
      if (step === undefined) {
        way = way.next;
        continue;
      }
      way = { ...way, from: way.from + 1 };
      if (++this.#steps > MOST_STEPS) {
        this.tooLong = true;
        return true;
      }
      const { group, action, when } = step;
      if (group !== undefined && now.groups.has(group)) continue;
      if (when === undefined) {
        if (group !== undefined) now = { ...now, groups: new Set([...now.groups, group]) };
        if (action.kind === 'steps') way = { steps: action.steps, from: 0, next: step.terminal ? undefined : way };
        else if (action.kind === 'change') now = changed(now, action, undefined);
        else {
          this.#add(step, now);
          return true;
        }
      } else if (action.kind === 'change') now = changed(now, action, when);
      else if (action.kind === 'steps') this.#branch(step, action.steps, when, now, way);
      else this.#add(step, { ...now, when: [...now.when, when] });
    }
    return false;
  }

  /** Requests for which a condition holds take other steps, and then what comes after them unless that is left out for them. */
  #branch(step: Step, steps: readonly Step[], when: Condition, state: State, way: Way): void {
    const { group, terminal, at } = step;
    const inner: State = { ...state, when: [...state.when, condition(when, state)] };
    const after: Way | undefined = terminal || group === undefined ? undefined : way;
    const groups = group === undefined ? inner.groups : new Set([...inner.groups, group]);
    const isAnswered = this.#follow({ steps, from: 0, next: after }, { ...inner, groups });
    if (!isAnswered && (terminal || group !== undefined))
      this.#push({ at, to: { kind: 'answer', status: 200 } }, inner);
  }

  #add({ at, action, when }: Step, state: State): void {
    if (action.kind === 'answer') this.#push({ at, to: action.to }, state);
    if (action.kind !== 'proxy') return;
    this.#push({ at, to: this.#target(action.proxy) }, state);
    this.reached.push({ proxy: action.proxy, when: joined(state.when) ?? when });
  }

  #push(match: Match, { when, changes, rewritten }: State): void {
    const all = joined(rewritten ? when.map(withoutTests) : when);
    this.matches.push({
      ...match,
      ...(all === undefined ? {} : { when: all }),
      ...(changes.size === 0 ? {} : { changes }),
    });
  }
}

/** After a rewrite a condition asks about another path than the client's. */
function condition(when: Condition, { rewritten }: State): Condition {
  return rewritten ? withoutTests(when) : when;
}

function withoutTests({ text, at }: Condition): Condition {
  return { text, at };
}

function changed(
  state: State,
  { name, value, rewrites }: Action & { kind: 'change' },
  when: Condition | undefined,
): State {
  const key = when === undefined ? name : `${name} for ${when.text}`;
  return {
    ...state,
    changes: new Map(state.changes).set(key, value),
    rewritten: state.rewritten || rewrites,
  };
}

/** All of the conditions as one. */
function joined(conditions: readonly Condition[]): Condition | undefined {
  const unique = [...new Map(conditions.map((one) => [one.text, one])).values()];
  const [first, ...others] = unique;
  if (first === undefined || others.length === 0) return first;
  const tests = unique.flatMap(({ all }) => all ?? []);
  const isWhole = unique.every(({ all }) => all !== undefined);
  const text = unique.map((one) => one.text).join(' and ');
  return { text, at: unique.at(-1)?.at ?? first.at, ...(isWhole ? { all: tests } : {}) };
}
