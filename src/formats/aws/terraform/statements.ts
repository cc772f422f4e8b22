import type { Span } from '../../../model/span.ts';
import type { Block as Around, Statement } from '../../../model/statement.ts';
import { textOf } from '../../../text/source.ts';
import type { Attribute, Block, Body } from '../hcl/syntax.ts';
import { TABLE } from '../table.ts';
import { isBalancerModule, mayRoute } from '../traffic.ts';
import type { Value } from '../values.ts';
import { isCommunityModule } from './community-module.ts';
import { evaluate, type Scope } from './evaluate.ts';
import { attributeIn } from './instances.ts';
import type { Module } from './module.ts';
import { currentType } from './resources.ts';

/**
 * Every attribute and block of a folder and of the modules that it calls, with the values that they have: a changed variable
 * changes the text of each statement that uses it.
 */
export function statementsOf(module: Module): Statement[] {
  const found: Statement[] = [];
  for (const { body } of module.folder.files)
    for (const item of body) if (item.kind === 'block') new Walk(module, item, found).top();
  for (const [name, value] of module.path === '' ? module.folder.values : [])
    found.push({ ...kindOf('values', []), text: `${name} = ${shown(value)}`, at: value.at, within: [] });
  for (const name of module.calls.keys())
    for (const child of module.children(name))
      for (const statement of statementsOf(child.module)) found.push(statement);
  return found;
}

type Kind = Pick<Statement, 'kind' | 'row'>;

/** What is made of a statement, by the type of its resource and its path in it. */
function kindOf(type: string, path: readonly string[]): Kind {
  const row = TABLE.row([type, ...path]);
  if (row !== undefined) return { kind: row.kind, row };
  return { kind: mayRoute(type, path) ? 'unjudged' : 'harmless' };
}

class Walk {
  readonly #module: Module;
  readonly #block: Block;
  readonly #found: Statement[];
  readonly #scope: Scope;
  /** The type of the resource, else that of the block. */
  readonly #type: string;
  readonly #isJudged: boolean;

  constructor(module: Module, block: Block, found: Statement[]) {
    this.#module = module;
    this.#block = block;
    this.#found = found;
    this.#scope = module.scope();
    const [label = ''] = block.labels;
    const isData = block.type === 'data' && /^aws_(?:lb|alb|elb)/.test(label);
    this.#type = block.type === 'resource' || isData ? currentType(label) : block.type;
    const isForeign = block.type === 'module' && isForeignBalancer(module, block);
    this.#isJudged = !isData && (!isForeign || isCommunityModule(block));
    if (isForeign) this.#type = 'community';
  }

  top(): void {
    const { type, labels } = this.#block;
    this.#visit(this.#block, `${this.#module.path}${[type, ...labels].join(' ')}`, [], []);
  }

  #visit(block: Block, label: string, within: readonly Around[], path: readonly string[]): void {
    this.#found.push({ ...this.#kind(path), text: label, at: block.at, within, opens: label });
    const inside = [...within, { label, at: block.at }];
    const times = new Map<string, number>();
    for (const item of block.body) {
      if (item.kind === 'attribute') this.#found.push(this.#attribute(item, inside, path));
      else {
        const n = (times.get(item.type) ?? 0) + 1;
        times.set(item.type, n);
        // The content of a dynamic block is one of the blocks that it makes.
        const own = item.type === 'dynamic' ? (item.labels[0] ?? '') : item.type;
        this.#visit(item, labelOf(item, n), inside, item.type === 'content' ? path : [...path, own]);
      }
    }
  }

  #attribute({ name, value, at }: Attribute, within: readonly Around[], path: readonly string[]): Statement {
    const known = evaluate(value, this.#scope);
    const isKnown = isWhole(known);
    const text = isKnown ? shown(known) : `${shown(known)}${this.#with(value.at)}`;
    const kind = this.#kind([...path, name]);
    return { ...kind, text: `${name} = ${text}`, at, within, ...(isKnown ? {} : { computed: true as const }) };
  }

  #kind(path: readonly string[]): Kind {
    return this.#isJudged ? kindOf(this.#type, path) : { kind: 'unjudged' };
  }

  /** The values of what an expression names that is not evaluated as a whole. */
  #with(at: Span): string {
    const names = [...new Set(textOf(at).match(/\b(?:var|local)\.[\w-]+/g))].slice(0, MOST_NAMES);
    const values = names.flatMap((name) => {
      const [root = '', attribute = ''] = name.split('.');
      const step = { kind: 'attribute', at, name: attribute } as const;
      const value = this.#scope.resolve(root, [step], at)?.value;
      return value === undefined || value.kind === 'unknown' ? [] : [`${name} = ${shown(value)}`];
    });
    return values.length === 0 ? '' : ` (${values.join(', ')})`;
  }
}

/** More names of one expression are not looked up. */
const MOST_NAMES = 20;

/** A module of the registry, or of another repository, that makes load balancers. */
function isForeignBalancer(module: Module, block: Block): boolean {
  const [name = ''] = block.labels;
  const source = attributeIn(block, 'source');
  return (
    module.children(name).length === 0 && isBalancerModule(source === undefined ? '' : textOf(source.value.at), name)
  );
}

/** Blocks of one type are told apart by what they are about, else by their number. */
function labelOf({ type, labels, body }: Block, n: number): string {
  const about = nameIn(body);
  return [type, ...labels, ...(about === undefined ? (n === 1 ? [] : [String(n)]) : [about])].join(' ');
}

function nameIn(body: Body): string | undefined {
  const own = body.find((item): item is Attribute => item.kind === 'attribute' && item.name === 'arn');
  return own && textOf(own.value.at);
}

function isWhole(value: Value): boolean {
  if (value.kind === 'list') return value.items.every(isWhole);
  if (value.kind === 'map') return [...value.entries.values()].every((entry) => isWhole(entry.value));
  return value.kind !== 'unknown';
}

/** A value in one line; what is not known as it is written. */
function shown(value: Value): string {
  switch (value.kind) {
    case 'scalar':
      return typeof value.value === 'string' ? JSON.stringify(value.value) : String(value.value);
    case 'list':
      return `[${value.items.map(shown).join(', ')}]`;
    case 'map':
      return `{ ${[...value.entries].map(([key, entry]) => `${key} = ${shown(entry.value)}`).join(', ')} }`;
    case 'reference':
      return value.attribute === '' ? value.to : `${value.to}.${value.attribute}`;
    case 'unknown':
      return textOf(value.at).replace(/\s+/g, ' ');
    default:
      return value satisfies never;
  }
}
