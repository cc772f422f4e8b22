import type { Report } from '../../src/model/report.ts';
import { annotationsOf } from '../../src/report/annotations.ts';
import { renderComment, renderReviewIssue, renderSummaries, statusDescription } from '../../src/report/markdown.ts';
import { toSarif } from '../../src/report/sarif.ts';
import { renderInspection, renderTerminal } from '../../src/report/terminal.ts';
import { expectGolden } from '../support/golden.ts';
import {
  allGood,
  LINKS,
  noIdentity,
  oldFileLoaded,
  reviewed,
  threeAddresses,
  twoProblems,
} from '../support/reports.ts';

const REPORTS: readonly (readonly [name: string, make: () => Report])[] = [
  ['two-problems', twoProblems],
  ['all-good', allGood],
  ['old-file-loaded', oldFileLoaded],
  ['no-identity', noIdentity],
  ['three-addresses', threeAddresses],
];

describe.each(REPORTS)('the whole output of %s', (name, make) => {
  test('comment', () => expectGolden(`${name}.comment.md`, renderComment(make(), LINKS)));
  test('summary', () => {
    const [full] = renderSummaries(make(), LINKS);
    expectGolden(`${name}.summary.md`, full ?? '');
  });
  test('terminal', () => expectGolden(`${name}.txt`, `${renderTerminal(make(), { color: false, width: 100 })}\n`));
  test('SARIF', () => expectGolden(`${name}.sarif.json`, `${JSON.stringify(toSarif(make(), LINKS), null, 2)}\n`));
  test('annotations', () => {
    expectGolden(`${name}.annotations.json`, `${JSON.stringify(annotationsOf(make()), null, 2)}\n`);
  });
});

test('the review issue and an inspection', () => {
  expectGolden('reviewed.issue.md', renderReviewIssue(reviewed(), LINKS));
  expectGolden('two-problems.inspect.txt', `${renderInspection(twoProblems(), { color: false, width: 100 })}\n`);
});

test('a status in one line', () => {
  expect(REPORTS.map(([, make]) => statusDescription(make()))).toEqual([
    '❌ web1 33% → 71% in be_app; 2 problems in haproxy.cfg; 1 warning',
    '✅ traffic stays even',
    '❌ traffic is uneven; web1 61%, 33% expected',
    '⚠️ not proved; 10 requests',
    '❌ traffic is uneven; web3 0%, 33% expected',
  ]);
});

test('colours are only added, never in place of a sign or a word', () => {
  for (const [, make] of REPORTS) {
    const colored = renderTerminal(make(), { color: true, width: 400 }).replace(/\u001b\[\d+m/g, '');
    // A value that stands in quotes without colour is told apart by its colour.
    const plain = renderTerminal(make(), { color: false, width: 400 });
    expect(colored.replaceAll('"', '')).toBe(plain.replaceAll('"', ''));
  }
});
