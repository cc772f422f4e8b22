import type { DeclaredSplit } from '../model/pool.ts';
import { CHANGE_KINDS } from '../model/diff.ts';
import type { PoolFacts } from '../model/facts.ts';
import type { Severity } from '../model/finding.ts';
import type { Text } from '../model/text.ts';
import { InputError, type FileTree } from '../model/tree.ts';
import type { Rule } from '../rules/rule.ts';
import schema from '../../schemas/checklist.schema.json' with { type: 'json' };
import retired from '../../schemas/rule-ids.json' with { type: 'json' };
import { isDay } from '../text/ignores.ts';
import { withoutDots } from '../text/paths.ts';
import { child, entriesOf, headOf, itemsOf, toPlain, type PNode } from '../text/positioned.ts';
import { plain, say, words } from '../text/say.ts';
import { SchemaCheck } from '../text/schema-errors.ts';
import { SourceFile } from '../text/source.ts';
import { didYouMean } from '../text/suggest.ts';
import { readYaml } from '../text/yaml-tree.ts';
import type { SettingsIgnore } from './ignores.ts';
import { refusal } from './refusal.ts';
import { readRules, type RuleSetting } from './rule-settings.ts';

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

/** Configs that one process loads together. */
export interface ConfigSet {
  readonly name: string;
  readonly format: string;
  /** Globs from the top of the repository, in the order in which the product reads them. */
  readonly files: readonly string[];
}

/** The format of files that a glob matches, whatever their content looks like. */
export interface FormatOverride {
  readonly files: string;
  readonly format: string;
}

/** What one checklist file says; what it leaves out is undefined. */
export interface SettingsFile {
  /** The paths that it was read from. */
  readonly files?: readonly string[];
  readonly strict?: boolean;
  readonly existingFindings?: 'report' | 'fail';
  readonly rootMap?: Readonly<Record<string, string>>;
  readonly productVersions?: Readonly<Record<string, string>>;
  readonly sets?: readonly ConfigSet[];
  readonly formats?: readonly FormatOverride[];
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
      sets: plainRoot.sets ?? [],
      formats: plainRoot.formats ?? [],
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
  readonly sets?: ConfigSet[];
  readonly formats?: FormatOverride[];
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
  const path = withoutDots(`${folder}/${written}`);
  if (path !== undefined) return path;
  const message = say`${'extends'} leads out of the repository. Name recommended, strict, or a file of this repository.`;
  throw node === undefined ? new InputError(plain(message)) : refusal(headOf(node), message);
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
      throw refusal(until.at, say`${String(until.value)} is not a date. Set one such as ${'2027-01-31'}.`);
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
