import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { DRIFT_KINDS } from '../../src/measure/drift/kinds.ts';
import { CAUSES } from '../../src/model/measurement.ts';
import { CHANGE_KINDS } from '../../src/model/diff.ts';

const load = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(`schemas/${file}`, 'utf8')) as Record<string, unknown>;
const NAMES = ['neutral', 'checklist', 'diff', 'report', 'counts', 'drift'];

describe('published schemas', () => {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
  for (const name of NAMES) ajv.addSchema(load(`${name}.schema.json`));

  test.each(NAMES)('%s compiles under ajv strict', (name) => {
    expect(ajv.getSchema(load(`${name}.schema.json`)['$id'] as string)).toBeInstanceOf(Function);
  });

  test('the enums of the schemas are those of the model', () => {
    const report = load('report.schema.json') as { $defs: { cause: { enum: string[] } } };
    const diff = load('diff.schema.json') as { $defs: { change: { properties: { kind: { enum: string[] } } } } };
    const drift = load('drift.schema.json') as { $defs: { kind: { enum: string[] } } };
    expect(drift.$defs.kind.enum).toEqual([...DRIFT_KINDS]);
    expect(report.$defs.cause.enum).toEqual([...CAUSES]);
    expect(diff.$defs.change.properties.kind.enum).toEqual([...CHANGE_KINDS]);
  });

  test('every rule of the fault table is an active rule id', () => {
    const ids = load('rule-ids.json') as { active: string[]; retired: string[] };
    const table = JSON.parse(readFileSync('__tests__/faults/table.json', 'utf8')) as { rule: string }[];
    expect(table).toHaveLength(35);
    expect(table.map((row) => row.rule).filter((rule) => !ids.active.includes(rule))).toEqual([]);
    expect(new Set([...ids.active, ...ids.retired]).size).toBe(ids.active.length + ids.retired.length);
  });
});
