import type { EstateChange } from '../compare/compare.ts';
import type { ChangedStatement } from '../compare/statements.ts';
import type { Finding, Outcome } from '../model/finding.ts';
import type { Measurement } from '../model/measurement.ts';
import type { ReportInput } from '../model/report.ts';
import type { Text } from '../model/text.ts';
import { count, ended, list, say, sentences, words } from '../text/say.ts';
import { changeSentence } from './change-sentence.ts';
import { worstFirst } from './outcome.ts';

/** Faults that keep the product from loading the file: what it would do with it is then beside the point. */
const REFUSED: readonly string[] = ['config-unparsable', 'undefined-pool-reference'];

/** The one sentence that stands first everywhere: what was measured, else what the change does, else what was found. */
export function summaryOf(
  outcome: Outcome,
  change: EstateChange,
  findings: readonly Finding[],
  measurements: readonly Measurement[],
  inputs: readonly ReportInput[],
  review: boolean,
): Text {
  const refused = inputs.filter((input) => input.status === 'refused' && input.format === null);
  const first = refused[0];
  if (outcome === 'error' && first?.reason) {
    return refused.length === 1
      ? say`${first.reason}.`
      : say`${count(refused.length, 'input')} cannot be used: ${first.reason}.`;
  }
  const [worst] = worstFirst(measurements);
  if (worst) return worst.reason;
  const refusal = findings.find(
    ({ rule, severity, ignored, introduced }) =>
      REFUSED.includes(rule) && severity === 'error' && ignored === undefined && introduced,
  );
  if (refusal) return sentences(ended(refusal.what), ended(refusal.why));
  const changed = changeSentence(change, review);
  const found = foundSentence(findings, changed);
  const open = notJudged(change);
  if (changed === undefined && found === undefined)
    return open === undefined ? quietSentence(change, inputs) : say`No fault found; ${open}.`;
  return sentences(
    ...[changed, found].filter((one) => one !== undefined),
    ...(open === undefined ? [] : [say`${open}.`]),
  );
}

/** `2 changed lines not judged`; undefined when all are accounted for. */
function notJudged({ statements: { unjudged } }: EstateChange): Text | undefined {
  return unjudged.length === 0 ? undefined : say`${count(unjudged.length, 'changed line')} not judged`;
}

function foundSentence(findings: readonly Finding[], changed: Text | undefined): Text | undefined {
  const told = new Set(changed?.parts.filter((part) => part.kind === 'value').map((part) => part.text));
  const serious = findings.filter(
    ({ ignored, severity, rule }) => ignored === undefined && severity !== 'notice' && rule !== 'unjudged-change',
  );
  const rank = ({ introduced, severity }: Finding): number => (introduced ? 0 : 2) + (severity === 'error' ? 0 : 1);
  const worst = serious
    .filter(({ server }) => changed === undefined || (server !== undefined && !told.has(server)))
    .toSorted((a, b) => rank(a) - rank(b))[0];
  return worst && ended(worst.what);
}

function quietSentence(change: EstateChange, inputs: readonly ReportInput[]): Text {
  const pools = change.pools.filter((pool) => pool.head !== undefined);
  const servers = pools.reduce((sum, pool) => sum + (pool.head?.pool.servers.length ?? 0), 0);
  const looked = say`${count(pools.length, 'pool')} with ${count(servers, 'server')}`;
  const whole = inputs.every((input) => input.status === 'read');
  if (change.base === undefined) {
    return whole
      ? say`${looked} read; the checklist finds nothing wrong.`
      : say`${looked} read, and not all of the files; the checklist finds nothing wrong in what was read.`;
  }
  const unread = words(whole ? '' : '; the rest of the files could not be read');
  const { explained, harmless, idle, unaccounted } = change.statements;
  if (explained > 0 || unaccounted.length > 0) return say`No change found for ${looked}${unread}.`;
  const parts = [
    ...(harmless.length === 0
      ? []
      : [say`${count(harmless.length, 'changed line is', 'changed lines are')} harmless (${topicsOf(harmless)})`]),
    ...(idle.length === 0
      ? []
      : [
          say`${count(idle.length, 'changed line has', 'changed lines have')} no effect (${list(
            idle.map(({ statement }) => statement.text),
            2,
          )})`,
        ]),
  ];
  if (parts.length > 0) return say`No change to traffic found: ${list(parts)}${unread}.`;
  return whole ? say`Nothing changes for ${looked}.` : say`No change found for ${looked}${unread}.`;
}

/** What harmless lines are about: `logging, headers that route nothing`. */
function topicsOf(harmless: readonly ChangedStatement[]): Text {
  const topics = [...new Set(harmless.map(({ statement }) => statement.row?.what ?? statement.text))];
  return list(topics, 3);
}
