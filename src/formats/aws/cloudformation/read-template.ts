import type { Config, Problem } from '../../../model/config.ts';
import type { Statement } from '../../../model/statement.ts';
import { InputError, type FileTree } from '../../../model/tree.ts';
import { child, type PNode } from '../../../text/positioned.ts';
import { say } from '../../../text/say.ts';
import { SourceFile } from '../../../text/source.ts';
import { readYaml } from '../../../text/yaml-tree.ts';
import { treeStatements } from '../../tree-statements.ts';
import { cloudFormation } from '../dialect.ts';
import { Found } from '../found.ts';
import { readResources } from '../read.ts';
import { resourcesOf, typeOf } from './resources.ts';
import { isLookedAt, TABLE } from './table.ts';
import { longForm, Template, withoutMarks } from './template.ts';

/** Reads a CloudFormation template, YAML or JSON, as it is or as the CDK writes it. */
export function readTemplate(path: string, tree: FileTree): Config {
  const text = tree.read(path);
  if (text === undefined) throw new InputError(`${path} is not a file that can be read. Name a file that exists.`);
  const source = new SourceFile(path, text);
  const { documents, faults } = readYaml(source, { tagged: longForm });
  const root = documents[0] && withoutMarks(documents[0]);
  const template = root === undefined ? undefined : new Template(root);
  const found = new Found(cloudFormation, path, template === undefined ? [] : resourcesOf(template));
  const read = readResources(found);
  const problems = [
    ...faults.map(({ kind, at, what, fix }): Problem => ({
      rule: 'config-unparsable',
      at,
      // Which of two equal keys counts is not said anywhere.
      ...(kind === 'duplicate-key' ? { severity: 'warning' as const } : {}),
      what: say`${what}.`,
      why: kind === 'duplicate-key' ? say`One of the two values is ignored.` : cloudFormation.missingPool,
      fix,
    })),
    ...(template === undefined || root === undefined ? [] : undeclaredIn(template, root)),
    ...read.problems,
  ];
  const whole =
    problems.length === 0 && read.unknowns.length === 0 && read.pools.every(({ unknowns }) => unknowns.length === 0);
  return {
    dialect: cloudFormation,
    path,
    source,
    status: root === undefined ? 'refused' : whole ? 'read' : 'partial',
    files: [path],
    ...read,
    listeners: [],
    facts: new Map(),
    statements: template === undefined || root === undefined ? [] : statementsIn(template, root, read),
    problems,
    ignores: [],
  };
}

/** A transform adds resources that the template does not have. */
function undeclaredIn({ undeclared }: Template, root: PNode): Problem[] {
  if (child(root, 'Transform') !== undefined) return [];
  return undeclared.map(({ at, name }) => ({
    rule: 'config-unparsable',
    at,
    what: say`${name} is neither a resource nor a parameter.`,
    why: cloudFormation.missingPool,
    fix: say`Set a name that the template declares.`,
  }));
}

/** Each resource that is looked at, and the values that others use. */
function statementsIn(
  template: Template,
  root: PNode,
  { pools, entries }: Pick<Config, 'pools' | 'entries'>,
): Statement[] {
  const owners = [...pools, ...entries];
  const resources = template.resources.flatMap((entry) => {
    const type = typeOf(entry) ?? '';
    return isLookedAt(type)
      ? treeStatements(entry.value, TABLE, owners, { kind: type, label: `Resources.${entry.key}` })
      : [];
  });
  const values = ['Parameters', 'Mappings', 'Conditions', 'Outputs'].flatMap((kind) => {
    const node = child(root, kind);
    return node === undefined ? [] : treeStatements(node, TABLE, [], { kind, label: kind });
  });
  return [...resources, ...values];
}
