import { RULES } from './split-rules.ts';

/** What the simulation of one cell came to. */
export interface Simulated {
  readonly pool: string;
  readonly name: string;
  readonly truth: 'even' | 'uneven' | 'between';
  readonly runs: number;
  /** Wrong verdicts, 0..1: `uneven` where the truth is even, `even` where it is uneven. */
  readonly wrong: number;
  /** Mean of needed requests over the information bound. */
  readonly ratio: number;
  /** Largest ratio allowed; undefined = not bounded. */
  readonly limit: number | undefined;
  /** Part of the measurements that each published rule fails, 0..1. */
  readonly failed: readonly number[];
}

/** Cells that are told beside the rules of others. */
const TOLD = ['skew 0', 'skew 2', 'skew 5', 'skew 10', 'dead', 'limit'];
const TOLD_POOLS = ['3 equal', '10 equal', '50 equal'];

/** Both tables of docs/how-the-probe-decides.md. */
export function summarise(cells: readonly Simulated[], candidateLimit: number): string {
  const pools = [...new Set(cells.map((cell) => cell.pool))];
  const certain = cells.filter((cell) => cell.truth !== 'between');
  return [
    ...table(
      ['Pool', 'Runs per cell', 'False alarms', 'Misses', 'Even', 'One server off', 'A known file loaded'],
      pools.map((pool) => {
        const own = certain.filter((cell) => cell.pool === pool);
        const runs = own.map((cell) => cell.runs);
        const bounded = own.filter((cell) => cell.limit !== undefined);
        const single = bounded.filter((cell) => cell.limit !== candidateLimit);
        return [
          pool,
          span(runs, (n) => n.toLocaleString('en-US')),
          worst(own.filter((cell) => cell.truth === 'even')),
          worst(own.filter((cell) => cell.truth === 'uneven')),
          ratios(single.filter((cell) => cell.truth === 'even')),
          ratios(single.filter((cell) => cell.truth === 'uneven')),
          ratios(bounded.filter((cell) => cell.limit === candidateLimit)),
        ];
      }),
    ),
    '',
    ...table(
      ['Pool', 'Truth', 'evenkeel', ...RULES.map((rule) => rule.name)],
      certain
        .filter((cell) => TOLD_POOLS.includes(cell.pool) && TOLD.includes(cell.name))
        .map(({ pool, name, truth, wrong, failed }) => [
          pool,
          `${name}: ${truth}`,
          percent(wrong),
          ...failed.map((part) => percent(truth === 'even' ? part : 1 - part)),
        ]),
    ),
  ].join('\n');
}

function worst(cells: readonly Simulated[]): string {
  return percent(Math.max(...cells.map((cell) => cell.wrong)));
}

function ratios(cells: readonly Simulated[]): string {
  const shown = span(
    cells.map((cell) => cell.ratio),
    (x) => x.toFixed(2),
  );
  return `${shown} (${cells[0]?.limit ?? 'none'})`;
}

function span(values: readonly number[], show: (value: number) => string): string {
  const [least, most] = [show(Math.min(...values)), show(Math.max(...values))];
  return least === most ? most : `${least} to ${most}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function percent(part: number): string {
  return `${(100 * part).toFixed(2)} %`;
}
