import { bursts, measureMany, type Outcomes, type Situation } from '../../../__tests__/evidence/dependent.ts';
import { draws } from '../../../__tests__/evidence/balancers.ts';
import { situationsOf } from './situations.ts';

const SERVERS = [2, 3, 5, 10, 20, 50, 100] as const;
const RUNS = { few: 300, many: 100 } as const;
const QUICK_RUNS = 20;
const ALLOWED_ERRORS = 0.01;

interface Options {
  readonly quick: boolean;
  /** Only cells whose name contains it. */
  readonly only: string | undefined;
  readonly seed: number;
}

/** Prints one row a situation; the number of cells in which "uneven" or "even" is wrong in more than 1 % of measurements. */
export function benchDependent({ quick, only, seed }: Options): number {
  console.log('\nAnswers that are no independent draws: whole measurements, tolerance auto, 6,000 requests.');
  console.log('wrong: fail where the long-run shares are even, pass where one is at its limit or beyond.\n');
  row(['servers', 'situation', 'truth', 'runs', 'pass %', 'fail %', 'open %', 'mean', '']);
  let broken = 0;
  for (const servers of SERVERS) {
    for (const situation of situationsOf(servers)) {
      const name = `K=${servers} ${situation.name}`;
      if (only !== undefined && !name.includes(only)) continue;
      const runs = quick ? QUICK_RUNS : servers > 10 ? RUNS.many : RUNS.few;
      if (!report(situation, measureMany(situation, runs, seed), runs)) broken += 1;
    }
  }
  return (
    broken + (only === undefined || 'errors'.includes(only) ? benchErrors(quick ? QUICK_RUNS : RUNS.few, seed) : 0)
  );
}

function report({ servers, name, truth }: Situation, outcomes: Outcomes, runs: number): boolean {
  const wrong = truth === 'even' ? outcomes.fail : truth === 'uneven' ? outcomes.pass : 0;
  const holds = wrong <= Math.max(1, ALLOWED_ERRORS * runs);
  const percent = (n: number) => ((100 * n) / runs).toFixed(1);
  const { pass, fail, inconclusive, requests } = outcomes;
  const verdict = truth === 'either' ? '-' : holds ? 'ok' : 'BREAKS';
  row([
    String(servers),
    name,
    truth,
    String(runs),
    percent(pass),
    percent(fail),
    percent(inconclusive),
    requests.toFixed(0),
    verdict,
  ]);
  return holds;
}

/** Errors that come together, of a service whose long-run rate is within the limit of 1 %, and beyond what must not pass. */
function benchErrors(runs: number, seed: number): number {
  const shares = [1 / 3, 1 / 3, 1 / 3];
  const cells = [
    ...[0.001, 0.002, 0.005].flatMap((rate) => [1, 8, 16].map((length) => ({ rate, length, truth: 'even' as const }))),
    { rate: 0.03, length: 1, truth: 'uneven' as const },
    { rate: 0.05, length: 1, truth: 'uneven' as const },
  ];
  let broken = 0;
  for (const { rate, length, truth } of cells) {
    const name = `errors ${100 * rate} % in bursts of ${length}`;
    const situation = { servers: 3, name, truth, balancer: draws(shares) };
    if (!report(situation, measureMany(situation, runs, seed, bursts(rate, length)), runs)) broken += 1;
  }
  return broken;
}

function row(columns: readonly string[]): void {
  const widths = [8, 34, 7, 5, 7, 7, 7, 6, 7];
  console.log(columns.map((c, i) => (i < 3 ? c.padEnd(widths[i] ?? 0) : c.padStart(widths[i] ?? 0))).join(' '));
}
