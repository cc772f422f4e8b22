import type { Config, Problem } from '../../model/config.ts';
import type { FileTree } from '../../model/tree.ts';
import { InputError } from '../../model/tree.ts';
import type { PNode } from '../../text/positioned.ts';
import { say } from '../../text/say.ts';
import { SourceFile } from '../../text/source.ts';
import { readToml } from '../../text/toml-tree.ts';
import type { TreeFault } from '../../text/tree-faults.ts';
import { readYaml } from '../../text/yaml-tree.ts';
import type { FormatReader } from '../reader.ts';
import { treeStatements } from '../tree-statements.ts';
import { dialect } from './dialect.ts';
import { faultsOf, refused } from './faults.ts';
import type { Found, Space } from './found.ts';
import { TABLE } from './harmless.ts';
import { readPool } from './pool.ts';
import { recognise } from './recognise.ts';
import { readRouters } from './routers.ts';
import { checkCycles, readRoute, servicesOf } from './services.ts';

/** Traefik's file provider: dynamic configuration in YAML or TOML. */
export const reader: FormatReader = { dialect, recognise, read };

const SPACES: readonly Space[] = ['http', 'tcp', 'udp'];

function read(path: string, tree: FileTree): Config {
  const text = tree.read(path);
  if (text === undefined) throw new InputError(`${path} is not a file that can be read. Name a file that exists.`);
  const source = new SourceFile(path, text);
  const { documents, faults } = /\.toml$/i.test(path) ? readToml(source) : readYaml(source);
  const [root] = documents;
  const found: Found = {
    path,
    pools: [],
    routes: [],
    entries: [],
    references: [],
    problems: faults.map(faultProblem),
    unknowns: [],
  };
  if (root !== undefined) readRoot(root, found);
  const whole =
    found.problems.length === 0 &&
    found.unknowns.length === 0 &&
    found.pools.every(({ unknowns }) => unknowns.length === 0);
  return {
    dialect,
    path,
    source,
    status: root === undefined ? 'refused' : whole ? 'read' : 'partial',
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

function readRoot(root: PNode, found: Found): void {
  found.problems.push(...faultsOf(root));
  for (const space of SPACES) {
    const services = servicesOf(root, space);
    for (const service of services.values()) {
      if (service.kind === 'loadBalancer') found.pools.push(readPool(service, root, found));
      else if (service.kind !== 'broken') found.routes.push(readRoute(service, services, found));
    }
    checkCycles(services, found);
    readRouters(root, space, services, found);
  }
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
