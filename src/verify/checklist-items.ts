import { SEVERITIES, type Finding, type Severity } from '../model/finding.ts';
import type { ChecklistItem } from '../model/report.ts';
import { isAbout } from '../rules/engine.ts';
import type { Rule } from '../rules/rule.ts';
import { name, words } from '../text/say.ts';
import type { Checked } from './check.ts';
import { DEFAULT_ITEMS } from '../settings/human-items.ts';
import type { HumanItem } from '../settings/settings-file.ts';
import type { Settings } from '../settings/settings.ts';

/** How a person answered an item in a pull request's description; an item that was deleted or never pasted has no answer. */
export type Tick = 'ticked' | 'open' | { readonly notApplicable: string };

/** A checklist item and whether the run may end well while it is open. */
export interface GatedItem extends ChecklistItem {
  readonly required: boolean;
}

/**
 * The checklist of one run: every rule as an item, then the human items.
 * `ticks` is undefined where there is no place to tick; items are then shown as open and gate nothing. A review asks nobody:
 * who merged a change has answered for it.
 */
export function checklistItems(
  rules: readonly Rule[],
  settings: Settings,
  checked: Checked,
  ticks: ReadonlyMap<string, Tick> | undefined,
  review = false,
): GatedItem[] {
  const counts = (finding: Finding): boolean => finding.ignored === undefined;
  const failed = saidBy(checked.findings, counts, ['error', 'warning']);
  const noticed = saidBy(checked.findings, counts, ['notice']);
  const asked = askedAbout(checked);
  return [
    ...rules
      .filter((rule) => isOfProducts(rule, checked))
      .map((rule) => ruleItem(rule, settings, checked, { failed, noticed })),
    ...settings.items.map((item) => humanItem(item, !review && matters(item, asked), ticks?.get(item.id))),
  ];
}

/** Whether any file is of the product that the rule is about; the rules of other products are no items. */
function isOfProducts({ format }: Rule, { head, base = [] }: Checked): boolean {
  return format === undefined || [...head, ...base].some(({ dialect }) => dialect.format === format);
}

function ruleItem(
  rule: Rule,
  settings: Settings,
  checked: Checked,
  { failed, noticed }: { readonly failed: ReadonlySet<string>; readonly noticed: ReadonlySet<string> },
): GatedItem {
  const compares = rule.scope === 'change' || rule.scope === 'estate';
  const applies =
    settings.rules.get(rule.id)?.severity !== 'off' &&
    checked.head.some((config) => isAbout(rule, config)) &&
    (!compares || checked.base !== undefined);
  return {
    id: rule.id,
    state: failed.has(rule.id) ? 'fail' : noticed.has(rule.id) ? 'notice' : applies ? 'pass' : 'not-applicable',
    by: 'rule',
    ask: words(rule.title),
    required: false,
  };
}

/** What a change does and brings, which decides what a person is asked. */
interface Asked {
  readonly anything: boolean;
  /** Kinds of change, and rules with a finding that the change brought. */
  readonly names: ReadonlySet<string>;
}

function askedAbout(checked: Checked): Asked {
  const kinds = checked.diff.pools.flatMap((pool) => pool.changes.map((change): string => change.kind));
  const brought = saidBy(checked.findings, (finding) => finding.introduced, SEVERITIES);
  return {
    anything: checked.change.base !== undefined && checked.diff.pools.some((pool) => pool.change !== 'same'),
    names: new Set([...kinds, ...brought]),
  };
}

/** True when the change, or a finding that it brought, is one that the item is about. */
function matters(item: HumanItem, { anything, names }: Asked): boolean {
  return anything && (item.when.length === 0 || item.when.some((name) => names.has(name)));
}

/** The rules that said something so severe, whether a finding of their own shows it or another one speaks for it. */
function saidBy(
  findings: readonly Finding[],
  counts: (finding: Finding) => boolean,
  severities: readonly Severity[],
): ReadonlySet<string> {
  const said = new Set<string>();
  for (const finding of findings) {
    if (!counts(finding)) continue;
    for (const { rule, severity } of [finding, ...(finding.covered ?? [])])
      if (severities.includes(severity)) said.add(rule);
  }
  return said;
}

function humanItem(item: HumanItem, asked: boolean, tick: Tick | undefined): GatedItem {
  // What comes by default is in our own words; what a file asks is somebody else's.
  const ours = DEFAULT_ITEMS.some(({ id, ask }) => id === item.id && ask === item.ask);
  const ask = ours ? words(item.ask) : name(item.ask);
  const base = { id: item.id, by: 'person', ask, required: item.required };
  if (!asked) return { ...base, state: 'not-applicable' };
  if (tick === 'ticked') return { ...base, state: 'pass' };
  if (typeof tick === 'object') return { ...base, state: 'not-applicable' };
  return { ...base, state: 'open' };
}
