import type { Config, Problem } from '../../model/config.ts';
import { InputError, type FileTree } from '../../model/tree.ts';
import { guardText, LIMITS } from '../../text/limits.ts';
import { say } from '../../text/say.ts';
import { SourceFile } from '../../text/source.ts';
import type { TreeFault } from '../../text/tree-faults.ts';
import type { FormatReader } from '../reader.ts';
import { Cluster, remember } from './cluster.ts';
import { dialect } from './dialect.ts';
import { readDocuments } from './documents.ts';
import type { Found } from './found.ts';
import { KINDS } from './kinds.ts';
import { metadataProblems } from './metadata.ts';
import { objectsOf, type KubeObject } from './objects.ts';
import { setsOf } from './sets.ts';
import { statementsOf } from './statements.ts';
import { isKustomization, kustomizeProblem, templateProblem } from './sources.ts';

/** Kubernetes manifests: Services with their workloads, and what routes to them. */
export const reader: FormatReader = {
  dialect,
  recognise,
  read: (path, tree) => readSet([path], tree),
  sets: setsOf,
  readSet,
};

/** Every object has `apiVersion` and `kind`; a Kustomization may have neither. */
function recognise(path: string, text: string): number {
  if (!/\.(?:ya?ml|json)$/i.test(path)) return 0;
  // The files of other products are in ConfigMaps too, so nothing beats these two keys at the top of a document.
  if (/^["']?apiVersion["']?:/m.test(text) && /^["']?kind["']?:/m.test(text)) return 0.99;
  if (/^\s*[[{]/.test(text) && /["']apiVersion["']\s*:/.test(text) && /["']kind["']\s*:/.test(text)) return 0.97;
  return /(?:^|\/)kustomization\.ya?ml$/i.test(path) ? 0.92 : 0;
}

function readSet(paths: readonly string[], tree: FileTree): Config {
  const [path = ''] = paths;
  const found: Found = { path, pools: [], routes: [], entries: [], references: [], problems: [], unknowns: [] };
  const files = paths.map((one) => readFile(one, tree, paths.length === 1));
  const objects = files.flatMap(({ objects: own }) => own);
  const cluster = new Cluster(objects);
  for (const [kind, readKind] of KINDS) readKind(cluster.of(kind), cluster, found);
  const problems = [
    ...files.flatMap((file) => file.problems),
    ...objects.filter(({ kind }) => KINDS.has(kind)).flatMap(metadataProblems),
    ...found.problems,
  ];
  const isWhole = problems.length === 0 && found.unknowns.length === 0;
  const isRefused = files.every(({ refused }) => refused);
  const [first] = files;
  const config: Config = {
    dialect,
    path,
    source: first?.source ?? new SourceFile(path, ''),
    status: isRefused ? 'refused' : isWhole ? 'read' : 'partial',
    files: paths,
    pools: found.pools,
    routes: found.routes,
    entries: found.entries,
    references: found.references,
    listeners: [],
    facts: new Map(),
    statements: statementsOf(objects, found),
    problems,
    unknowns: found.unknowns,
    ignores: [],
  };
  return remember(config, cluster);
}

interface FileRead {
  readonly source: SourceFile;
  readonly objects: readonly KubeObject[];
  readonly problems: readonly Problem[];
  /** Nothing of it can be read as it is. */
  readonly refused: boolean;
}

function readFile(path: string, tree: FileTree, isAlone: boolean): FileRead {
  const text = tree.read(path);
  if (text === undefined) throw new InputError(`${path} is not a file that can be read. Name a file that exists.`);
  guardText(path, text, LIMITS.fileBytes);
  const source = new SourceFile(path, text);
  const template = templateProblem(source);
  if (template !== undefined) return { source, objects: [], problems: [template], refused: true };
  if (isKustomization(path, text)) {
    const kustomize = kustomizeProblem(source, isAlone);
    return { source, objects: [], problems: kustomize === undefined ? [] : [kustomize], refused: true };
  }
  const { documents, faults } = readDocuments(source);
  const problems = faults.map(faultProblem);
  return {
    source,
    objects: documents.flatMap(objectsOf),
    problems,
    refused: documents.length === 0 && problems.length > 0,
  };
}

function faultProblem({ at, what, fix }: TreeFault): Problem {
  return {
    rule: 'config-unparsable',
    at,
    what: say`${what}.`,
    why: say`The API server rejects the object, and what ran before keeps running.`,
    fix,
  };
}
