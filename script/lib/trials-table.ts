import { readFileSync, writeFileSync } from 'node:fs';
import type { Trial } from '../../__tests__/support/real/trials.ts';

const PAGE = new URL('../../docs/how-the-probe-decides.md', import.meta.url);
const COLUMNS = ['Kind', 'Trials', 'Right', 'Inconclusive', 'Wrong', 'Cause right', 'Cause wrong', 'Line right'];

/** A verdict that is the opposite of the truth, or one where none can be known. */
export function isWrong({ truth, seen, right }: Trial): boolean {
  return !right.verdict && seen.outcome !== 'inconclusive' && seen.outcome !== truth.outcome;
}

/** A row a kind, in Markdown. */
export function tableOf(trials: readonly Trial[]): string {
  const kinds = [...new Set(trials.map(({ kind }) => kind))];
  const of = (outcome: string) => trials.filter(({ truth }) => truth.outcome === outcome);
  const rows = [
    ...kinds.map((kind) =>
      rowOf(
        kind,
        trials.filter((trial) => trial.kind === kind),
      ),
    ),
    rowOf('**sound**', of('pass')),
    rowOf('**faulty**', of('fail')),
    rowOf('**nothing can be known**', of('inconclusive')),
    rowOf('**all**', trials),
  ];
  return [COLUMNS, COLUMNS.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Replaces the table of the page. */
export function writeTable(trials: readonly Trial[]): void {
  const balancers = [...new Set(trials.map(({ product }) => product))].toSorted();
  const intro = `${trials.length.toLocaleString('en')} trials on ${balancers.join(', ')}.`;
  const page = readFileSync(PAGE, 'utf8');
  const fresh = page.replace(/(<!-- trials -->\n)[^]*?(<!-- end of trials -->)/, (_, open, close) => {
    return `${open}${intro}\n\n${tableOf(trials)}\n\n${close}`;
  });
  writeFileSync(PAGE, fresh);
}

function rowOf(name: string, trials: readonly Trial[]): string[] {
  const blamed = trials.filter(({ right }) => right.cause !== null);
  const lined = trials.filter(({ right }) => right.line !== null);
  const wrongCause = blamed.filter(
    ({ right, seen }) => right.cause === false && !['', 'none-fits'].includes(seen.cause),
  );
  return [
    name,
    String(trials.length),
    String(trials.filter(({ right }) => right.verdict).length),
    String(trials.filter(({ right, seen }) => !right.verdict && seen.outcome === 'inconclusive').length),
    String(trials.filter(isWrong).length),
    blamed.length === 0 ? '-' : `${blamed.filter(({ right }) => right.cause).length} of ${blamed.length}`,
    blamed.length === 0 ? '-' : String(wrongCause.length),
    lined.length === 0 ? '-' : `${lined.filter(({ right }) => right.line).length} of ${lined.length}`,
  ];
}
