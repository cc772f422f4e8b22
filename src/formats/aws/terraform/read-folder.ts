import type { Config, IgnoreComment, Problem } from '../../../model/config.ts';
import type { Span } from '../../../model/span.ts';
import { InputError, type FileTree } from '../../../model/tree.ts';
import { ignoresAmong } from '../../../text/ignores.ts';
import { say } from '../../../text/say.ts';
import { dialect } from '../dialect.ts';
import { Found, TYPES } from '../found.ts';
import type { Body } from '../hcl/syntax.ts';
import { readResources } from '../read.ts';
import { MOST_STEPS } from './evaluate.ts';
import { Files, folderOf, type HclFile } from './files.ts';
import { Module } from './module.ts';
import { resourcesOf } from './resources.ts';
import { statementsOf } from './statements.ts';

/** Reads the folder of a `.tf` file as Terraform loads it: all of its files, the values of variables, and local modules. */
export function readFolder(path: string, tree: FileTree): Config {
  const root = rootModule(folderOf(path), tree);
  const file = root?.folder.files.find(({ source }) => source.path === path) ?? root?.folder.files[0];
  if (root === undefined || file === undefined)
    throw new InputError(`${path} is not a file that can be read. Name a file that exists.`);
  const modules = allModules(root);
  const found = new Found(
    dialect,
    root.folder.path,
    resourcesOf(root, (type) => TYPES.has(type)),
  );
  const files = [
    ...new Map(modules.flatMap((one) => one.folder.files.map((each) => [each.source.path, each] as const))).values(),
  ];
  const read = readResources(found);
  const problems = [...files.flatMap(faultsOf), ...modules.flatMap(undeclaredIn), ...read.problems];
  const whole =
    problems.length === 0 && read.unknowns.length === 0 && read.pools.every(({ unknowns }) => unknowns.length === 0);
  return {
    dialect,
    path,
    source: file.source,
    status: whole ? 'read' : 'partial',
    files: [...new Set([path, ...modules.flatMap(({ folder }) => folder.paths)])],
    ...read,
    listeners: [],
    facts: new Map(),
    statements: statementsOf(root),
    problems,
    ignores: files.flatMap(ignoresIn),
  };
}

/** The module of a folder as the root; undefined where it has no file of Terraform. */
export function rootModule(folder: string, tree: FileTree): Module | undefined {
  const files = new Files(tree);
  const found = files.folder(folder);
  return found && new Module('', found, files, { steps: MOST_STEPS, depth: 0 }, undefined);
}

/** A module and all that it calls. */
export function allModules(module: Module): Module[] {
  return [
    module,
    ...[...module.calls.keys()].flatMap((name) => module.children(name).flatMap((child) => allModules(child.module))),
  ];
}

function faultsOf({ faults }: HclFile): Problem[] {
  return faults.map(({ at, what }) =>
    refused(at, what, say`Set the syntax right; ${'terraform fmt'} shows the place as well.`),
  );
}

/** Terraform refuses a reference to a resource that the module does not have. */
function undeclaredIn({ undeclared }: Module): Problem[] {
  return [...undeclared.values()]
    .filter(({ address }) => /^aws_(?:lb|alb|instance)/.test(address))
    .map(({ at, address }) =>
      refused(at, say`${address} is not declared.`, say`Add the resource ${address}, or set one that exists.`),
    );
}

function refused(at: Span, what: Problem['what'], fix: Problem['fix']): Problem {
  return { rule: 'config-unparsable', at, what, why: dialect.missingPool, fix };
}

function ignoresIn({ body, comments, source }: HclFile): IgnoreComment[] {
  return source.text.includes('evenkeel-ignore') ? ignoresAmong(comments, placesOf(body)) : [];
}

function placesOf(body: Body): Span[] {
  return body.flatMap((item) => (item.kind === 'attribute' ? [item.at] : [item.at, ...placesOf(item.body)]));
}
