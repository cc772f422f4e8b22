import { expect, test } from '@jest/globals';
import type { Report } from '../../src/model/report.ts';
import { headline } from '../../src/report/words.ts';
import { plain, say } from '../../src/text/say.ts';
import { renderInspection, renderTerminal } from '../../src/report/terminal.ts';
import { backend, changeReport } from '../support/made-reports.ts';
import { oldFileLoaded } from '../support/reports.ts';

const EVEN = backend(['', '']);
const UNEVEN = backend(['weight 2', 'weight 1']);
const TEMPLATED = backend(['', '', '{{ more }}']);
const DISCOVERED = 'backend app\n  balance roundrobin\n  server-template web 3 app.internal:80 resolvers dns\n';

const heading = (report: Report): string => plain(headline(report).text);

test.each<[string, string | undefined, string, string]>([
  ['whole', undefined, EVEN, 'traffic is split evenly'],
  ['whole, compared', EVEN, EVEN, 'traffic stays even'],
  ['whole, uneven', UNEVEN, UNEVEN, 'no problems found'],
  ['in part, uneven or not told', TEMPLATED, TEMPLATED, 'no problems in what could be read'],
  ['members come from discovery', undefined, DISCOVERED, 'what could be read is split evenly'],
  ['members come from discovery, compared', DISCOVERED, DISCOVERED, 'what could be read stays even'],
])('the heading claims no more than was read: %s', (_, base, head, expected) => {
  expect(heading(changeReport(base, head))).toBe(`Load balancers: ${expected}`);
});

test('an input that was read in part takes the claim from pools that are known', () => {
  const report = changeReport(undefined, EVEN);
  const inputs = [{ file: 'nginx.conf', format: 'nginx', status: 'partial', line: 3, reason: null }] as const;
  expect(heading({ ...report, inputs })).toBe('Load balancers: what could be read is split evenly');
  const inspected = (shown: Report): string => renderInspection(shown, { color: false, width: 100 });
  expect(inspected(report)).toMatch(/^1 pool with 2 servers\.\n/);
  expect(inspected({ ...report, inputs })).toMatch(/^1 pool with 2 servers, as far as could be read\.\n/);
});

test('a cause that is not sure enough is told among others, never as the answer', () => {
  const report = oldFileLoaded();
  const [measurement] = report.measurements;
  const [sure, ...more] = measurement?.explanations ?? [];
  if (measurement === undefined || sure === undefined) throw new Error('nothing measured');
  const likely = { ...sure, score: 0.72 };
  const unsure = {
    ...sure,
    cause: 'none-fits',
    fits: false,
    what: say`No cause is certain yet: old file loaded (72%).`,
  } as const;
  const measurements = [{ ...measurement, explanations: [unsure, likely, ...more] }];
  const shown = renderTerminal({ ...report, measurements }, { color: false, width: 200 });
  expect(shown).toContain('No cause is certain yet: old file loaded (72%).');
  expect(shown).not.toContain('Most likely cause');
  expect(shown).toContain('yes, 72% probable');
});
