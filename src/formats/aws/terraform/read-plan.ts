import type { Config, Problem } from '../../../model/config.ts';
import type { Span } from '../../../model/span.ts';
import { InputError, type FileTree } from '../../../model/tree.ts';
import { say } from '../../../text/say.ts';
import { SourceFile } from '../../../text/source.ts';
import { readYaml } from '../../../text/yaml-tree.ts';
import { dialect } from '../dialect.ts';
import { Found, TYPES } from '../found.ts';
import type { Attribute, Block, Body } from '../hcl/syntax.ts';
import { readResources } from '../read.ts';
import type { Entry, MapValue, Resource, Value } from '../values.ts';
import { folderOf } from './files.ts';
import type { Module } from './module.ts';
import { plannedResources } from './plan.ts';
import { allModules, rootModule } from './read-folder.ts';
import { statementsOf } from './statements.ts';

/**
 * Reads a plan or state as `terraform show -json` writes it. Where the `.tf` files that it was made of are beside it, every value is
 * at its line there.
 */
export function readPlan(path: string, tree: FileTree): Config {
  const text = tree.read(path);
  if (text === undefined) throw new InputError(`${path} is not a file that can be read. Name a file that exists.`);
  const source = new SourceFile(path, text);
  const { documents, faults } = readYaml(source);
  const [root] = documents;
  const module = rootModule(folderOf(path), tree);
  const resources = root === undefined ? [] : plannedResources(root, (type) => TYPES.has(type));
  const found = new Found(
    dialect,
    folderOf(path),
    module === undefined ? resources : resources.map((one) => atSource(one, module)),
  );
  const read = readResources(found);
  const fix = say`Set the output of ${'terraform show -json'} in its place.`;
  const problems = [
    ...faults.map(({ at, what }): Problem => ({
      rule: 'config-unparsable',
      at,
      what: say`${what}.`,
      why: say`Nothing of the plan is known.`,
      fix,
    })),
    ...read.problems,
  ];
  const whole =
    problems.length === 0 && read.unknowns.length === 0 && read.pools.every(({ unknowns }) => unknowns.length === 0);
  return {
    dialect,
    path,
    source,
    status: root === undefined ? 'refused' : whole ? 'read' : 'partial',
    files: [
      ...new Set([path, ...(module === undefined ? [] : allModules(module)).flatMap(({ folder }) => folder.paths)]),
    ],
    ...read,
    listeners: [],
    facts: new Map(),
    ...(module === undefined ? {} : { statements: statementsOf(module) }),
    problems,
    ignores: [],
  };
}

/** A resource with its values where the source says them; as it is where the source does not have it. */
function atSource(resource: Resource, root: Module): Resource {
  const block = blockOf(resource.address, root);
  if (block === undefined) return resource;
  return { ...resource, at: block.at, args: moved(resource.args, block.body, block.at) };
}

/** The block of an address: `module.web["a"].aws_lb.app[0]`. */
function blockOf(address: string, root: Module): Block | undefined {
  let module: Module | undefined = root;
  let rest = address;
  for (let call = CALL.exec(rest); call !== null && module !== undefined; call = CALL.exec(rest)) {
    const [whole, name = '', suffix = ''] = call;
    const children: readonly { readonly suffix: string; readonly module: Module }[] = module.children(name);
    module = (children.find((one) => one.suffix === suffix) ?? children[0])?.module;
    rest = rest.slice(whole.length);
  }
  return module?.resources.get(rest.replace(/\[.*$/s, ''));
}

const CALL = /^module\.([\w-]+)(\[[^\]]*\])?\./;

/** Arguments at their attributes, blocks at their headings; what the source does not write is at the block around it. */
function moved(args: MapValue, body: Body, at: Span): MapValue {
  const entries = [...args.entries].map(([key, entry]): [string, Entry] => {
    const attribute = body.findLast((item): item is Attribute => item.kind === 'attribute' && item.name === key);
    if (attribute !== undefined)
      return [key, { keyAt: attribute.nameAt, value: placedAll(entry.value, attribute.value.at) }];
    const blocks = body.filter((item): item is Block => item.kind === 'block' && item.type === key);
    const { value } = entry;
    if (value.kind !== 'list') return [key, { keyAt: at, value: placedAll(value, at) }];
    const items = value.items.map((item, i) => {
      const block = blocks[i];
      return block !== undefined && item.kind === 'map' ? moved(item, block.body, block.at) : placedAll(item, at);
    });
    return [key, { keyAt: at, value: { ...value, at: blocks[0]?.at ?? at, items } }];
  });
  return { ...args, at, entries: new Map(entries) };
}

/** A value, and all that is in it, at one place. */
function placedAll(value: Value, at: Span): Value {
  if (value.kind === 'list') return { ...value, at, items: value.items.map((item) => placedAll(item, at)) };
  if (value.kind !== 'map') return { ...value, at };
  const entries = [...value.entries].map(
    ([key, entry]) => [key, { keyAt: at, value: placedAll(entry.value, at) }] as const,
  );
  return { ...value, at, entries: new Map(entries) };
}
