import { declaredSplit } from '../compare/declared.ts';
import type { EstateChange, PoolSide, ServerChange } from '../compare/compare.ts';
import type { DiffDocument } from '../model/diff.ts';
import { factsOf, type PoolFacts } from '../model/facts.ts';
import type { Finding, Severity } from '../model/finding.ts';
import type { Span } from '../model/span.ts';
import type { Text } from '../model/text.ts';
import { InputError, type FileTree } from '../model/tree.ts';
import recommended from '../../schemas/policies/recommended.diff.schema.json' with { type: 'json' };
import { pointerKeys, headOf, nodeAt, toPlain } from '../text/positioned.ts';
import { name, say, words } from '../text/say.ts';
import { SourceFile } from '../text/source.ts';
import { readYaml } from '../text/yaml-tree.ts';
import { compilePolicy, type Policy, type PolicyFault } from './policy-schema.ts';
import { poolDocument } from './pool-document.ts';
import type { PolicySetting } from './settings-file.ts';

/** The policy that every diff is held to unless it is switched off by `rules: policy: off`. */
const RECOMMENDED: PolicySetting = {
  file: 'policies/recommended.diff.schema.json',
  appliesTo: 'diff',
  severity: 'error',
};
/** More faults of one policy than these say nothing new. */
const MAX_FAULTS = 50;

/**
 * A finding of a policy; `covers` names the rule that says the same thing better. `own`: of the recommended policy, whose severity is
 * that rule's to say.
 */
export type PolicyFinding = Finding & { readonly covers: string | undefined; readonly own: boolean };

/**
 * Validates the diff document, the pools or the source documents against JSON schemas, and points at the lines of the
 * config that the faults stand for. Policies are read from `tree`, that of the base when there is one.
 * Throws InputError when a policy cannot be read or compiled, or runs too long.
 */
export function policyFindings(
  settings: readonly PolicySetting[],
  change: EstateChange,
  diff: DiffDocument,
  tree: FileTree,
  facts: ReadonlyMap<string, PoolFacts>,
): readonly PolicyFinding[] {
  return [
    ...onDiff(RECOMMENDED, compilePolicy(RECOMMENDED.file, recommended), change, diff).filter(
      (finding) => finding.covers !== 'share-shift' || !isDeclared(finding.pool, change, facts),
    ),
    ...settings.flatMap((setting) => {
      const policy = compilePolicy(setting.file, readPolicy(setting.file, tree));
      if (setting.appliesTo === 'diff') return onDiff(setting, policy, change, diff);
      return onRevisions(
        setting,
        setting.appliesTo === 'pools' ? poolFaults(policy, change) : sourceFaults(policy, change),
      );
    }),
  ];
}

/** An uneven split that its owners declared is not held to evenness. */
function isDeclared(name: string | undefined, change: EstateChange, facts: ReadonlyMap<string, PoolFacts>): boolean {
  const pool = change.pools.find(({ head }) => head?.pool.name === name)?.head?.pool;
  // What servers stand declares no split.
  return pool !== undefined && (factsOf(facts, pool)?.expect ?? declaredSplit(pool, undefined)) !== 'even';
}

function readPolicy(file: string, tree: FileTree): unknown {
  const text = tree.read(file);
  if (text === undefined)
    throw new InputError(`The schema ${file} is not there; name a JSON Schema of this repository.`);
  const { documents, faults } = readYaml(new SourceFile(file, text));
  const [root] = documents;
  if (faults.length > 0 || root === undefined)
    throw new InputError(`The schema ${file} is not valid JSON; fix it first.`);
  return toPlain(root);
}

interface Placed {
  readonly fault: PolicyFault;
  readonly at: Span;
  readonly pool?: string;
  readonly server?: string;
  /** Where in the document, for people: `pools[be_app].after`. */
  readonly path: string;
}

function onDiff(setting: PolicySetting, policy: Policy, change: EstateChange, diff: DiffDocument): PolicyFinding[] {
  if (change.base === undefined) return [];
  return policy
    .faults(diff)
    .slice(0, MAX_FAULTS)
    .map((fault) => finding(setting, placeInDiff(fault, change, diff), true));
}

/** Faults of base and head; what base has too was not introduced. */
function onRevisions(
  setting: PolicySetting,
  faults: { base: readonly Placed[] | undefined; head: readonly Placed[] },
): PolicyFinding[] {
  const key = (placed: Placed): string => [placed.fault.schemaPath, placed.pool, placed.server, placed.path].join('\n');
  const before = new Set(faults.base?.map(key));
  return faults.head.slice(0, MAX_FAULTS).map((placed) => finding(setting, placed, !before.has(key(placed))));
}

function finding(setting: PolicySetting, placed: Placed, introduced: boolean): PolicyFinding {
  const { fault, at, pool, server, path } = placed;
  const severity: Severity = setting.severity;
  return {
    rule: 'policy',
    severity,
    at,
    ...(pool === undefined ? {} : { pool }),
    ...(server === undefined ? {} : { server }),
    what: sentenceOf(setting, fault, path),
    why: say`The schema ${setting.file} does not allow it: ${path} ${fault.message}.`,
    fix: say`Set a value that the schema allows, or change the schema in a pull request of its own.`,
    introduced,
    related: [],
    covers: fault.rule,
    own: setting === RECOMMENDED,
  };
}

/** The sentence of a user's schema is foreign text; that of our own is ours. */
function sentenceOf(setting: PolicySetting, { description, message }: PolicyFault, path: string): Text {
  if (description === undefined) return say`${path} ${message}.`;
  return setting === RECOMMENDED ? words(description) : name(description);
}

function placeInDiff(fault: PolicyFault, change: EstateChange, diff: DiffDocument): Placed {
  const keys = pointerKeys(fault.instancePath);
  if (keys[0] === 'pools' && keys[1] !== undefined) {
    const index = Number(keys[1]);
    const pool = change.pools[index];
    const document = diff.pools[index];
    const side = pool?.head ?? pool?.base;
    if (pool !== undefined && side !== undefined && document !== undefined) {
      const inner = Number(keys[3]);
      const server = keys[2] === 'servers' ? pool.servers[inner] : undefined;
      const changed = keys[2] === 'changes' ? pool.changes[inner] : undefined;
      const member = server?.head?.name ?? server?.base?.name ?? changed?.server ?? undefined;
      return {
        fault,
        at: changed?.at ?? placeOfServer(server, keys[4]) ?? side.pool.at,
        pool: side.pool.name,
        ...(member === undefined ? {} : { server: member }),
        path: [`pools[${side.pool.name}]`, ...keys.slice(2)].join('.'),
      };
    }
  }
  return { fault, path: keys.join('.') || 'the diff', ...placeOfSummary(keys[1], change) };
}

function placeOfServer(change: ServerChange | undefined, key: string | undefined): Span | undefined {
  const server = change?.head ?? change?.base;
  const byWeight = key === 'riseBeyondEven' || key === 'shareIncrease' || key === 'shareAfter';
  return byWeight && server?.weight.written === true ? server.weight.at : server?.at;
}

/** A number of the summary has no line of its own; the change that drives it has. */
function placeOfSummary(key: string | undefined, change: EstateChange): { at: Span; pool?: string; server?: string } {
  const touched = change.pools.filter((pool) => pool.change !== 'same');
  if (key === 'checksLost') {
    for (const pool of touched) {
      const lost = pool.changes.find((item) => item.kind === 'check-lost');
      const poolName = (pool.head ?? pool.base)?.pool.name;
      if (lost && poolName !== undefined)
        return { at: lost.at, pool: poolName, ...(lost.server === null ? {} : { server: lost.server }) };
    }
  }
  if (key === 'maxShareIncrease') {
    let most: { rise: number; at: Span; pool: string; server: string } | undefined;
    for (const { head, base, servers } of touched) {
      if (!head || !base) continue;
      for (const { head: server, shareBefore, shareAfter } of servers) {
        if (!server || shareBefore === null || shareAfter === null) continue;
        const rise = shareAfter - shareBefore;
        if (rise <= (most?.rise ?? 0)) continue;
        most = {
          rise,
          at: server.weight.written ? server.weight.at : server.at,
          pool: head.pool.name,
          server: server.name,
        };
      }
    }
    if (most) return { at: most.at, pool: most.pool, server: most.server };
  }
  const side = (touched[0] ?? change.pools[0])?.head ?? (touched[0] ?? change.pools[0])?.base;
  if (side) return { at: touched[0]?.changes[0]?.at ?? side.pool.at, pool: side.pool.name };
  const source = (change.head[0] ?? change.base?.[0])?.source;
  if (source === undefined) throw new Error('A policy was applied without any config.');
  return { at: { source, start: 0, end: 0 } };
}

function poolFaults(
  policy: Policy,
  change: EstateChange,
): { base: readonly Placed[] | undefined; head: readonly Placed[] } {
  const faultsOf = (sides: readonly (PoolSide | undefined)[]): Placed[] =>
    sides.flatMap((side) => {
      if (side === undefined) return [];
      return policy.faults(poolDocument(side.pool, side.prediction)).map((fault): Placed => {
        const keys = pointerKeys(fault.instancePath);
        const server = keys[0] === 'servers' ? side.pool.servers[Number(keys[1])] : undefined;
        return {
          fault,
          at: server?.at ?? side.pool.at,
          pool: side.pool.name,
          ...(server ? { server: server.name } : {}),
          path: [side.pool.name, ...keys].join('.'),
        };
      });
    });
  return {
    base: change.base && faultsOf(change.pools.map((pool) => pool.base)),
    head: faultsOf(change.pools.map((pool) => pool.head)),
  };
}

/** Only formats that are YAML or JSON have a document that a schema can look at. */
function sourceFaults(
  policy: Policy,
  change: EstateChange,
): { base: readonly Placed[] | undefined; head: readonly Placed[] } {
  const faultsOf = (configs: EstateChange['head']): Placed[] =>
    configs
      .filter((config) => config.dialect.isDocument)
      .flatMap((config) => {
        const [root] = readYaml(new SourceFile(config.path, config.source.text)).documents;
        if (root === undefined) return [];
        return policy.faults(toPlain(root)).map((fault): Placed => {
          const keys = pointerKeys(fault.instancePath);
          return { fault, at: headOf(nodeAt(root, keys) ?? root), path: keys.join('.') || 'the document' };
        });
      });
  return { base: change.base && faultsOf(change.base), head: faultsOf(change.head) };
}
