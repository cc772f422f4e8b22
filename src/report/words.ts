import { mainShare } from '../model/share.ts';
import { errorsVerdict } from '../evidence/errors-test.ts';
import type { Finding, Outcome, Severity } from '../model/finding.ts';
import type { Explanation, Measurement } from '../model/measurement.ts';
import type { ChecklistItem, Report, ReportPool } from '../model/report.ts';
import type { Text } from '../model/text.ts';
import { count, formatNumber, formatPercent, say, words } from '../text/say.ts';
import { worstFirst } from '../verify/outcome.ts';
import type { Mark } from './blocks.ts';
import { compareSeverity } from '../rules/sort.ts';

/** The words that every output shares. */

const MARKS: Readonly<Record<Outcome, Mark>> = { pass: 'pass', fail: 'fail', inconclusive: 'warning', error: 'fail' };

export function markOf(outcome: Outcome): Mark {
  return MARKS[outcome];
}

export const SEVERITY_MARKS: Readonly<Record<Severity, Mark>> = {
  error: 'fail',
  warning: 'warning',
  notice: 'notice',
};

/** Findings that nobody has set aside, worst first: by severity, those that the change brought before the others. */
export function standing(report: Report): readonly Finding[] {
  return report.findings
    .filter((finding) => finding.ignored === undefined)
    .toSorted((a, b) => compareSeverity(a.severity, b.severity) || Number(b.introduced) - Number(a.introduced));
}

/** True when the finding was there before the change and there is a base that shows it. */
export function isOld(finding: Finding, report: Report): boolean {
  return report.base !== null && !finding.introduced;
}

export interface Headline {
  readonly mark: Mark;
  readonly text: Text;
  /** What decided: the config, or what was measured. */
  readonly about: 'config' | 'measurement';
}

/** The one line that says it all: which check, and how it came out. */
export function headline(report: Report): Headline {
  const [worst] = worstFirst(report.measurements);
  const mark = markOf(report.outcome);
  return worst?.outcome === report.outcome
    ? { mark, text: words(`After deploy: ${measuredVerdict(worst)}`), about: 'measurement' }
    : { mark, text: checkedVerdict(report), about: 'config' };
}

function checkedVerdict(report: Report): Text {
  const findings = standing(report);
  const errors = findings.filter((finding) => finding.severity === 'error');
  const brought = errors.filter((finding) => !isOld(finding, report));
  switch (report.outcome) {
    case 'error': {
      const refused = report.inputs.filter((input) => input.status === 'refused');
      return refused.length === 0
        ? words('Load balancers: could not be checked')
        : say`Load balancers: ${count(refused.length, 'file')} could not be read`;
    }
    case 'inconclusive':
      return words('Load balancers: not proved');
    case 'fail': {
      const problems = brought.length > 0 ? brought : errors.length > 0 ? errors : findings;
      const gating = problems.filter((finding) => finding.severity !== 'notice');
      if (gating.length > 0 && (brought.length > 0 || openOf(report.checklist) === 0)) {
        return say`Load balancers: ${count(gating.length, 'problem')} in ${filesOf(gating)}`;
      }
      return say`Load balancers: ${count(openOf(report.checklist), 'answer')} missing on the checklist`;
    }
    case 'pass': {
      const open = report.unjudged.length;
      const lines = say`${count(open, 'changed line')} not judged`;
      const warnings = findings.filter(({ severity, rule }) => severity === 'warning' && rule !== 'unjudged-change');
      const told = errors.length > 0 ? errors : warnings;
      if (told.length === 0)
        return open > 0
          ? say`Load balancers: no fault found; ${lines}`
          : words(`Load balancers: ${sharesVerdict(report)}`);
      const kind = errors.length > 0 ? 'known problem' : 'warning';
      const passed = say`Load balancers: passed, with ${count(told.length, kind)} in ${filesOf(told)}`;
      return open > 0 ? say`${passed}; ${lines}` : passed;
    }
  }
}

function openOf(items: readonly ChecklistItem[]): number {
  return items.filter((item) => item.by === 'person' && (item.state === 'open' || item.state === 'fail')).length;
}

function filesOf(findings: readonly Finding[]): Text {
  const files = [...new Set(findings.map((finding) => finding.at.source.path))];
  const [only] = files;
  return files.length === 1 && only !== undefined ? say`${only}` : count(files.length, 'file');
}

/** What a change without findings does to the shares; of what was read in part no more than was read. */
function sharesVerdict(report: Report): string {
  const shares = report.pools.map(({ prediction }) => prediction.shares.map(mainShare));
  const known = shares.every((pool) => pool.every((share) => share !== null));
  const even = known && report.pools.length > 0 && shares.every((pool) => isEven(pool.filter((share) => share !== 0)));
  const whole = isWhole(report);
  if (!even || routesChange(report)) return whole ? 'no problems found' : 'no problems in what could be read';
  const subject = whole ? 'traffic' : 'what could be read';
  if (report.base === null) return `${subject} is split evenly`;
  const before = report.pools.map(sharesBefore);
  return before.every((pool) => pool === undefined || isEven(pool))
    ? `${subject} stays even`
    : `${subject} becomes even`;
}

/** Whether traffic moves between pools: that every pool is split evenly is then not the whole truth. */
function routesChange({ diff }: Report): boolean {
  return diff.pools.some(
    ({ change, changes }) =>
      change === 'added' || change === 'removed' || changes.some(({ kind }) => kind === 'route-changed'),
  );
}

/** The shares that the servers of a pool had before the change, 0..1; undefined when it is new or none can be told. */
export function sharesBefore({ pool, basePrediction }: ReportPool): readonly (number | null)[] | undefined {
  const shares = pool.servers.map((server) => mainShare(basePrediction?.get(server.name)));
  return shares.every((share) => share === null) ? undefined : shares;
}

/** Whether everything that was named could be read, to the last server. */
export function isWhole({ inputs, pools }: Report): boolean {
  return (
    inputs.every((input) => input.status === 'read') &&
    pools.every(({ pool }) => pool.unknowns.length === 0 && !pool.dynamic)
  );
}

function isEven(shares: readonly (number | null)[]): boolean {
  const known = shares.filter((share) => share !== null);
  return known.length > 0 && known.reduce((a, b) => Math.max(a, b)) - known.reduce((a, b) => Math.min(a, b)) < 0.02;
}

/** How a measurement came out, after `After deploy: `. */
export function measuredVerdict(measurement: Measurement): string {
  const expected = measurement.servers.map((server) => server.expected);
  const even = isEven(expected.filter((share) => share !== 0));
  switch (measurement.outcome) {
    case 'pass':
      if (expected.every((share) => share === null || share === 0)) return 'every server answers';
      return even ? 'traffic is even' : 'traffic is split as expected';
    case 'inconclusive':
      return 'not proved';
    case 'error':
      return 'could not be measured';
    case 'fail':
      return failureOf(measurement, even);
  }
}

function failureOf(measurement: Measurement, even: boolean): string {
  const { evidence, errors, requests } = measurement;
  const cause = likely(measurement)?.cause;
  if (cause === 'target-down') return 'nothing answers';
  const seen = { errors: Math.round(errors.share * requests), requests };
  if (errorsVerdict(seen, { maxErrors: errors.limit, maxRequests: requests }).state === 'above')
    return 'too many errors';
  if (evidence !== null && evidence.uneven >= evidence.threshold) {
    return even ? 'traffic is uneven' : 'traffic is not split as expected';
  }
  if (errors.share > errors.limit) return 'too many errors';
  if (measurement.unexpected.length > 0) return 'a server answers that must not';
  if (cause === 'server-differs') return 'a server answers differently';
  return cause === 'server-down' ? 'a server does not answer' : 'the measurement failed';
}

/** The explanation to act on: the first, which is `none-fits` while no cause is sure enough to be named. */
export function likely(measurement: Measurement): Explanation | undefined {
  return measurement.explanations[0];
}

/** Shares 0..1 in one breath: `34 / 33 / 33%`; of many only the extremes. */
export function sharesText(shares: readonly (number | null)[]): string {
  if (shares.length === 0) return 'no servers';
  if (shares.length <= 8) {
    return `${shares.map((share) => (share === null ? '?' : formatPercent(share).replace('%', ''))).join(' / ')}%`;
  }
  const known = shares.filter((share) => share !== null);
  if (known.length === 0) return 'unknown';
  let [low, high] = [1, 0];
  for (const share of known) {
    low = Math.min(low, share);
    high = Math.max(high, share);
  }
  return `${formatPercent(low)} to ${formatPercent(high)} each`;
}

/** `612 requests to … in 12 s`: where the numbers of a measurement come from. */
export function measuredHow(measurement: Measurement): Text {
  const { requests, seconds, source, target, address } = measurement;
  const amount = count(requests, 'request');
  const nothing = words('');
  const at = address === null || address === target ? nothing : say` at ${address}`;
  const time = seconds > 0 ? say` in ${words(formatNumber(Math.round(seconds * 10) / 10))} s` : nothing;
  const of = target === null ? nothing : say` ${target}`;
  switch (source) {
    case 'probe':
      return say`${amount} to${of}${at}${time}, one connection each.`;
    case 'prometheus':
      return say`${amount} counted by Prometheus${of}${time}.`;
    case 'log':
      return say`${amount} in access logs${of}${time}.`;
    case 'counts':
      return say`${amount} in counts files${of}${time}.`;
    case 'admin':
      return say`${amount} counted by the balancer itself${of}${time}.`;
  }
}

/** `11 pass, 2 fail, 1 waits for a person`. */
export function checklistCounts(items: readonly ChecklistItem[]): string {
  const n = (state: ChecklistItem['state']): number => items.filter((item) => item.state === state).length;
  const open = n('open');
  return [
    [n('pass'), `${n('pass')} pass`],
    [n('fail'), `${n('fail')} fail`],
    [n('notice'), `${n('notice')} with a notice`],
    [open, open === 1 ? '1 waits for a person' : `${open} wait for a person`],
    [n('not-applicable'), `${n('not-applicable')} not applicable`],
  ]
    .flatMap(([amount, text]) => (amount === 0 ? [] : [text]))
    .join(', ');
}
