import { implied } from '../../../model/span.ts';
import { child, entriesOf, itemsOf, type PNode } from '../../../text/positioned.ts';
import { say } from '../../../text/say.ts';
import { valueOf, type Entry, type MapValue, type Resource, type Value } from '../values.ts';
import { currentType } from './resources.ts';

/**
 * The resources of `terraform show -json`: their values as they are planned. What is known only after the change is in the
 * configuration part of the same document, as references to other resources; an ARN or id that exists already names its resource.
 */
export function plannedResources(root: PNode, wanted: (type: string) => boolean): Resource[] {
  const modules = modulesOf(child(child(root, 'planned_values') ?? child(root, 'values'), 'root_module'));
  const configured = expressionsOf(child(child(root, 'configuration'), 'root_module'), '');
  const nodes = modules.flatMap((module) => itemsOf(child(module, 'resources')));
  const ids = idsOf(nodes);
  return nodes.flatMap((node): Resource[] => {
    const [address, type, name] = ['address', 'type', 'name'].map((key) => textAt(child(node, key)));
    const values = child(node, 'values');
    if (address === undefined || type === undefined || name === undefined || values === undefined) return [];
    if (textAt(child(node, 'mode')) === 'data' || !wanted(currentType(type))) return [];
    const at = child(node, 'address')?.at ?? node.at;
    const suffix = /\[[^\]]*\]$/.exec(address)?.[0] ?? '';
    const prefix = address.slice(0, address.length - `${type}.${name}${suffix}`.length);
    const expressions = configured.get(`${prefix.replace(/\[[^\]]*\]/g, '')}${type}.${name}`);
    const args = new Filler(prefix, suffix, ids).filled(valueOf(values), expressions);
    if (args.kind !== 'map') return [];
    return [{ type: currentType(type), address, name: `${prefix}${name}${suffix}`, at, args, count: implied(1, at) }];
  });
}

/** A module and all that it calls. */
function modulesOf(module: PNode | undefined): PNode[] {
  return module === undefined ? [] : [module, ...itemsOf(child(module, 'child_modules')).flatMap(modulesOf)];
}

/** What the configuration says of each resource, by its address without indexes. */
function expressionsOf(module: PNode | undefined, prefix: string): Map<string, PNode> {
  const found = new Map<string, PNode>();
  for (const node of itemsOf(child(module, 'resources'))) {
    const [address, expressions] = [textAt(child(node, 'address')), child(node, 'expressions')];
    if (address !== undefined && expressions !== undefined) found.set(`${prefix}${address}`, expressions);
  }
  for (const { key, value } of entriesOf(child(module, 'module_calls')))
    for (const [address, node] of expressionsOf(child(value, 'module'), `${prefix}module.${key}.`))
      found.set(address, node);
  return found;
}

/** The addresses of resources by the ids and ARNs that they have. */
function idsOf(nodes: readonly PNode[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const node of nodes) {
    const address = textAt(child(node, 'address'));
    for (const name of ['arn', 'id']) {
      const id = textAt(child(child(node, 'values'), name));
      if (address !== undefined && id !== undefined && id !== '') found.set(id, address);
    }
  }
  return found;
}

/** Puts references where a value is not known yet. */
class Filler {
  readonly #prefix: string;
  readonly #suffix: string;
  readonly #ids: ReadonlyMap<string, string>;

  constructor(prefix: string, suffix: string, ids: ReadonlyMap<string, string>) {
    this.#prefix = prefix;
    this.#suffix = suffix;
    this.#ids = ids;
  }

  filled(value: Value | undefined, expression: PNode | undefined): Value {
    if (value?.kind === 'map') return this.#map(value, expression);
    if (value?.kind === 'list' && (value.items.length > 0 || itemsOf(expression).length === 0)) {
      // A list of values has one expression, a list of blocks one for each.
      const own = expression?.kind === 'seq' ? itemsOf(expression) : [];
      return { ...value, items: value.items.map((item, i) => this.filled(item, own[i])) };
    }
    if (value?.kind === 'scalar' && value.value !== null && value.value !== '') {
      const to = this.#ids.get(String(value.value));
      return to === undefined ? value : { kind: 'reference', at: value.at, to, attribute: 'id' };
    }
    return (
      this.#referred(expression) ??
      (value?.kind === 'scalar' ? { ...value, value: null } : (value ?? NOTHING(expression)))
    );
  }

  #map(value: MapValue, expression: PNode | undefined): Value {
    const entries = new Map<string, Entry>();
    for (const [key, entry] of value.entries)
      entries.set(key, { ...entry, value: this.filled(entry.value, child(expression, key)) });
    for (const { key, keyAt, value: own } of entriesOf(expression)) {
      const added = entries.has(key) ? undefined : this.#referred(own);
      if (added !== undefined) entries.set(key, { keyAt, value: added });
    }
    return { ...value, entries };
  }

  /** `{ "references": ["aws_lb.web.arn", "aws_lb.web"] }`; undefined where an expression refers to nothing. */
  #referred(expression: PNode | undefined): Value | undefined {
    const references = itemsOf(child(expression, 'references')).flatMap((one) => textAt(one) ?? []);
    if (expression === undefined || references.length === 0) return undefined;
    const { at } = expression;
    const [attribute = '', to] = references.filter((one) => /^[a-z]\w*_\w+\.[\w-]+/.test(one));
    const address = to ?? attribute.split('.').slice(0, 2).join('.');
    if (address === '' || !attribute.startsWith(address))
      return { kind: 'unknown', at, why: say`${references[0] ?? ''} is known only after the change` };
    const follows = references.some((one) => /^(?:count\.index|each\.)/.test(one));
    const suffix = follows && !address.endsWith(']') ? this.#suffix : '';
    return {
      kind: 'reference',
      at,
      to: `${this.#prefix}${address}${suffix}`,
      attribute: attribute.slice(address.length + 1),
    };
  }
}

function NOTHING(expression: PNode | undefined): Value {
  if (expression === undefined) throw new Error('A value without a place was asked for.');
  return { kind: 'scalar', at: expression.at, value: null };
}

function textAt(node: PNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
}
