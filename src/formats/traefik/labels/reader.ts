import type { Config, Problem } from '../../../model/config.ts';
import type { FileTree } from '../../../model/tree.ts';
import { say } from '../../../text/say.ts';
import type { TreeFault } from '../../../text/tree-faults.ts';
import type { Found } from '../found.ts';
import { isWhole, readSpaces } from '../spaces.ts';
import { containersOf, providerOf } from './container.ts';
import { dialect } from './dialect.ts';
import { merge } from './merge.ts';
import { partsOf } from './parts.ts';
import { withContainers } from './pool.ts';
import { readProject } from './project.ts';
import { statementsOf } from './statements.ts';

/** Reads the labels for Traefik in a compose file, with those of its override. */
export function readLabels(path: string, text: string, tree: FileTree): Config {
  const project = readProject(path, text, tree);
  const [root] = project.roots;
  const problems = project.faults.map(faultProblem);
  const provider = providerOf(project);
  const containers = containersOf(project, provider);
  const parts = containers.flatMap((container) => partsOf(container, provider, problems) ?? []);
  const whole = root === undefined ? undefined : merge(parts, root, problems);
  const found: Found = {
    path,
    dialect,
    provider: 'docker',
    sharesNames: true,
    dropped: whole?.dropped ?? new Set(),
    pools: [],
    routes: [],
    entries: [],
    references: [],
    problems,
    unknowns: [],
  };
  if (whole !== undefined)
    readSpaces(whole.root, found, (pool, { node }) => withContainers(pool, whole.members.get(node) ?? []));
  return {
    dialect,
    path,
    source: project.source,
    status: root === undefined ? 'refused' : isWhole(found) ? 'read' : 'partial',
    files: project.files,
    pools: found.pools,
    routes: found.routes,
    entries: found.entries,
    references: found.references,
    listeners: [],
    facts: new Map(),
    statements: statementsOf(project, provider, found),
    problems: found.problems,
    unknowns: found.unknowns,
    ignores: [],
  };
}

function faultProblem({ at, what, fix }: TreeFault): Problem {
  return {
    rule: 'config-unparsable',
    at,
    what: say`${what}.`,
    why: say`Docker Compose refuses the whole project.`,
    fix,
  };
}
