import type { Severity } from '../model/finding.ts';
import type { Text } from '../model/text.ts';
import type { Options, OptionSpec, Rule } from '../rules/rule.ts';
import retired from '../../schemas/rule-ids.json' with { type: 'json' };
import { child, entriesOf, headOf, itemsOf, type PNode } from '../text/positioned.ts';
import { say } from '../text/say.ts';
import { didYouMean } from '../text/suggest.ts';
import { parseDuration, parsePercent } from '../text/units.ts';
import { refusal } from './refusal.ts';

export interface RuleSetting {
  readonly severity?: Severity | 'off';
  readonly options: Options;
  /** Where the severity holds; undefined = everywhere. */
  readonly paths?: readonly string[];
  readonly pools?: readonly string[];
}

/** The severities and options under `rules:`, by rule. Throws InputError for a rule or an option that there is not. */
export function readRules(
  node: PNode | undefined,
  rules: readonly Rule[],
): { rule: ReadonlyMap<string, RuleSetting>; notes: readonly Text[] } {
  const found = new Map<string, RuleSetting>();
  const notes: Text[] = [];
  for (const { key, keyAt, value } of entriesOf(node)) {
    const rule = rules.find((item) => item.id === key);
    if (rule === undefined && retired.retired.includes(key as never)) {
      notes.push(say`rule ${key} is retired and its setting has no effect: remove it`);
      continue;
    }
    if (rule === undefined) {
      const meant = didYouMean(
        key,
        rules.map((item) => item.id),
      );
      throw refusal(
        keyAt,
        say`There is no rule ${key}. ${meant === undefined ? say`See docs/rules for the list.` : say`Did you mean ${meant}?`}`,
      );
    }
    found.set(
      key,
      value.kind === 'scalar' ? { severity: value.value as Severity | 'off', options: {} } : readRule(rule, value),
    );
  }
  return { rule: found, notes };
}

function readRule(rule: Rule, node: PNode): RuleSetting {
  const options: Record<string, number> = {};
  const texts = (key: string): readonly string[] | undefined => {
    const list = child(node, key);
    return list && itemsOf(list).map((item) => (item.kind === 'scalar' ? String(item.value) : ''));
  };
  for (const { key, keyAt, value } of entriesOf(node)) {
    if (key === 'severity' || key === 'paths' || key === 'pools') continue;
    const spec = rule.options?.[key];
    if (spec === undefined) {
      const known = ['severity', 'paths', 'pools', ...Object.keys(rule.options ?? {})];
      const meant = didYouMean(key, known);
      throw refusal(
        keyAt,
        say`Rule ${rule.id} has no option ${key}. ${meant === undefined ? say`It has ${known.join(', ')}.` : say`Did you mean ${meant}?`}`,
      );
    }
    const read = value.kind === 'scalar' ? readOption(spec, value.value) : undefined;
    if (read === undefined)
      throw refusal(headOf(value), say`${key} of rule ${rule.id} must be ${EXAMPLES[spec.type]}.`);
    options[key] = read;
  }
  const severity = child(node, 'severity');
  const paths = texts('paths');
  const pools = texts('pools');
  return {
    options,
    ...(severity?.kind === 'scalar' ? { severity: severity.value as Severity | 'off' } : {}),
    ...(paths ? { paths } : {}),
    ...(pools ? { pools } : {}),
  };
}

const EXAMPLES: Readonly<Record<OptionSpec['type'], string>> = {
  percent: 'a percentage of at most 100%, such as 60%',
  number: 'a number of at least 0',
  duration: 'a duration such as 30s',
};

function readOption(spec: OptionSpec, value: string | number | boolean | null): number | undefined {
  if (spec.type === 'number') return typeof value === 'number' && value >= 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  if (spec.type === 'duration') return parseDuration(value);
  const share = parsePercent(value);
  return share === undefined || share > 1 ? undefined : share;
}
