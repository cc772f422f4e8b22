import type { ChangeKind } from '../model/diff.ts';
import type { Finding, Severity } from '../model/finding.ts';
import type { ChecklistItem } from '../model/report.ts';
import type { Rule } from '../rules/rule.ts';
import { name, words } from '../text/say.ts';
import type { Checked } from './check.ts';
import type { HumanItem, Settings } from './settings.ts';

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
  const asked = askedKinds(checked);
  return [
    ...rules.map((rule) => ruleItem(rule, settings, checked)),
    ...settings.items.map((item) => humanItem(item, !review && matters(item, asked, checked), ticks?.get(item.id))),
  ];
}

function ruleItem(rule: Rule, settings: Settings, checked: Checked): GatedItem {
  const compares = rule.scope === 'change' || rule.scope === 'estate';
  const applies =
    settings.rules.get(rule.id)?.severity !== 'off' &&
    checked.head.some((config) => rule.formats.includes(config.format)) &&
    (!compares || checked.base !== undefined);
  const fails = saidBy(checked.findings).some(
    (said) => said.rule === rule.id && !said.ignored && said.severity !== 'notice',
  );
  return {
    id: rule.id,
    state: fails ? 'fail' : applies ? 'pass' : 'not-applicable',
    by: 'rule',
    ask: words(rule.title),
    required: false,
  };
}

interface Asked {
  readonly kinds: ReadonlySet<string>;
  readonly anything: boolean;
}

function askedKinds(checked: Checked): Asked {
  const kinds = new Set<ChangeKind>(checked.diff.pools.flatMap((pool) => pool.changes.map((change) => change.kind)));
  return {
    kinds,
    anything: checked.change.base !== undefined && checked.diff.pools.some((pool) => pool.change !== 'same'),
  };
}

/** True when the change, or a finding that it brought, is one that the item is about. */
function matters(item: HumanItem, asked: Asked, checked: Checked): boolean {
  if (!asked.anything) return false;
  if (item.when.length === 0) return true;
  const brought = saidBy(checked.findings.filter((finding) => finding.introduced));
  return item.when.some((name) => asked.kinds.has(name) || brought.some((said) => said.rule === name));
}

/** What each rule said, whether a finding of its own shows it or another one speaks for it. */
function saidBy(findings: readonly Finding[]): { rule: string; severity: Severity; ignored: boolean }[] {
  return findings.flatMap(({ rule, severity, ignored, covered = [] }) =>
    [{ rule, severity }, ...covered].map((said) => ({ ...said, ignored: ignored !== undefined })),
  );
}

function humanItem(item: HumanItem, asked: boolean, tick: Tick | undefined): GatedItem {
  const base = { id: item.id, by: 'person', ask: name(item.ask), required: item.required };
  if (!asked) return { ...base, state: 'not-applicable' };
  if (tick === 'ticked') return { ...base, state: 'pass' };
  if (typeof tick === 'object') return { ...base, state: 'not-applicable' };
  return { ...base, state: 'open' };
}
