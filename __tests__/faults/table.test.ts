import { readFileSync } from 'node:fs';

import type { Severity } from '../../src/model/finding.ts';
import { RULES } from '../../src/rules/list.ts';
import { compareSeverity } from '../../src/rules/sort.ts';
import { changeOf, findings, lineOf, shown } from '../support/run-rules.ts';

/** A configuration that the product's own checker mostly lets through, and what must be said about it. */
interface Fault {
  readonly id: string;
  readonly format: string;
  readonly fault: string;
  readonly rule: string;
  readonly atLeast: Severity;
  /** Line of the bad file that a person would point at. */
  readonly line: number;
  /** At least this when the change from the twin brings it, where that is more. */
  readonly introduced?: Severity;
}

const FAULTS = JSON.parse(readFileSync('__tests__/faults/table.json', 'utf8')) as readonly Fault[];
const EXTENSIONS: Readonly<Record<string, string>> = { haproxy: 'cfg', nginx: 'conf' };

test('the table has the 35 faults', () => {
  expect(FAULTS.map(({ id }) => id).toSorted()).toEqual(
    [
      ...Array.from({ length: 18 }, (_, i) => `h${i + 1}`),
      ...Array.from({ length: 17 }, (_, i) => `n${i + 1}`),
    ].toSorted(),
  );
});

describe.each(FAULTS.map((fault) => [`${fault.id} ${fault.fault}`, fault] as const))('%s', (_, fault) => {
  const text = (kind: 'bad' | 'twin'): string =>
    readFileSync(`__tests__/faults/${fault.format}/${fault.id}.${kind}.${EXTENSIONS[fault.format] ?? ''}`, 'utf8');

  test(`is found at line ${fault.line}`, () => {
    expectFound(undefined, fault.atLeast);
    expectFound(text('twin'), fault.introduced ?? fault.atLeast);
  });

  test('is not found in the corrected twin, nor is anything else above a notice', () => {
    const all = findings(RULES, changeOf(fault.format, undefined, text('twin')));
    expect(all.filter(({ rule, severity }) => severity !== 'notice' || rule === fault.rule).map(shown)).toEqual([]);
  });

  function expectFound(base: string | undefined, atLeast: Severity): void {
    const all = findings(RULES, changeOf(fault.format, base, text('bad')));
    const here = all.filter((finding) => finding.rule === fault.rule && lineOf(finding) === fault.line);
    const enough = here.filter(({ severity }) => compareSeverity(severity, atLeast) <= 0);
    expect({ enough: enough.length, all: all.map(shown) }).toMatchObject({ enough: 1 });
  }
});
