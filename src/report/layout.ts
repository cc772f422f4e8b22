import { mainShare } from '../model/share.ts';
import { SEVERITIES } from '../model/finding.ts';
import type { Report, ReportPool } from '../model/report.ts';
import type { Text } from '../model/text.ts';
import { count, ended, list, name, say, sentence, sentences, words } from '../text/say.ts';
import { worstFirst } from '../verify/outcome.ts';
import { paragraph, type Block, type Line, type Section } from './blocks.ts';
import { askedSections, checklistSections } from './sections/checklist.ts';
import { findingSections } from './sections/findings.ts';
import { measuredSections } from './sections/measured.ts';
import { poolSections } from './sections/pools.ts';
import { settingsSections } from './sections/settings.ts';
import { more, type Size } from './size.ts';
import { openItems } from './ticks.ts';
import { headline, isWhole, sharesBefore, sharesText, standing, type Headline } from './words.ts';

/**
 * The report as sections in the order in which they are read. Every output shows these, so that all of them have the same
 * parts and words. The footer is not among them: it belongs to the output.
 */
export function layout(report: Report, size: Size): readonly Section[] {
  const { mark, text, about } = headline(report);
  const heading: Block = { kind: 'heading', mark, text };
  const quiet = isQuiet(report);
  return [
    { name: 'verdict', worth: 100, blocks: [heading, ...lead(report, quiet, about)] },
    ...unreadSections(report, size),
    ...measuredSections(report, size),
    ...(size.brief && about === 'measurement' ? configTally(report) : configSections(report, size, quiet)),
    ...noteSections(report, size),
  ].filter((section) => section.blocks.length > 0);
}

function configSections(report: Report, size: Size, quiet: boolean): Section[] {
  const short = quiet && size.changedOnly;
  return [
    ...(short ? [] : poolSections(report, size)),
    ...findingSections(report, size),
    ...askedSections(report, size),
    ...settingsSections(report, size),
    ...(short ? [] : checklistSections(report, size)),
  ];
}

/** `About the config: 2 errors, 4 changed settings and 3 questions. evenkeel check shows them.` */
function configTally(report: Report): Section[] {
  const findings = standing(report);
  const counts = [
    ...SEVERITIES.map(
      (severity) => [findings.filter((finding) => finding.severity === severity).length, severity] as const,
    ),
    [report.diff.pools.reduce((sum, pool) => sum + pool.changes.length, 0), 'changed setting'] as const,
    [openItems(report.checklist).length, 'question'] as const,
  ].flatMap(([n, one]) => (n === 0 ? [] : [count(n, one)]));
  if (counts.length === 0) return [];
  const line = say`About the config: ${list(counts)}. Details: ${name('evenkeel check')}.`;
  return [{ name: 'config', worth: 50, blocks: [paragraph(line)] }];
}

/** Pools, routes and their predicted shares, and what could not be read; nothing is judged. */
export function inspection(report: Report, size: Size): readonly Section[] {
  const servers = report.pools.reduce((sum, { pool }) => sum + pool.servers.length, 0);
  const known = words(isWhole(report) ? '' : ', as far as could be read');
  const line = say`${count(report.pools.length, 'pool')} with ${count(servers, 'server')}${known}.`;
  const found: Section = { name: 'verdict', worth: 100, blocks: [paragraph({ kind: 'bold', text: line })] };
  // No findings are told here, so the pools leave nothing to them.
  const pools = poolSections({ ...report, findings: [] }, size);
  return [found, ...unreadSections(report, size), ...pools, ...noteSections(report, size)].filter(
    (section) => section.blocks.length > 0,
  );
}

/** Nothing to tell but that all is well. */
function isQuiet(report: Report): boolean {
  return (
    report.outcome === 'pass' &&
    report.measurements.length === 0 &&
    report.unjudged.length === 0 &&
    standing(report).length === 0
  );
}

/** What stands right under the heading. A single measurement says it itself. */
function lead(report: Report, quiet: boolean, about: Headline['about']): Block[] {
  if (quiet) return [paragraph(quietLead(report))];
  if (about === 'config') return [paragraph(sentence(report.summary))];
  return report.measurements.length === 1 ? [] : [paragraph(measuredLead(report))];
}

/** `At 192.0.2.82: web3 answers none of 300 requests. Of 3 measurements, 1 failed and 2 passed.` */
function measuredLead({ measurements }: Report): Text {
  const [worst] = worstFirst(measurements);
  const where = worst?.address ?? worst?.target ?? worst?.pool ?? null;
  const first =
    worst === undefined || worst.outcome === 'pass' || where === null ? [] : [ended(say`At ${where}: ${worst.reason}`)];
  const all = measurements.length;
  const counts = OUTCOME_WORDS.flatMap(([outcome, word]) => {
    const n = measurements.filter((measurement) => measurement.outcome === outcome).length;
    return n === 0 ? [] : [words(`${n} ${word}`)];
  });
  return sentences(...first, say`Of ${count(all, 'measurement')}, ${list(counts)}.`);
}

const OUTCOME_WORDS = [
  ['error', 'could not be made'],
  ['fail', 'failed'],
  ['inconclusive', 'proved nothing'],
  ['pass', 'passed'],
] as const;

/** `be_app` 33 / 33 / 33% (3 servers), unchanged. 14 of 14 checks pass. */
function quietLead(report: Report): Text {
  const key = (file: string, pool: string): string => JSON.stringify([file, pool]);
  const same = new Set(report.diff.pools.flatMap((one) => (one.change === 'same' ? [key(one.file, one.name)] : [])));
  const isSame = ({ pool }: ReportPool): boolean => same.has(key(pool.at.source.path, pool.name));
  const pools = report.pools
    .toSorted((a, b) => Number(isSame(a)) - Number(isSame(b)))
    .map((one) => quietPool(one, report.base === null ? '' : isSame(one) ? ', unchanged' : ', changed'));
  const passed = report.checklist.filter((item) => item.state === 'pass').length;
  const asked = report.checklist.filter((item) => item.state !== 'not-applicable').length;
  const checks = asked === 0 ? [] : [say`${passed} of ${count(asked, 'check')} pass.`];
  if (pools.length === 0) return sentences(sentence(report.summary), ...checks);
  const gone = report.diff.pools.filter((one) => one.change === 'removed').map((one) => one.name);
  const removed = gone.length === 0 ? [] : [say`${list(gone, 4)} ${words(gone.length === 1 ? 'is' : 'are')} removed.`];
  return sentences(say`${list(pools, 4)}.`, ...removed, ...checks);
}

/** One pool of a quiet report; shares that were others before tell more than that something changed. */
function quietPool(one: ReportPool, change: string): Text {
  const shares = sharesText(one.prediction.shares.map(mainShare));
  const before = sharesBefore(one);
  const was = before === undefined || sharesText(before) === shares ? change : `, ${sharesText(before)} now`;
  return say`${one.pool.name} ${words(shares)} (${count(one.pool.servers.length, 'server')})${words(was)}`;
}

/** Inputs that could not be read, or not wholly: what is not known must not look like what is fine. */
function unreadSections(report: Report, size: Size): Section[] {
  const unread = report.inputs.filter((input) => input.status !== 'read');
  const refused = unread.filter((input) => input.status === 'refused');
  const items = unread.toSorted((a, b) => Number(b.status === 'refused') - Number(a.status === 'refused'));
  const lines = items.slice(0, size.items).map((input): Line => {
    const refusal = input.status === 'refused';
    const reason = input.reason
      ? sentence(input.reason)
      : words(refusal ? 'It could not be read.' : 'Parts of it could not be read.');
    // A reason without a line names the file itself.
    const where: Line =
      input.line !== null
        ? [{ kind: 'place', place: { file: input.file, line: input.line } }, words(' ')]
        : input.reason === null
          ? [name(input.file), words(' ')]
          : [];
    return [{ kind: 'mark', mark: refusal ? 'fail' : 'warning' }, words(' '), ...where, reason];
  });
  if (lines.length === 0) return [];
  const title =
    refused.length > 0
      ? say`${count(refused.length, 'input')} could not be read; nothing is claimed about ${words(refused.length === 1 ? 'it' : 'them')}.`
      : say`${count(unread.length, 'input')} could only be read in part; results that depend on the rest are not judged.`;
  return [
    {
      name: 'unread',
      worth: 90,
      blocks: [
        { kind: 'title', text: title },
        { kind: 'list', items: [...lines, ...more(items.length - lines.length, 'input')] },
      ],
    },
  ];
}

function noteSections(report: Report, size: Size): Section[] {
  if (report.notes.length === 0) return [];
  const shown = report.notes.slice(0, size.items).map((note): Line => [sentence(note)]);
  const items = [...shown, ...more(report.notes.length - shown.length, 'note')];
  return [
    {
      name: 'notes',
      worth: 60,
      blocks: [
        { kind: 'title', text: words('Good to know') },
        { kind: 'list', items },
      ],
    },
  ];
}
