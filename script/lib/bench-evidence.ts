/**
 * How often the split test is wrong and how many requests it needs, by seeded simulation, beside rules that people use.
 * Prints one row a cell; exits 1 when a bounded cell breaks its limit. `--quick`: fewer runs, same cells and limits.
 * Three parts: independent draws, the causes that whole measurements name, and whole measurements of traffic that is not
 * independent (`--part=independent|causes|dependent`). `--only=TEXT`: cells whose name contains it. `--seed=N`: of the last two.
 */
import { at, sum } from '../../src/evidence/numerics.ts';
import { sampler, seededRandom } from '../../src/evidence/random.ts';
import { betFor, withBet } from '../../src/evidence/predictive-bet.ts';
import { nextCheck, SplitTest, THRESHOLD, withShare } from '../../src/evidence/split-test.ts';
import { limitsOf, type Limits } from '../../src/evidence/tolerance.ts';
import { benchCauses } from './evidence-bench/causes.ts';
import { benchDependent } from './evidence-bench/dependent.ts';
import { RULES, type Rule } from './split-rules.ts';
import { summarise, type Simulated } from './split-summary.ts';

const QUICK = process.argv.includes('--quick');
/** Runs of a cell: 10,000, fewer where a run is long, by what the information bound lets expect. Never by the clock. */
const MOST_RUNS = 10_000;
const LEAST_RUNS = { few: 5_000, many: 300 };
const REQUESTS_A_CELL = { few: 20_000_000, many: 6_000_000 };
/** Cells in the indifference zone promise nothing and take longest. */
const RUNS_BETWEEN = 300;
const RULE_RUNS = 1_000;
const QUICK_PART = 0.1;
/** A run that is undecided here counts as this many requests. */
const CAP = 60_000;
const ALLOWED_ERRORS = 0.01;
const CANDIDATE_RATIO = 1.7;

interface Shape {
  readonly name: string;
  readonly weights: readonly number[];
  /** What the current file says when it is not what is expected, and what the last deployed one said. */
  readonly file: readonly number[];
  readonly old: readonly number[];
}

interface Cell {
  readonly shape: Shape;
  readonly name: string;
  readonly truth: readonly number[];
  readonly candidates: readonly (readonly number[])[];
  /** Largest mean over the information bound; undefined = printed only. */
  readonly limit?: number;
}

const WEIGHTED = [
  [3, 1],
  [5, 3, 2],
  [4, 2, 2, 1, 1],
  [3, 3, ...repeat(1, 8)],
  [...repeat(3, 10), ...repeat(1, 40)],
];

const shapes: Shape[] = WEIGHTED.flatMap((weights) => {
  const some = Math.ceil(weights.length / 5);
  const equal = repeat(1, weights.length);
  const first = equal.map((w, i) => (i < some ? 4 * w : w));
  const last = weights.map((w, i) => (i >= weights.length - some ? 4 * w : w));
  return [
    { name: `${weights.length} equal`, weights: equal, file: weights, old: first },
    { name: `${weights.length} weighted`, weights, file: weights, old: last },
  ];
});

let broken = 0;
const done: Simulated[] = [];
const started = performance.now();
const only = option('only');
const part = option('part');
if (part === undefined || part === 'independent') {
  header();
  for (const cell of shapes.flatMap(cells)) {
    if (only === undefined || `${cell.shape.name} ${cell.name}`.includes(only)) report(cell);
  }
  console.log(`\n${summarise(done, CANDIDATE_RATIO)}`);
}
const seed = Number(option('seed') ?? '1');
if (part === undefined || part === 'causes') broken += benchCauses(QUICK, only, seed);
if (part === undefined || part === 'dependent') broken += benchDependent({ quick: QUICK, only, seed });
console.log(
  `\n${broken === 0 ? 'every bounded cell holds' : `${broken} bounded cells BREAK`} in ${Math.round((performance.now() - started) / 1000)} s`,
);
process.exitCode = broken === 0 ? 0 : 1;

function option(name: string): string | undefined {
  return process.argv.find((a) => a.startsWith(`--${name}=`))?.slice(name.length + 3);
}

/** Every situation of one pool. */
function cells(shape: Shape): Cell[] {
  const expected = normal(shape.weights);
  const equal = normal(repeat(1, expected.length));
  const weighted = shape.file === shape.weights;
  const candidates = [weighted ? equal : normal(shape.file), normal(shape.old)];
  const ratio = expected.length <= 3 ? 2.1 : expected.length <= 10 ? 2.8 : 3.4;
  const skews = [0, 2, 5, 10, 20, 50].map((points) => ({
    name: `skew ${points}`,
    truth: points === 0 ? expected : withShare(expected, 0, at(expected, 0) + points / 100),
  }));
  const limits = limitsOf(expected, { kind: 'relative', share: 0.25 });
  const single = [...skews, { name: 'dead', truth: withShare(expected, 0, 0) }].filter(({ truth }) =>
    truth.every((q) => q >= 0 && q <= 1),
  );
  const last = expected.length - 1;
  const edges = [
    { name: 'edge', truth: withShare(expected, last, at(limits.boxHigh, last)) },
    { name: 'limit', truth: withShare(expected, last, at(limits.high, last)) },
  ];
  const swapped = [at(expected, last), ...expected.slice(1, -1), at(expected, 0)];
  return [
    ...single.map((c) => ({ ...c, shape, candidates: [], limit: ratio })),
    ...single.map((c) => ({ ...c, name: `${c.name} +c`, shape, candidates, limit: ratio })),
    ...edges.map((c) => ({ ...c, shape, candidates: [] })),
    ...(weighted ? [{ name: 'swapped', truth: swapped, shape, candidates: [] }] : []),
    { name: 'old', truth: normal(shape.old), shape, candidates: [] },
    { name: 'old +c', truth: normal(shape.old), shape, candidates, limit: CANDIDATE_RATIO },
    {
      name: weighted ? 'equal +c' : 'file +c',
      truth: weighted ? equal : normal(shape.file),
      shape,
      candidates,
      limit: CANDIDATE_RATIO,
    },
  ];
}

function report(cell: Cell): void {
  const expected = normal(cell.shape.weights);
  const limits = limitsOf(expected, { kind: 'relative', share: 0.25 });
  const truth = truthOf(cell.truth, limits);
  const bound = informationBound(cell.truth, limits, truth);
  const runs = runsFor(expected.length, truth === 'between' ? undefined : bound);
  const { uneven, even, mean, p95 } = simulate(cell, expected, limits, runs);
  const wrong = truth === 'even' ? uneven : truth === 'uneven' ? even : 0;
  const ratio = mean / bound;
  const judged = truth === 'between' ? undefined : cell.limit;
  const bad = wrong > ALLOWED_ERRORS * runs || (judged !== undefined && ratio > judged);
  if (bad) broken += 1;
  const failed = RULES.map((rule) => ruleFails(rule, expected, cell.truth) / scaled(RULE_RUNS));
  const pool = cell.shape.name;
  done.push({ pool, name: cell.name, truth, runs, wrong: wrong / runs, ratio, limit: judged, failed });
  row([
    cell.shape.name,
    cell.name,
    truth,
    String(runs),
    percentOf(uneven, runs),
    percentOf(even, runs),
    String(Math.round(mean)),
    String(p95),
    truth === 'between' ? '-' : String(Math.round(bound)),
    truth === 'between' ? '-' : ratio.toFixed(2),
    judged === undefined ? '-' : String(judged),
    bad ? 'BREAKS' : 'ok',
    ...failed.map((part) => percentOf(part, 1)),
  ]);
}

/** Even inside the box, uneven at or beyond a limit, between: either answer is right. */
function truthOf(q: readonly number[], limits: Limits): 'even' | 'uneven' | 'between' {
  const e = 1e-9;
  if (q.every((x, i) => x >= at(limits.boxLow, i) - e && x <= at(limits.boxHigh, i) + e)) return 'even';
  return q.some((x, i) => x <= at(limits.low, i) + e || x >= at(limits.high, i) - e) ? 'uneven' : 'between';
}

/** No test with 1 % errors of both kinds needs fewer requests on average (Wald). */
function informationBound(q: readonly number[], limits: Limits, truth: 'even' | 'uneven' | 'between'): number {
  const needed = divergence(0.99, 0.01);
  if (truth === 'uneven') return needed / divergenceFromBox(q, limits);
  const rates = q.flatMap((x, i) =>
    [at(limits.low, i), at(limits.high, i)].filter((b) => b > 0 && b < 1).map((b) => divergence(x, b)),
  );
  return needed / Math.min(...rates);
}

function runsFor(servers: number, bound: number | undefined): number {
  if (bound === undefined) return scaled(RUNS_BETWEEN);
  const size = servers > 10 ? 'many' : 'few';
  return scaled(Math.min(MOST_RUNS, Math.max(LEAST_RUNS[size], Math.round(REQUESTS_A_CELL[size] / bound))));
}

function scaled(runs: number): number {
  return QUICK ? Math.max(300, Math.round(runs * QUICK_PART)) : runs;
}

function simulate(cell: Cell, expected: readonly number[], limits: Limits, runs: number) {
  const test = new SplitTest(expected, limits, cell.candidates);
  const draw = sampler(cell.truth, seededRandom(1));
  const needed: number[] = [];
  let [uneven, even] = [0, 0];
  while (needed.length < runs) {
    const counts = repeat(0, expected.length);
    const bet = betFor(expected, limits);
    let n = 0;
    for (let next = 1; next <= CAP; next = nextCheck(n)) {
      for (; n < next; n++) {
        const i = draw();
        counts[i] = at(counts, i) + 1;
      }
      bet?.follow(counts);
      const isUneven =
        bet === undefined ? test.provesUneven(counts) : withBet(test.logUneven(counts), bet) >= THRESHOLD;
      if (!isUneven && !test.provesEven(counts)) continue;
      if (isUneven) uneven += 1;
      else even += 1;
      break;
    }
    needed.push(nextCheck(n) > CAP ? CAP : n);
  }
  needed.sort((a, b) => a - b);
  return { uneven, even, mean: sum(needed) / runs, p95: at(needed, Math.floor(runs * 0.95)) };
}

function ruleFails(rule: Rule, expected: readonly number[], truth: readonly number[]): number {
  const draw = sampler(truth, seededRandom(2));
  let fails = 0;
  for (let run = 0; run < scaled(RULE_RUNS); run++) if (rule.fails(expected, draw)) fails += 1;
  return fails;
}

function divergence(a: number, b: number): number {
  const part = (x: number, y: number) => (x === 0 ? 0 : x * Math.log(x / y));
  return part(a, b) + part(1 - a, 1 - b);
}

function divergenceFromBox(q: readonly number[], limits: Limits): number {
  const nearest = nearestInBox(q, limits);
  return sum(q.map((x, i) => (x === 0 ? 0 : x * Math.log(x / at(nearest, i)))));
}

/** Written apart from the test's own projection, by alternating scaling of the free shares, as a check on it. */
function nearestInBox(q: readonly number[], { boxLow, boxHigh }: Limits): number[] {
  let lambda = 1;
  const clipped = () => q.map((x, i) => Math.min(Math.max(x * lambda, at(boxLow, i)), at(boxHigh, i)));
  for (let step = 0; step < 200; step++) lambda *= 1 + 0.5 * (1 / sum(clipped()) - 1);
  return clipped();
}

function normal(weights: readonly number[]): number[] {
  const total = sum(weights);
  return weights.map((w) => w / total);
}

function repeat(value: number, times: number): number[] {
  return Array.from({ length: times }, () => value);
}

function percentOf(part: number, whole: number): string {
  return ((100 * part) / whole).toFixed(2);
}

function header(): void {
  console.log(`Split test, 25 % tolerance (2 points at least), alpha = beta = 1 %; cap ${CAP} requests.`);
  console.log(
    `Up to ${scaled(MOST_RUNS)} runs a cell, fewer where a run is long; other rules ${scaled(RULE_RUNS)} runs.`,
  );
  console.log(
    'edge, limit: the last server at the edge of what must pass, and at the limit: the worst of both errors.',
  );
  console.log(`+c: with the current file (or the equal split) and the last deployed file as candidates.\n`);
  for (const rule of RULES) console.log(`${rule.name}: ${rule.what}`);
  console.log('');
  row([
    'pool',
    'case',
    'truth',
    'runs',
    'uneven %',
    'even %',
    'mean',
    'p95',
    'bound',
    'ratio',
    'limit',
    '',
    ...RULES.map((r) => r.name),
  ]);
}

function row(columns: readonly string[]): void {
  const widths = [11, 11, 8, 6, 9, 8, 7, 7, 7, 6, 6, 7];
  console.log(columns.map((c, i) => (i < 3 ? c.padEnd(widths[i] ?? 0) : c.padStart(widths[i] ?? 9))).join(' '));
}
