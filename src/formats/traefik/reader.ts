import type { Config, Problem } from '../../model/config.ts';
import type { FileTree } from '../../model/tree.ts';
import { InputError } from '../../model/tree.ts';
import { say } from '../../text/say.ts';
import { SourceFile } from '../../text/source.ts';
import { readToml } from '../../text/toml-tree.ts';
import type { TreeFault } from '../../text/tree-faults.ts';
import { readYaml } from '../../text/yaml-tree.ts';
import type { FormatReader } from '../reader.ts';
import { treeStatements } from '../tree-statements.ts';
import { dialect } from './dialect.ts';
import { faultsOf, refused } from './faults.ts';
import type { Found } from './found.ts';
import { TABLE } from './harmless.ts';
import { readLabels } from './labels/reader.ts';
import { isCompose, recognise } from './recognise.ts';
import { isWhole, readSpaces } from './spaces.ts';

/** Traefik's dynamic configuration: files of the file provider in YAML or TOML, and labels in compose files. */
export const reader: FormatReader = { dialect, recognise, read };

function read(path: string, tree: FileTree): Config {
  const text = tree.read(path);
  if (text === undefined) throw new InputError(`${path} is not a file that can be read. Name a file that exists.`);
  if (isCompose(path, text)) return readLabels(path, text, tree);
  const source = new SourceFile(path, text);
  const { documents, faults } = /\.toml$/i.test(path) ? readToml(source) : readYaml(source);
  const [root] = documents;
  const found: Found = {
    path,
    dialect,
    provider: 'file',
    sharesNames: false,
    dropped: new Set(),
    pools: [],
    routes: [],
    entries: [],
    references: [],
    problems: faults.map(faultProblem),
    unknowns: [],
  };
  if (root !== undefined) {
    found.problems.push(...faultsOf(root));
    readSpaces(root, found);
  }
  return {
    dialect,
    path,
    source,
    status: root === undefined ? 'refused' : isWhole(found) ? 'read' : 'partial',
    files: [path],
    pools: found.pools,
    routes: found.routes,
    entries: found.entries,
    references: found.references,
    listeners: [],
    facts: new Map(),
    statements: root === undefined ? [] : treeStatements(root, TABLE, [...found.pools, ...found.routes]),
    problems: found.problems,
    unknowns: found.unknowns,
    ignores: [],
  };
}

/** Traefik renders Go templates before it parses a file; what is only valid once it is rendered cannot be judged as it is. */
function faultProblem({ at, what, fix }: TreeFault): Problem {
  const rendered = /\{\{-?\s*(?:range|if|end|else|with|define|template|\$)/.test(at.source.text);
  return rendered
    ? refused(
        at,
        say`The file is a Go template: ${what}.`,
        say`Set the path of the rendered file: render the template first.`,
      )
    : refused(at, say`${what}.`, fix);
}
