import { append } from '../../text/append.ts';
import schema from '../../../schemas/neutral.schema.json' with { type: 'json' };
import type { Config, Problem } from '../../model/config.ts';
import type { Pool } from '../../model/pool.ts';
import { InputError, type FileTree } from '../../model/tree.ts';
import { child, headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import { SchemaCheck } from '../../text/schema-errors.ts';
import { SourceFile } from '../../text/source.ts';
import { readYaml } from '../../text/yaml-tree.ts';
import type { FormatReader } from '../reader.ts';
import { treeStatements } from '../tree-statements.ts';
import { dialect } from './dialect.ts';
import { TABLE } from './harmless.ts';
import { findIgnores } from './ignores.ts';
import { readPool } from './pool.ts';
import {
  documentProblem,
  findTroubles,
  namedProblems,
  otherUnknowns,
  syntaxProblem,
  unknownsOf,
  type Trouble,
} from './problems.ts';
import { recognise } from './recognise.ts';
import { listenersOf, readEntry, readRoute, referencesOf } from './routes.ts';
import { textAt } from './trouble.ts';
import { Values } from './values.ts';

const check = new SchemaCheck(schema);

/** The neutral format: pools written down as YAML or JSON after schemas/neutral.schema.json. */
export const reader: FormatReader = {
  dialect,
  recognise,
  read,
};

function read(path: string, tree: FileTree): Config {
  const text = tree.read(path);
  if (text === undefined) throw new InputError(`${path} cannot be read. Set the path of a file that exists.`);
  const source = new SourceFile(path, text);
  const { documents, faults } = readYaml(source);
  const [root, second] = documents;
  const problems: Problem[] = faults.map(syntaxProblem);
  const nothing: Config = { ...SHELL, path, source, files: [path], status: 'refused', problems };
  if (root === undefined) {
    if (problems.length === 0) problems.push(documentProblem('empty', source.span(0, 0)));
    return nothing;
  }
  const schemaFaults = check.faults(root);
  const troubles = findTroubles(root, schemaFaults);
  const values = new Values(new Set(schemaFaults.flatMap((fault) => fault.node ?? [])));
  const pools = readPools(root, values, troubles);
  append(
    problems,
    namedProblems(troubles, (index) => pools.get(index)),
  );
  if (second !== undefined) problems.push(documentProblem('second', headOf(second)));
  const version = child(root, 'version');
  if (pools.size === 0 || version?.kind !== 'scalar' || version.value !== 1) return nothing;
  const all = [...pools.values()];
  // Of pools of one name the first counts, as everywhere.
  const protocols = new Map(all.toReversed().map(({ name, protocol }) => [name, protocol]));
  const scope = { values, scope: path };
  const routes = itemsOf(child(root, 'routes')).map((node, i) => readRoute(node, i, scope));
  const entries = itemsOf(child(root, 'entries')).map((node, i) => readEntry(node, i, scope));
  const title = values.text(child(root, 'name'));
  return {
    ...nothing,
    status: problems.length === 0 ? 'read' : 'partial',
    pools: all,
    routes: routes.map(({ route }) => route),
    entries,
    references: referencesOf(routes, entries, protocols),
    listeners: listenersOf(entries),
    facts: title === undefined ? SHELL.facts : new Map([['name', title]]),
    statements: treeStatements(root, TABLE, [...all, ...entries, ...routes.map(({ route }) => route)]),
    unknowns: otherUnknowns(troubles),
    ignores: findIgnores(source, root),
  };
}

const SHELL = {
  dialect,
  pools: [],
  routes: [],
  entries: [],
  references: [],
  listeners: [],
  facts: new Map<string, never>(),
  unknowns: [],
  ignores: [],
} as const;

/** The pools by their index in the list, as text. */
function readPools(root: PNode, values: Values, troubles: readonly Trouble[]): ReadonlyMap<string, Pool> {
  const pools = new Map<string, Pool>();
  itemsOf(child(root, 'pools')).forEach((node, i) => {
    if (node.kind !== 'map') return;
    const name = textAt(node, 'name') ?? `pools[${i}]`;
    pools.set(String(i), readPool(node, name, child(root, 'defaults'), values, unknownsOf(troubles, i)));
  });
  return pools;
}
