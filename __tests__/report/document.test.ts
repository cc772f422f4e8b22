import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Report } from '../../src/model/report.ts';
import { errorDocument, findingIds, toDocument, type ReportDocument } from '../../src/report/document.ts';
import { say } from '../../src/text/say.ts';
import { allGood, noIdentity, oldFileLoaded, threeAddresses, twoProblems } from '../support/reports.ts';

const load = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(`schemas/${file}`, 'utf8')) as Record<string, unknown>;

const ajv = new Ajv2020({ allErrors: true, strictRequired: false, allowUnionTypes: true });
ajv.addSchema(load('diff.schema.json'));
const validate = ajv.compile(load('report.schema.json'));

/** What the published schema has against the document as it is printed. */
function faults(document: ReportDocument): string[] {
  validate(JSON.parse(JSON.stringify(document)));
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}

const MAKERS: readonly (() => Report)[] = [twoProblems, allGood, oldFileLoaded, noIdentity, threeAddresses];

describe('the published document', () => {
  test.each(MAKERS.map((make) => [make.name, make] as const))('%s follows the schema', (_, make) => {
    expect(faults(toDocument(make()))).toEqual([]);
  });

  test('runs that could not start have one too', () => {
    const usage = errorDocument({ name: 'evenkeel', version: '1.2.3' }, '--rate is 0; write 50/s.');
    expect(faults(usage)).toEqual([]);
    expect([usage.outcome, usage.summary]).toEqual(['error', '--rate is 0; write 50/s.']);
  });

  test('places are lines and columns of the file', () => {
    const { findings } = toDocument(twoProblems());
    expect(
      findings.map(({ file, line, column, endLine, endColumn }) => [file, line, column, endLine, endColumn]),
    ).toEqual([
      ['haproxy.cfg', 21, 40, 21, 43],
      ['haproxy.cfg', 23, 5, 23, 42],
      ['.github/evenkeel.yml', 1, 1, 1, 2],
      ['haproxy.cfg', 16, 1, 16, 15],
    ]);
  });

  test('texts are raw: whoever shows them escapes them', () => {
    const hostile = '`<b>|\u202e';
    const report = { ...allGood(), summary: say`pool ${hostile}` };
    expect(toDocument(report).summary).toBe(`pool ${hostile}`);
  });

  test('shares of both revisions, and the parts of a measurement', () => {
    const document = toDocument(oldFileLoaded());
    const [web1] = document.pools[0]?.servers ?? [];
    expect(web1?.share.base?.idle).toBeCloseTo(0.6, 9);
    expect(web1?.share.head?.idle).toBeCloseTo(1 / 3, 9);
    expect(document.measurements[0]?.explanations[0]).toMatchObject({
      cause: 'old-file-loaded',
      file: 'haproxy.cfg',
      line: 21,
      revision: '3f2c1a9',
      fits: true,
    });
  });
});

describe('finding ids', () => {
  const { findings } = twoProblems();

  test('stay when lines move and differ between facts', () => {
    const ids = findingIds(findings);
    const moved = findings.map((finding) => ({ ...finding, at: { ...finding.at, start: 0, end: 0 } }));
    expect(findingIds(moved)).toEqual(ids);
    expect(new Set(ids).size).toBe(findings.length);
  });

  test('number what is found twice', () => {
    const [first] = findings;
    if (first === undefined) throw new Error('no finding');
    const [one, two] = findingIds([first, first]);
    expect(two).toBe(`${one}-2`);
  });
});
