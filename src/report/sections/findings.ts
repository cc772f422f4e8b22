import type { Finding } from '../../model/finding.ts';
import type { Report } from '../../model/report.ts';
import { count, ended, say, sentence, words } from '../../text/say.ts';
import { placeOf, type Block, type Line, type Place, type Section } from '../blocks.ts';
import { more, type Size } from '../size.ts';
import { isOld, SEVERITY_MARKS, standing } from '../words.ts';

/** Places beside the first that one finding shows. */
const RELATED = 3;

/** What the checklist found, worst first, each with its reason and its fix; then what somebody has set aside. */
export function findingSections(report: Report, size: Size): Section[] {
  const findings = standing(report);
  const sections: Section[] = [];
  if (findings.length > 0) {
    const shown = findings.slice(0, size.findings);
    const items = shown.map((finding) => findingLine(finding, ageOf(finding, report)));
    const title: Block[] =
      report.measurements.length === 0
        ? []
        : [{ kind: 'title', text: words('What the checklist says about the config') }];
    sections.push({
      name: 'findings',
      worth: 80,
      blocks: [...title, { kind: 'list', items: [...items, ...more(findings.length - shown.length, 'finding')] }],
    });
  }
  const ignored = report.findings.filter((finding) => finding.ignored !== undefined);
  if (ignored.length > 0) {
    const shown = ignored.slice(0, size.findings);
    const items = [...shown.map(ignoredLine), ...more(ignored.length - shown.length, 'finding')];
    sections.push({
      name: 'ignored',
      worth: 20,
      blocks: [
        {
          kind: 'details',
          title: `Set aside with a reason (${ignored.length})`,
          open: false,
          blocks: [{ kind: 'list', items }],
        },
      ],
    });
  }
  return sections;
}

/** What a reader cannot see: a change is asked for what it brings, a review for everything. */
function ageOf(finding: Finding, report: Report): Line {
  const old = isOld(finding, report);
  if (report.review !== true) return old ? [words(' It was there before this change.')] : [];
  return old || report.base === null ? [] : [words(' It is new since the last review.')];
}

function findingLine(finding: Finding, age: Line): Line {
  const own = placeOf(finding.at);
  const related = finding.related.slice(0, RELATED).flatMap(({ at, note }): Line => {
    const place = placeOf(at);
    const elsewhere: Line = samePlace(place, own) ? [] : [{ kind: 'place', place }, words(' ')];
    return [{ kind: 'break' }, ...elsewhere, sentence(note)];
  });
  const left = finding.related.length - RELATED;
  return [
    { kind: 'mark', mark: SEVERITY_MARKS[finding.severity] },
    words(' '),
    { kind: 'place', place: own },
    words(' '),
    { kind: 'bold', text: sentence(finding.what) },
    ...age,
    { kind: 'break' },
    sentence(finding.why),
    ...related,
    ...(left > 0 ? [say` And ${count(left, 'more place')}.`] : []),
    { kind: 'break' },
    { kind: 'bold', text: words('Fix:') },
    say` ${ended(finding.fix)} `,
    { kind: 'rule', rule: finding.rule },
  ];
}

function samePlace(a: Place, b: Place): boolean {
  return a.file === b.file && a.line === b.line;
}

function ignoredLine(finding: Finding): Line {
  const until = finding.ignored?.until;
  return [
    { kind: 'place', place: placeOf(finding.at) },
    say` ${sentence(finding.what)} `,
    { kind: 'break' },
    say`Reason: ${finding.ignored?.reason ?? ''}${until === undefined ? words('') : say`, until ${until}`} `,
    { kind: 'rule', rule: finding.rule },
  ];
}
