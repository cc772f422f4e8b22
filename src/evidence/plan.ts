import type { Tolerance } from '../model/request.ts';
import type { Text } from '../model/text.ts';
import { count, duration, say, words } from '../text/say.ts';
import { at } from './numerics.ts';
import { sampler, seededRandom } from './random.ts';
import { nextCheck, SplitTest } from './split-test.ts';
import { type FixedTolerance, formatTolerance, limitsOf } from './tolerance.ts';

const AUTO: readonly FixedTolerance[] = [0.25, 0.33, 0.5].map((share) => ({ kind: 'relative', share }));
const RUNS = 200;
const SEED = 11_263;
/** A simulated run stops here: longer measurements are planned by nobody. */
const LONGEST_RUN = 20_000;
/** A share that budget / this many requests is expected to hit has a lower limit. */
const HITS_TO_BE_MISSED = 10;

/** Requests that a measurement may send. */
export interface Budget {
  readonly maxRequests: number;
  readonly timeoutMs: number;
  /** Requests/s. */
  readonly rate: number;
}

/** Requests until "even" is proved when the split is exactly as expected; undefined = more than was simulated. */
export interface Needed {
  readonly median: number | undefined;
  readonly p90: number | undefined;
}

export interface Plan {
  readonly tolerance: FixedTolerance;
  readonly needed: Needed;
  /** Set where `auto` chose a wider tolerance than the tightest: that one, what it needs, and what was allowed. Requests. */
  readonly tightest?: {
    readonly tolerance: FixedTolerance;
    readonly p90: number | undefined;
    readonly allowed: number;
  };
}

/** Requests that fit both limits of a budget. */
function affordable(budget: Budget): number {
  return Math.max(0, Math.min(budget.maxRequests, Math.floor((budget.rate * budget.timeoutMs) / 1000)));
}

/** Whether a server's share (0..1) is large enough to be missed within `maxRequests`. */
export function missable(maxRequests: number): (share: number) => boolean {
  return (share) => share * maxRequests >= HITS_TO_BE_MISSED;
}

/**
 * Settles the tolerance. `auto` is the tightest of 25, 33, 50 % whose 90th percentile of needed requests fits half of the
 * budget; if none does, the one that needs least. Simulated with a fixed seed: same input, same plan.
 */
export function makePlan(shares: readonly number[], wanted: Tolerance, budget: Budget): Plan {
  const key = JSON.stringify([shares, wanted, budget.maxRequests, affordable(budget)]);
  const known = plans.get(key);
  if (known !== undefined) return known;
  const plan = simulatedPlan(shares, wanted, budget);
  const [oldest] = plans.keys();
  if (plans.size >= MOST_PLANS && oldest !== undefined) plans.delete(oldest);
  plans.set(key, plan);
  return plan;
}

/** Each address of a target is judged by itself, by the same plan. */
const plans = new Map<string, Plan>();
const MOST_PLANS = 16;

function simulatedPlan(shares: readonly number[], wanted: Tolerance, budget: Budget): Plan {
  const tolerances = wanted.kind === 'auto' ? AUTO : [wanted];
  const tests = tolerances.map((t) => new SplitTest(shares, limitsOf(shares, t, missable(budget.maxRequests))));
  const most = affordable(budget);
  const needs = simulate(tests, shares, Math.min(Math.max(most, 1000), LONGEST_RUN));
  const plans = tolerances.map((tolerance, i) => ({ tolerance, needed: needs[i] ?? NOTHING_KNOWN }));
  const fitting = plans.find(({ needed }) => needed.p90 !== undefined && needed.p90 <= most / 2);
  const [first] = plans;
  const chosen = fitting ?? cheapest(plans);
  if (first === undefined || chosen === first) return chosen;
  return { ...chosen, tightest: { tolerance: first.tolerance, p90: first.needed.p90, allowed: Math.floor(most / 2) } };
}

/** Why `auto` is wider than it could be; undefined where it is not. */
export function autoText({ tolerance, tightest }: Plan): Text | undefined {
  if (tightest === undefined) return undefined;
  const { p90, allowed } = tightest;
  const [chosen, wanted] = [words(formatTolerance(tolerance)), words(formatTolerance(tightest.tolerance))];
  const needs = p90 === undefined ? say`more than ${allowed * 2} requests` : say`up to ${p90} requests`;
  return say`tolerance ${chosen}: ${wanted} needs ${needs}, half of the budget is ${allowed}`;
}

const NOTHING_KNOWN: Needed = { median: undefined, p90: undefined };

/** A wider tolerance never needs more, so that the widest is cheapest; the tightest of those that need no more. */
function cheapest(plans: readonly Plan[]): Plan {
  const widest = plans[plans.length - 1];
  if (widest === undefined) throw new Error('no tolerance to plan for');
  const same = (plan: Plan) => plan.needed.p90 !== undefined && plan.needed.p90 === widest.needed.p90;
  return plans.find(same) ?? widest;
}

/** Runs all tests on the same draws, since they differ only in their limits. */
function simulate(tests: readonly SplitTest[], shares: readonly number[], longest: number): Needed[] {
  const random = seededRandom(SEED);
  const draw = sampler(shares, random);
  const results = tests.map((): number[] => []);
  for (let run = 0; run < RUNS; run++) {
    const counts = shares.map(() => 0);
    const open = new Set(tests.keys());
    let next = 1;
    for (let n = 1; n <= longest && open.size > 0; n++) {
      const server = draw();
      counts[server] = at(counts, server) + 1;
      if (n < next) continue;
      next = nextCheck(n);
      for (const i of open) {
        if (tests[i]?.provesEven(counts) !== true) continue;
        results[i]?.push(n);
        open.delete(i);
      }
    }
  }
  return results.map((needed) => {
    needed.sort((a, b) => a - b);
    return { median: needed[Math.ceil(RUNS * 0.5) - 1], p90: needed[Math.ceil(RUNS * 0.9) - 1] };
  });
}

/** What is tested and what it takes, before the start. `within`: the limits, as `limitsText` spells them. */
export function planSentence(plan: Plan, servers: number, declared: boolean, budget: Budget, within: Text): Text {
  const sentence = needsText(plan, servers, declared, budget, within);
  const wider = autoText(plan);
  return wider === undefined ? sentence : say`${sentence} (${wider})`;
}

function needsText(plan: Plan, servers: number, declared: boolean, budget: Budget, within: Text): Text {
  const shares = words(declared ? 'the declared shares' : 'even shares');
  const question = say`Testing whether ${count(servers, 'server')} get ${shares}${within}`;
  const { median, p90 } = plan.needed;
  const most = affordable(budget);
  if (p90 === undefined || median === undefined || p90 > most) {
    const least = median === undefined ? say`more than ${most} requests` : say`about ${median} requests`;
    return say`${question}: ${least} would prove it, ${most} fit the budget. An uneven split may still be proved; for "even" raise ${setting(budget, most)} or the tolerance.`;
  }
  const time = (requests: number) => duration((requests / budget.rate) * 1000);
  return say`${question}: about ${median} requests (${time(median)}), in 9 of 10 cases at most ${p90} (${time(p90)}).`;
}

/** The limit of the budget that binds. */
function setting(budget: Budget, most: number): Text {
  return words(most < budget.maxRequests ? 'timeout or rate' : 'max-requests');
}
