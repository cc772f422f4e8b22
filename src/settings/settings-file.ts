import type { DeclaredSplit } from '../model/pool.ts';
import { CHANGE_KINDS } from '../model/diff.ts';
import type { PoolFacts } from '../model/facts.ts';
import type { Severity } from '../model/finding.ts';
import type { Span } from '../model/span.ts';
import type { Text } from '../model/text.ts';
import { InputError, type FileTree } from '../model/tree.ts';
import type { Options, OptionSpec, Rule } from '../rules/rule.ts';
import schema from '../../schemas/checklist.schema.json' with { type: 'json' };
import retired from '../../schemas/rule-ids.json' with { type: 'json' };
import { isDay } from '../text/ignores.ts';
import { child, entriesOf, headOf, itemsOf, toPlain, type PNode } from '../text/positioned.ts';
import { plain, say, words } from '../text/say.ts';
import { SchemaCheck } from '../text/schema-errors.ts';
import { SourceFile } from '../text/source.ts';
import { didYouMean } from '../text/suggest.ts';
import { parseDuration, parsePercent } from '../text/units.ts';
import { readYaml } from '../text/yaml-tree.ts';
import type { SettingsIgnore } from './ignores.ts';

export interface RuleSetting {
  readonly severity?: Severity | 'off';
  readonly options: Options;
  /** Where the severity holds; undefined = everywhere. */
  readonly paths?: readonly string[];
  readonly pools?: readonly string[];
}

/** How a probe talks to its target, where that is a property of the place and not of one run. */
export interface ProbeSetting {
  /** PEM text of certificate authorities. */
  readonly ca?: string;
  readonly insecure: boolean;
  readonly servername?: string;
  /** Redirects and refusals that are right: `401`, `3xx`. */
  readonly expectStatus?: readonly string[];
  readonly allowLinkLocal: boolean;
}

/** What a person is asked when it matters. */
export interface HumanItem {
  readonly id: string;
  readonly ask: string;
  /** Rule ids and kinds of changes that make it matter; empty = any change of a pool. */
  readonly when: readonly string[];
  /** An open required item fails the run where it can be ticked. */
  readonly required: boolean;
}

/** A JSON schema that the diff, the pools or the source document must satisfy. */
export interface PolicySetting {
  readonly file: string;
  readonly appliesTo: 'diff' | 'pools' | 'source';
  readonly severity: Severity;
}

/** What one checklist file says; what it leaves out is undefined. */
export interface SettingsFile {
  /** The paths that it was read from. */
  readonly files?: readonly string[];
  readonly strict?: boolean;
  readonly existingFindings?: 'report' | 'fail';
  readonly rootMap?: Readonly<Record<string, string>>;
  readonly productVersions?: Readonly<Record<string, string>>;
  readonly rules?: ReadonlyMap<string, RuleSetting>;
  readonly ignores?: readonly SettingsIgnore[];
  readonly defaultItems?: boolean;
  readonly items?: readonly HumanItem[];
  readonly policies?: readonly PolicySetting[];
  readonly pools?: ReadonlyMap<string, PoolFacts>;
  readonly probe?: Partial<ProbeSetting>;
  readonly notes?: readonly Text[];
}

const check = new SchemaCheck(schema);
/** How many files may extend one another. */
const CHAIN = 5;

/** The file and what it extends, the most general first. Throws InputError. */
export function readSettingsFile(path: string, tree: FileTree, rules: readonly Rule[]): readonly SettingsFile[] {
  const chain: SettingsFile[] = [];
  let next: string | undefined = path;
  const seen = new Set<string>();
  while (next !== undefined) {
    if (seen.has(next)) throw new InputError(`${next} extends itself; take one of the files out of the chain.`);
    if (seen.size >= CHAIN) throw new InputError(`${path} extends more than ${CHAIN} files; extend fewer.`);
    seen.add(next);
    const { file, parent } = readOne(next, tree, rules);
    chain.unshift(file);
    next = parent;
  }
  return chain;
}

function readOne(
  path: string,
  tree: FileTree,
  rules: readonly Rule[],
): { file: SettingsFile; parent: string | undefined } {
  const text = tree.read(path);
  if (text === undefined)
    throw new InputError(`The checklist file ${path} is not there; name a file of this repository.`);
  const source = new SourceFile(path, text);
  const { documents, faults } = readYaml(source);
  const [syntax] = faults;
  if (syntax) throw refusal(syntax.at, say`${syntax.what}. ${syntax.fix}`);
  const [root] = documents;
  if (root === undefined)
    throw new InputError(`The checklist file ${path} is empty; write version: 1 in it, or remove it.`);
  const [fault] = check.faults(root);
  if (fault) throw refusal(fault.at, say`${fault.what}. ${fault.fix}`);
  const { rule: ruleSettings, notes } = readRules(child(root, 'rules'), rules);
  checkNames(root, rules);
  const plainRoot = toPlain(root) as PlainFile;
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const parent = plainRoot.extends;
  const isProfile = parent === undefined || parent === 'recommended' || parent === 'strict';
  return {
    parent: isProfile ? undefined : inFolder(folder, parent, child(root, 'extends')),
    file: {
      files: [path],
      ...(parent === 'strict' ? { strict: true } : {}),
      ...(plainRoot['existing-findings'] ? { existingFindings: plainRoot['existing-findings'] } : {}),
      ...(plainRoot['default-items'] === undefined ? {} : { defaultItems: plainRoot['default-items'] }),
      ...(plainRoot['root-map'] ? { rootMap: { ...plainRoot['root-map'] } } : {}),
      ...(plainRoot['product-versions'] ? { productVersions: { ...plainRoot['product-versions'] } } : {}),
      rules: ruleSettings,
      ignores: plainRoot.ignores ?? [],
      items: (plainRoot.checklist ?? []).map((item) => ({
        id: item.id,
        ask: item.ask,
        when: item.when ?? [],
        required: item.required ?? false,
      })),
      policies: (plainRoot.schemas ?? []).map((item) => ({
        file: item.file.replace(/^\.\//, ''),
        appliesTo: item['applies-to'],
        severity: item.severity ?? 'error',
      })),
      pools: new Map(entriesOf(child(root, 'pools')).map((entry) => [entry.key, readFacts(entry.value)])),
      ...(plainRoot.probe ? { probe: readProbe(plainRoot.probe, tree) } : {}),
      notes,
    },
  };
}

/** The file after its schema has been checked. */
interface PlainFile {
  readonly extends?: string;
  readonly 'existing-findings'?: 'report' | 'fail';
  readonly 'default-items'?: boolean;
  readonly 'root-map'?: Record<string, string>;
  readonly 'product-versions'?: Record<string, string>;
  readonly ignores?: SettingsIgnore[];
  readonly checklist?: { id: string; ask: string; when?: string[]; required?: boolean }[];
  readonly schemas?: { file: string; 'applies-to': PolicySetting['appliesTo']; severity?: Severity }[];
  readonly probe?: PlainProbe;
}

interface PlainProbe {
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly servername?: string;
  readonly 'expect-status'?: readonly (string | number)[];
  readonly 'allow-link-local'?: boolean;
}

function readProbe(plainProbe: PlainProbe, tree: FileTree): Partial<ProbeSetting> {
  const { ca, insecure, servername } = plainProbe;
  const pem = ca === undefined ? undefined : tree.read(ca.replace(/^\.\//, ''));
  if (ca !== undefined && pem === undefined) {
    throw new InputError(`probe.ca names ${ca}, which is not there; name a PEM file of this repository.`);
  }
  return {
    ...(pem === undefined ? {} : { ca: pem }),
    ...(insecure === undefined ? {} : { insecure }),
    ...(servername === undefined ? {} : { servername }),
    ...(plainProbe['expect-status'] === undefined ? {} : { expectStatus: plainProbe['expect-status'].map(String) }),
    ...(plainProbe['allow-link-local'] === undefined ? {} : { allowLinkLocal: plainProbe['allow-link-local'] }),
  };
}

function inFolder(folder: string, written: string, node: PNode | undefined): string {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of written.split('/')) {
    if (part === '.' || part === '') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) {
      const message = say`${'extends'} leads out of the repository. Name recommended, strict, or a file of this repository.`;
      throw node === undefined ? new InputError(plain(message)) : refusal(headOf(node), message);
    }
  }
  return parts.join('/');
}

function refusal(at: Span, message: Text): InputError {
  const { line, column } = at.source.position(at.start);
  return new InputError(`${at.source.path}:${line}:${column} ${plain(message)}`);
}

/** Names in `when` and `ignores`, and dates, that mean nothing are faults: an item that can never be asked is worse than none. */
function checkNames(root: PNode, rules: readonly Rule[]): void {
  const ids = rules.map((rule) => rule.id);
  for (const item of itemsOf(child(root, 'checklist'))) {
    for (const node of itemsOf(child(item, 'when')))
      requireName(node, [...ids, ...CHANGE_KINDS], 'a rule or kind of change');
  }
  for (const ignore of itemsOf(child(root, 'ignores'))) {
    const until = child(ignore, 'until');
    if (until?.kind === 'scalar' && !isDay(String(until.value))) {
      throw refusal(until.at, say`${String(until.value)} is no date. Write one such as ${'2027-01-31'}.`);
    }
    const node = child(ignore, 'rule');
    if (node) requireName(node, ids, 'a rule');
  }
}

function requireName(node: PNode, known: readonly string[], what: string): void {
  const value = node.kind === 'scalar' ? String(node.value) : '';
  if (known.includes(value) || retired.retired.includes(value as never)) return;
  const meant = didYouMean(value, known);
  throw refusal(
    headOf(node),
    say`${value} is not ${words(what)}. ${meant === undefined ? say`See docs/rules for the list.` : say`Did you mean ${meant}?`}`,
  );
}

function readRules(
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

function readFacts(node: PNode): PoolFacts {
  const value = toPlain(node) as {
    expect?: 'even' | 'config' | 'capacity' | Record<string, number>;
    capacity?: Record<string, number>;
    peak?: number;
    servers?: number;
    single?: boolean;
    identify?: Record<string, string | string[]>;
    tolerance?: string;
  };
  const expect: DeclaredSplit | undefined =
    typeof value.expect === 'object' ? new Map(Object.entries(value.expect)) : value.expect;
  return {
    ...(expect === undefined ? {} : { expect }),
    ...(value.capacity ? { capacity: new Map(Object.entries(value.capacity)) } : {}),
    ...(value.peak === undefined ? {} : { peak: value.peak }),
    ...(value.servers === undefined ? {} : { servers: value.servers }),
    ...(value.single === undefined ? {} : { single: value.single }),
    ...(value.tolerance === undefined ? {} : { tolerance: value.tolerance }),
    ...(value.identify
      ? { identify: new Map(Object.entries(value.identify).map(([server, names]) => [server, [names].flat()])) }
      : {}),
  };
}
