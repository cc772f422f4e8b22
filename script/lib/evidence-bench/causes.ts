import { equal, expectation, measure, TERMS } from '../../../__tests__/evidence/measure.ts';

const RUNS = 200;
const QUICK_RUNS = 40;
const MOST_WRONG = 0.05;
const LEAST_RIGHT = 0.9;

/** Relative traffic of the servers, and the cause that has this split; undefined = none on the list has. */
type Cell = readonly [name: string, parts: readonly number[], cause?: string];

const rest = (servers: number, ...first: number[]): number[] => [
  ...first,
  ...Array.from({ length: servers - first.length }, () => 1),
];

const CELLS: readonly Cell[] = [
  ...[3, 5, 10, 12].map((k): Cell => [`${k}, one down`, rest(k, 0), 'server-down']),
  ...[3, 5, 10].flatMap((k) => [2, 0.5].map((f): Cell => [`${k}, one x${f}`, rest(k, f), 'runtime-weight'])),
  ...[5, 8, 10, 20].map((k): Cell => [`${k}, two x2`, rest(k, 2, 2)]),
  ...[5, 10, 12].map((k): Cell => [`${k}, two at half weight`, rest(k, 0.5, 0.5)]),
  ...[5, 10, 20].map((k): Cell => [`${k}, one down and one x2`, rest(k, 0, 2)]),
  ...[5, 9, 10].map((k): Cell => [`${k}, one down and one at half weight`, rest(k, 0, 0.5)]),
  ['4, one x3 and one x1.5', rest(4, 3, 1.5)],
  ['5, one x3 and one at half weight', rest(5, 3, 0.5)],
  ['50, two x3', rest(50, 3, 3)],
  ['50, one down and one x3', rest(50, 0, 3)],
  ['6, two zones', [1, 1, 1, 2, 2, 2]],
  ['9, three zones', [1, 1, 1, 2, 2, 2, 4, 4, 4]],
  ['4, all off', [0.5, 0.8, 1.4, 2]],
];

/** Prints one row a split; the number of those that are named wrong in more than 5 %, or right in less than 90 % of fails. */
export function benchCauses(quick: boolean, only: string | undefined, seed: number): number {
  const runs = quick ? QUICK_RUNS : RUNS;
  console.log(`\nCauses of independent answers, ${runs} whole measurements a split, tolerance auto.`);
  console.log(
    'split'.padEnd(36),
    'fails'.padStart(6),
    'right %'.padStart(8),
    'wrong %'.padStart(8),
    'mean'.padStart(6),
  );
  let broken = 0;
  for (const [name, parts, cause] of CELLS) {
    if (only !== undefined && !`causes ${name}`.includes(only)) continue;
    const total = parts.reduce((sum, part) => sum + part, 0);
    const expected = expectation(equal(parts.length));
    const terms = { ...TERMS, tolerance: { kind: 'auto' } } as const;
    const all = Array.from({ length: runs }, (_, run) =>
      measure(expected, { shares: parts.map((part) => part / total) }, terms, seed * 10_007 + run),
    );
    const fails = all.filter(({ measurement }) => measurement.outcome === 'fail');
    const right = fails.filter((one) => one.cause === cause).length / fails.length;
    const wrong = fails.filter((one) => one.cause !== 'none-fits' && one.cause !== cause).length / fails.length;
    const holds = wrong <= MOST_WRONG && (cause === undefined || right >= LEAST_RIGHT);
    if (!holds) broken += 1;
    const mean = fails.reduce((sum, { requests }) => sum + requests, 0) / fails.length;
    const percent = (part: number) => (100 * part).toFixed(1).padStart(8);
    console.log(
      name.padEnd(36),
      String(fails.length).padStart(6),
      cause === undefined ? '-'.padStart(8) : percent(right),
      percent(wrong),
      mean.toFixed(0).padStart(6),
      holds ? 'ok' : 'BREAKS',
    );
  }
  return broken;
}
