import { causeWords } from '../../evidence/cause-words.ts';
import type { Explanation, MeasuredServer, Measurement } from '../../model/measurement.ts';
import type { Report } from '../../model/report.ts';
import type { Text } from '../../model/text.ts';
import { paragraph, placeOf, type Bar, type Block, type Inline, type Line, type Section } from '../blocks.ts';
import { more, type Size } from '../size.ts';
import {
  count,
  ended,
  formatNumber,
  formatPercent,
  list,
  name,
  say,
  sentence,
  sentences,
  strong,
  words,
} from '../../text/say.ts';
import { worstFirst } from '../../verify/outcome.ts';
import { likely, markOf, measuredHow, measuredVerdict, sharesText } from '../words.ts';

/** What was measured: the verdict, the split beside the expected one, the cause, and how it was come by. */
export function measuredSections(report: Report, size: Size): Section[] {
  const several = report.measurements.length > 1;
  const shown = worstFirst(report.measurements);
  return shown
    .slice(0, size.pools)
    .flatMap((measurement) => measurementSections(measurement, size, several))
    .concat(
      more(shown.length - size.pools, 'measurement').map((line) => ({
        name: 'measurements',
        worth: 85,
        blocks: [paragraph(...line)],
      })),
    );
}

function measurementSections(measurement: Measurement, size: Size, several: boolean): Section[] {
  const verdict: Block[] = several ? [{ kind: 'subheading', line: subheading(measurement) }] : [];
  const passed = measurement.outcome === 'pass';
  const reason = sentence(measurement.reason);
  if (passed) verdict.push(paragraph(passedText(measurement)));
  else if (measurement.outcome === 'fail') verdict.push({ kind: 'caution', line: [{ kind: 'bold', text: reason }] });
  else verdict.push(paragraph(reason));
  const tried = measurement.explanations.filter((one) => one.cause !== 'none-fits');
  const predicting = tried.length > 1 || tried.some((one) => Object.keys(one.predicts).length > 0);
  return [
    { name: 'measured', worth: 95, blocks: verdict },
    { name: 'split', worth: 86, blocks: passed && size.changedOnly ? [] : splitBlocks(measurement, size) },
    { name: 'cause', worth: 92, blocks: passed ? [] : causeBlocks(measurement) },
    { name: 'remarks', worth: 65, blocks: remarkBlocks(measurement, size) },
    { name: 'explanations', worth: 15, blocks: predicting ? [triedBlock(tried, measurement, size)] : [] },
    {
      name: 'how',
      worth: 10,
      about: measurement,
      blocks: measurement.requests === 0 || (passed && several && size.changedOnly) ? [] : [howBlock(measurement)],
    },
  ];
}

/** `34 / 33 / 33% measured in 612 requests, 33 / 33 / 33% expected: even within 25% of each share. 0 errors.` */
function passedText({ servers, requests, errors, reason }: Measurement): Text {
  const failed = errors.share === 0 ? words('0 errors.') : say`${words(formatPercent(errors.share))} errors.`;
  if (servers.length === 0) return sentences(sentence(reason), failed);
  const measured = words(sharesText(servers.map((server) => server.share)));
  const expected = servers.map((server) => server.expected);
  const beside = expected.every((share) => share === null) ? words('') : say`, ${words(sharesText(expected))} expected`;
  return sentences(say`${measured} measured in ${count(requests, 'request')}${beside}: ${ended(reason)}`, failed);
}

function subheading(measurement: Measurement): Line {
  const { pool, address, target, source } = measurement;
  const where = address ?? target;
  const subject =
    where === null
      ? pool === null
        ? words(source)
        : name(pool)
      : pool === null
        ? name(where)
        : say`${pool} at ${where}`;
  return [
    { kind: 'mark', mark: markOf(measurement.outcome) },
    say` ${subject}: ${words(measuredVerdict(measurement))}`,
  ];
}

function splitBlocks(measurement: Measurement, size: Size): Block[] {
  const { servers } = measurement;
  if (servers.every((server) => server.count === 0)) return [];
  const off = (server: MeasuredServer): number => Math.abs(server.share - (server.expected ?? server.share));
  const ordered =
    servers.length <= size.rows ? servers : servers.toSorted((a, b) => off(b) - off(a) || b.count - a.count);
  const shown = ordered.slice(0, size.rows);
  const expected = servers.some((server) => server.expected !== null);
  const timed = servers.some((server) => server.latencyMs !== null);
  const slow = slowFrom(servers);
  const columns = [
    { title: 'Server', align: 'left' } as const,
    { title: expected ? 'Measured, │ = expected' : 'Measured', align: 'left' } as const,
    ...(timed ? [{ title: 'p95', align: 'right' } as const] : []),
    { title: 'Errors', align: 'right' } as const,
  ];
  const rows = shown.map((server) => [
    [name(server.name)],
    [{ kind: 'bar', bar: measuredBar(server, measurement) } satisfies Inline],
    ...(timed ? [[latencyText(server, slow)]] : []),
    [errorText(server, measurement.errors.limit)],
  ]);
  const left = more(servers.length - shown.length, 'server').map((line) => paragraph(...line));
  const pool = measurement.pool === null ? words('Measured shares') : say`Measured shares of ${measurement.pool}`;
  return [{ kind: 'table', caption: pool, columns, rows }, ...left];
}

function measuredBar({ share, expected, low, high }: MeasuredServer, { outcome }: Measurement): Bar {
  const trend = expected === null ? 'same' : low > expected ? 'up' : high < expected ? 'down' : 'same';
  return { share, marker: expected, interval: { low, high }, trend, strong: outcome === 'fail' && trend === 'up' };
}

/** A p95 this high stands out: twice the median of all servers, ms. */
function slowFrom(servers: readonly MeasuredServer[]): number {
  const all = servers
    .flatMap((server) => (server.latencyMs === null ? [] : [server.latencyMs.p95]))
    .toSorted((a, b) => a - b);
  return 2 * (all[Math.floor((all.length - 1) / 2)] ?? Infinity);
}

function latencyText({ latencyMs }: MeasuredServer, slow: number) {
  if (latencyMs === null) return words('none');
  const text = `${formatNumber(latencyMs.p95 < 10 ? Math.round(latencyMs.p95 * 10) / 10 : Math.round(latencyMs.p95))} ms`;
  return latencyMs.p95 >= slow ? strong(text) : words(text);
}

function errorText({ errors, count: answers }: MeasuredServer, limit: number) {
  const share = answers === 0 ? 0 : errors / answers;
  return share > limit ? strong(formatPercent(share)) : words(formatPercent(share));
}

function causeBlocks(measurement: Measurement): Block[] {
  const cause = likely(measurement);
  if (cause === undefined) return [];
  const alike = measurement.indistinguishable.filter((other) => other !== cause.cause);
  const line: Line = [
    ...(cause.fits ? [{ kind: 'bold', text: words('Most likely cause:') } as const, words(' ')] : []),
    sentence(cause.what),
    ...(cause.at ? [{ kind: 'see', place: placeOf(cause.at, cause.revision) } as const] : []),
  ];
  return [
    paragraph(...line),
    paragraph({ kind: 'bold', text: words('What to do:') }, say` ${sentence(cause.next)}`),
    ...(alike.length === 0
      ? []
      : [
          paragraph(
            words(`The counts would look the same with: ${alike.map((c) => causeWords(c).toLowerCase()).join('; ')}.`),
          ),
        ]),
  ];
}

function predictedText({ predicts }: Explanation, { servers }: Measurement): string {
  if (Object.keys(predicts).length === 0) return '';
  const names = servers.map((server) => server.name);
  const others = Object.keys(predicts).filter((server) => !names.includes(server));
  return sharesText(
    [...names, ...others].map((server) => (Object.hasOwn(predicts, server) ? (predicts[server] ?? 0) : 0)),
  );
}

function remarkBlocks(measurement: Measurement, size: Size): Block[] {
  const { unexpected } = measurement;
  const seen = unexpected.map(({ identity, count: n }) => say`${identity} (${count(n, 'answer')})`);
  const items: Line[] = [
    ...(seen.length === 0 ? [] : [[say`Not expected, but answering: ${list(seen)}.`]]),
    ...measurement.notes.slice(0, size.items).map((note): Line => [sentence(note)]),
    ...more(measurement.notes.length - size.items, 'note'),
  ];
  return items.length === 0 ? [] : [{ kind: 'list', items }];
}

function triedBlock(tried: readonly Explanation[], measurement: Measurement, size: Size): Block {
  const rows = tried
    .slice(0, size.items)
    .map((one): Line[] => [
      [words(causeWords(one.cause))],
      one.at ? [{ kind: 'place', place: placeOf(one.at, one.revision) }] : [words('none')],
      [words(predictedText(one, measurement) || 'any')],
      [fitMark(one)],
    ]);
  const columns = ['Explanation', 'Line', 'Predicts', 'Fits'].map((title) => ({ title, align: 'left' }) as const);
  const left = more(tried.length - size.items, 'explanation').map((line) => paragraph(...line));
  const table: Block = { kind: 'table', caption: words('Explanations tried'), columns, rows };
  return { kind: 'details', title: `Explanations tried (${tried.length})`, open: true, blocks: [table, ...left] };
}

function fitMark({ fits, score }: Explanation): Inline {
  const [mark, word] = !fits
    ? (['fail', 'no'] as const)
    : score === undefined || score >= 0.5
      ? (['pass', 'yes'] as const)
      : (['open', 'possible'] as const);
  if (score === undefined) return { kind: 'mark', mark, word };
  const probable = score > 0.999 ? 'over 99.9%' : score < 0.001 ? 'under 0.1%' : formatPercent(score);
  return { kind: 'mark', mark, word: `${word}, ${probable} probable` };
}

function howBlock(measurement: Measurement): Block {
  const { servers, requests, tolerance, errors, evidence, independent, unidentified } = measurement;
  const counts = servers.map((server) => formatNumber(server.count)).join(' / ');
  const answers = servers.length === 0 || servers.length > 8 ? '' : ` Answers by server: ${counts}.`;
  const items: Line[] = [
    [say`${measuredHow(measurement)}${words(answers)}`],
    ...(requests === 0 ? [] : [[errorsText(errors)]]),
    ...(tolerance === null ? [] : [[toleranceText(tolerance)]]),
    ...(evidence === null ? [] : [[evidenceText(evidence)]]),
    ...(unidentified === 0 ? [] : [[say`${count(unidentified, 'answer')} named no server.`]]),
    ...(evidence === null ? [] : [[words(INDEPENDENCE[String(independent) as keyof typeof INDEPENDENCE])]]),
  ];
  return { kind: 'details', title: 'How it was measured', open: false, blocks: [{ kind: 'list', items }] };
}

const INDEPENDENCE = {
  true: 'The answers came in no order that would spoil the test.',
  false: 'The answers depend on each other, so the test of the shares cannot be trusted.',
  null: 'Whether the answers depend on each other was not tested.',
};

function errorsText({ share, limit }: Measurement['errors']): Text {
  return say`Errors: ${words(formatPercent(share))}; the limit is ${words(formatPercent(limit))}.`;
}

function toleranceText(tolerance: string) {
  return tolerance.endsWith('%')
    ? say`Even means within ${words(tolerance)} of each expected share.`
    : say`Even means within ${words(tolerance.replace('pp', ' points'))} of each expected share.`;
}

function evidenceText({ uneven, even, threshold }: NonNullable<Measurement['evidence']>) {
  const alarms = formatPercent(Math.exp(-threshold));
  return say`Evidence: ${words(oddsText(uneven))} for uneven, ${words(oddsText(even))} for even; ${words(oddsText(threshold))} is proof, and wrong in ${words(alarms)} of measurements at most.`;
}

/** A natural logarithm of an e-value as a number people can read. */
function oddsText(nats: number): string {
  const power = nats / Math.LN10;
  if (power >= 6) return `over 10^${Math.floor(power)}`;
  if (power <= -3) return 'under 0.001';
  const value = Math.exp(nats);
  return formatNumber(value >= 10 ? Math.round(value) : Math.round(value * 1000) / 1000);
}
