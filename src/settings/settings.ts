import picomatch from 'picomatch';
import type { PoolFacts } from '../model/facts.ts';
import type { Severity } from '../model/finding.ts';
import type { Text } from '../model/text.ts';
import type { FileTree } from '../model/tree.ts';
import { defaultOptions, type Options, type Rule } from '../rules/rule.ts';
import { DEFAULT_ITEMS } from './human-items.ts';
import type { SettingsIgnore } from './ignores.ts';
import {
  type ConfigSet,
  type FormatOverride,
  type HumanItem,
  type PolicySetting,
  type ProbeSetting,
  readSettingsFile,
  type SettingsFile,
} from './settings-file.ts';
import type { RuleSetting } from './rule-settings.ts';

/** Everything that the checklist file says, with what it extends, checked. */
export interface Settings {
  /** The checklist file and those that it extends, as paths. */
  readonly files: readonly string[];
  /** `extends: strict`: what a rule would warn of is an error. */
  readonly strict: boolean;
  readonly existingFindings: 'report' | 'fail';
  readonly rootMap: Readonly<Record<string, string>>;
  readonly productVersions: Readonly<Record<string, string>>;
  /** Configs that are loaded together, by hand; none = by the folders they lie in. */
  readonly sets: readonly ConfigSet[];
  readonly formats: readonly FormatOverride[];
  readonly rules: ReadonlyMap<string, RuleSetting>;
  readonly ignores: readonly SettingsIgnore[];
  readonly items: readonly HumanItem[];
  readonly policies: readonly PolicySetting[];
  readonly pools: ReadonlyMap<string, PoolFacts>;
  readonly probe: ProbeSetting;
}

export interface SettingsRequest {
  /** Undefined = no checklist file: everything is at its default. */
  readonly path: string | undefined;
  readonly tree: FileTree;
  readonly rules: readonly Rule[];
  /** More policies for the diff, as paths. */
  readonly schemas: readonly string[];
}

/** Reads the checklist file and what it extends. Throws InputError that names the place and what to write instead. */
export function readSettings(request: SettingsRequest): { settings: Settings; notes: readonly Text[] } {
  const { path, tree, rules, schemas } = request;
  const files = path === undefined ? [] : readSettingsFile(path, tree, rules);
  const merged = files.reduce<SettingsFile>(merge, {});
  const strict = merged.strict ?? false;
  const defaults = merged.defaultItems === false ? [] : DEFAULT_ITEMS.map((item) => ({ ...item, required: strict }));
  const extra = schemas.map((file): PolicySetting => ({ file, appliesTo: 'diff', severity: 'error' }));
  return {
    settings: {
      files: merged.files ?? [],
      strict,
      existingFindings: merged.existingFindings ?? (strict ? 'fail' : 'report'),
      rootMap: merged.rootMap ?? {},
      productVersions: merged.productVersions ?? {},
      sets: merged.sets ?? [],
      formats: merged.formats ?? [],
      rules: merged.rules ?? new Map(),
      ignores: merged.ignores ?? [],
      items: [...defaults, ...(merged.items ?? [])].filter(isLast),
      policies: [...(merged.policies ?? []), ...extra],
      pools: merged.pools ?? new Map(),
      probe: { insecure: false, allowLinkLocal: false, ...merged.probe },
    },
    notes: files.flatMap((file) => file.notes ?? []),
  };
}

/** What a later file says wins; lists add up. */
function merge(before: SettingsFile, after: SettingsFile): SettingsFile {
  return {
    ...before,
    ...after,
    files: [...(before.files ?? []), ...(after.files ?? [])],
    rootMap: { ...before.rootMap, ...after.rootMap },
    productVersions: { ...before.productVersions, ...after.productVersions },
    sets: [...(before.sets ?? []), ...(after.sets ?? [])],
    formats: [...(before.formats ?? []), ...(after.formats ?? [])],
    rules: new Map([...(before.rules ?? []), ...(after.rules ?? [])]),
    ignores: [...(before.ignores ?? []), ...(after.ignores ?? [])],
    items: [...(before.items ?? []), ...(after.items ?? [])],
    policies: [...(before.policies ?? []), ...(after.policies ?? [])],
    pools: new Map([...(before.pools ?? []), ...(after.pools ?? [])]),
  };
}

/** An item that is written again replaces the earlier one of the same id. */
function isLast(item: HumanItem, index: number, all: readonly HumanItem[]): boolean {
  return all.findLastIndex((other) => other.id === item.id) === index;
}

/** The severity that the settings give a rule at a place; undefined = what the rule itself says. */
export function severitySet(
  settings: Settings,
  rule: Rule,
  path: string,
  pool: string | undefined,
): Severity | 'off' | undefined {
  const setting = settings.rules.get(rule.id);
  if (setting?.severity !== undefined && holds(setting, path, pool)) return setting.severity;
  return undefined;
}

/** The severity that a rule itself gives, as the profile counts it. */
export function profiled(settings: Settings, severity: Severity): Severity {
  return settings.strict && severity === 'warning' ? 'error' : severity;
}

function holds({ paths, pools }: RuleSetting, path: string, pool: string | undefined): boolean {
  if (paths !== undefined && !picomatch.isMatch(path, [...paths], { dot: true })) return false;
  return pools === undefined || (pool !== undefined && picomatch.isMatch(pool, [...pools], { dot: true, bash: true }));
}

/** The options of a rule: its defaults, and what the settings change. Percentages 0..1, durations ms. */
export function optionsOf(settings: Settings, rule: Rule): Options {
  return { ...defaultOptions(rule), ...settings.rules.get(rule.id)?.options };
}
