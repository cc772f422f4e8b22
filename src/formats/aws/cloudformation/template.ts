import { written, type Span } from '../../../model/span.ts';
import { child, entriesOf, itemsOf, type PEntry, type PMap, type PNode } from '../../../text/positioned.ts';
import { say } from '../../../text/say.ts';
import type { Entry, Value } from '../values.ts';

/** The long form of a function's tag: `!Ref a` is `{ Ref: a }`, `!Sub a` is `{ Fn::Sub: a }`. */
export function longForm(tag: string, node: PNode): PMap {
  const name = tag.replace(/^!/, '');
  const key = name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
  return { kind: 'map', at: node.at, entries: new Map([[key, { key, keyAt: node.at, value: node }]]) };
}

/** The same tree without the marks of other templates: `${}` belongs to functions here. */
export function withoutMarks(root: PNode): PNode {
  const made = new Map<PNode, PNode>();
  const make = (node: PNode): PNode => {
    const known = made.get(node);
    if (known !== undefined) return known;
    const own: PNode =
      node.kind === 'scalar'
        ? { ...node, computed: false }
        : node.kind === 'seq'
          ? { ...node, items: node.items.map(make) }
          : {
              ...node,
              entries: new Map(
                [...node.entries].map(([key, entry]) => [key, { ...entry, value: make(entry.value) }] as const),
              ),
            };
    made.set(node, own);
    return own;
  };
  return make(root);
}

/** A template's parameters, mappings and conditions, for the values of its functions. */
export class Template {
  readonly resources: readonly PEntry[];
  /** Names that are neither a resource nor a parameter. */
  readonly undeclared: { readonly at: Span; readonly name: string }[] = [];
  readonly #root: PNode;
  readonly #logicalIds: ReadonlySet<string>;
  readonly #conditions = new Map<string, boolean | undefined | 'open'>();

  constructor(root: PNode) {
    this.#root = root;
    this.resources = entriesOf(child(root, 'Resources'));
    this.#logicalIds = new Set(this.resources.map(({ key }) => key));
  }

  /** A node with its functions evaluated. */
  value(node: PNode): Value {
    const { at } = node;
    // `{{resolve:ssm:…}}` is looked up when the stack is made.
    if (node.kind === 'scalar')
      return typeof node.value === 'string' && node.value.includes('{{resolve:')
        ? unknown(at)
        : { kind: 'scalar', at, value: node.value };
    if (node.kind === 'seq') {
      const items = node.items.map((item) => this.value(item));
      // AWS::NoValue takes an item out.
      return { kind: 'list', at, items: items.filter((item) => item.kind !== 'scalar' || item.value !== null) };
    }
    const [only] = node.entries.values();
    if (only !== undefined && node.entries.size === 1 && /^(?:Ref|Condition|Fn::\w+)$/.test(only.key))
      return this.#call(only.key, only.value, at);
    const entries = entriesOf(node).map(({ key, keyAt, value }) => [key, { keyAt, value: this.value(value) }] as const);
    return { kind: 'map', at, entries: new Map<string, Entry>(entries) };
  }

  /** Whether a condition holds; undefined where the template does not say. */
  holds(name: string): boolean | undefined {
    const known = this.#conditions.get(name);
    if (known === 'open') return undefined;
    if (this.#conditions.has(name)) return known;
    this.#conditions.set(name, 'open');
    const node = child(child(this.#root, 'Conditions'), name);
    const result = node === undefined ? undefined : this.#asked(node);
    this.#conditions.set(name, result);
    return result;
  }

  #asked(node: PNode): boolean | undefined {
    const [only] = entriesOf(node);
    if (only === undefined) return undefined;
    const items = itemsOf(only.value);
    const all = (): (boolean | undefined)[] => items.map((item) => this.#asked(item));
    switch (only.key) {
      case 'Condition':
        return only.value.kind === 'scalar' ? this.holds(String(only.value.value)) : undefined;
      case 'Fn::Not': {
        const [inner] = all();
        return inner === undefined ? undefined : !inner;
      }
      case 'Fn::And':
        return all().includes(false) ? false : all().includes(undefined) ? undefined : true;
      case 'Fn::Or':
        return all().includes(true) ? true : all().includes(undefined) ? undefined : false;
      case 'Fn::Equals': {
        const [a, b] = items.map((item) => this.value(item));
        return a?.kind === 'scalar' && b?.kind === 'scalar' ? String(a.value) === String(b.value) : undefined;
      }
      default:
        return undefined;
    }
  }

  #call(name: string, argument: PNode, at: Span): Value {
    const args = itemsOf(argument);
    switch (name) {
      case 'Ref':
        return this.#named(argument.kind === 'scalar' ? String(argument.value) : '', at, 'Ref');
      case 'Fn::GetAtt': {
        const path =
          argument.kind === 'scalar' ? String(argument.value).split('.') : args.map((one) => textOf(one) ?? '');
        const [to = '', ...attribute] = path;
        if (!this.#logicalIds.has(to)) this.undeclared.push({ at, name: to });
        return { kind: 'reference', at, to, attribute: attribute.join('.') };
      }
      case 'Fn::If': {
        const holds = this.holds(textOf(args[0]) ?? '');
        const chosen = holds === undefined ? undefined : args[holds ? 1 : 2];
        return chosen === undefined ? unknown(at) : { ...this.value(chosen), at };
      }
      case 'Fn::Sub':
        return this.#substituted(argument, at);
      case 'Fn::Join': {
        const [by, list] = args;
        const items = list === undefined ? undefined : this.value(list);
        const texts = items?.kind === 'list' ? items.items.map(scalarText) : [undefined];
        return texts.every((text) => text !== undefined)
          ? { kind: 'scalar', at, value: texts.join(textOf(by) ?? '') }
          : unknown(at);
      }
      case 'Fn::Select': {
        const [index, list] = args.map((one) => this.value(one));
        const n = index?.kind === 'scalar' ? Number(index.value) : Number.NaN;
        const item = list?.kind === 'list' ? list.items[n] : undefined;
        return item === undefined ? unknown(at) : { ...item, at };
      }
      case 'Fn::FindInMap': {
        const keys = args.map((one) => scalarText(this.value(one)));
        let found: PNode | undefined = child(this.#root, 'Mappings');
        for (const key of keys) found = key === undefined ? undefined : child(found, key);
        return found === undefined ? unknown(at) : { ...this.value(found), at };
      }
      default:
        return unknown(at);
    }
  }

  /** A parameter, a pseudo parameter or a resource. */
  #named(name: string, at: Span, attribute: string): Value {
    if (name === 'AWS::NoValue') return { kind: 'scalar', at, value: null };
    if (this.#logicalIds.has(name)) return { kind: 'reference', at, to: name, attribute };
    const parameter = child(child(this.#root, 'Parameters'), name);
    const initial = child(parameter, 'Default');
    if (parameter === undefined) {
      if (!name.startsWith('AWS::')) this.undeclared.push({ at, name });
      return unknown(at);
    }
    if (initial?.kind !== 'scalar') return { kind: 'unknown', at, why: say`the parameter ${name} has no default` };
    const isList = /^(?:CommaDelimitedList|List<)/.test(textOf(child(parameter, 'Type')) ?? '');
    if (!isList) return { kind: 'scalar', at, value: initial.value };
    const items = String(initial.value)
      .split(',')
      .map((text): Value => ({ kind: 'scalar', at, value: text.trim() }));
    return { kind: 'list', at, items };
  }

  #substituted(argument: PNode, at: Span): Value {
    const [text, own] = argument.kind === 'seq' ? argument.items : [argument];
    const template = textOf(text) ?? '';
    const valueOf = (name: string): Value => {
      const given = child(own, name);
      return given === undefined
        ? this.#named(name.split('.')[0] ?? '', at, name.split('.').slice(1).join('.') || 'Ref')
        : this.value(given);
    };
    const whole = /^\$\{([^!{}][^{}]*)\}$/.exec(template)?.[1];
    if (whole !== undefined) return { ...valueOf(whole), at };
    let isKnown = true;
    const made = template.replace(/\$\{(!?)([^{}]*)\}/g, (_, literal: string, name: string) => {
      if (literal === '!') return `\${${name}}`;
      const value = scalarText(valueOf(name));
      isKnown &&= value !== undefined;
      return value ?? '';
    });
    return isKnown ? { kind: 'scalar', at, value: made } : unknown(at);
  }
}

function unknown(at: Span): Value {
  return { kind: 'unknown', at, why: say`the value is known only once the stack is made` };
}

function textOf(node: PNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
}

function scalarText(value: Value): string | undefined {
  return value.kind === 'scalar' && value.value !== null ? String(value.value) : undefined;
}

/** How often a resource is made: none where its condition does not hold; undefined where nobody can say. */
export function countOf(template: Template, resource: PNode, at: Span): ReturnType<typeof written<number>> {
  const condition = child(resource, 'Condition');
  if (condition === undefined) return { value: 1, at, written: false };
  const holds = template.holds(textOf(condition) ?? '');
  return written(holds === undefined ? undefined : holds ? 1 : 0, condition.at);
}
