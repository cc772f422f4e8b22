import { placeKey, type Span } from '../../../model/span.ts';
import { LIMITS } from '../../../text/limits.ts';
import { say } from '../../../text/say.ts';
import type { Attribute, Block, Step } from '../hcl/syntax.ts';
import { placed, type Reference, type Value } from '../values.ts';
import { evaluate, unknown, type Budget, type Scope } from './evaluate.ts';
import { resolved, type Files, type Folder } from './files.ts';
import { attributeIn, instancesIn, usedBy, type Instance, type Instances } from './instances.ts';
import { converted } from './types.ts';

/** A module that another one calls. */
export interface Child {
  readonly suffix: string;
  readonly module: Module;
  /** Set where nobody can say how often it is called. */
  readonly uncounted: Span | undefined;
}

interface Resolved {
  readonly value: Value;
  /** Steps of the traversal that it took. */
  readonly used: number;
}

/** What the call of a module costs, in steps of evaluating. */
const MODULE_STEPS = 500;

/** A module as it is called: its folder, and the values that it is given. */
export class Module {
  /** `module.web.`; '' for the root. */
  readonly path: string;
  readonly folder: Folder;
  readonly resources = new Map<string, Block>();
  /** Data sources, as `data.aws_lb.web`. */
  readonly data = new Map<string, Block>();
  readonly calls = new Map<string, Block>();
  /** References to resources that the folder does not have, by their place. */
  readonly undeclared = new Map<string, { readonly at: Span; readonly address: string }>();
  readonly #files: Files;
  readonly #budget: Budget;
  readonly #given: ReadonlyMap<string, Value>;
  readonly #isRoot: boolean;
  readonly #variables = new Map<string, Block>();
  readonly #locals = new Map<string, Attribute>();
  readonly #outputs = new Map<string, Block>();
  readonly #values = new Map<string, Value | 'open'>();
  readonly #instances = new Map<Block, Instances | 'open'>();
  readonly #children = new Map<string, readonly Child[]>();

  constructor(
    path: string,
    folder: Folder,
    files: Files,
    budget: Budget,
    given: ReadonlyMap<string, Value> | undefined,
  ) {
    this.path = path;
    this.folder = folder;
    this.#files = files;
    this.#budget = budget;
    this.#isRoot = given === undefined;
    this.#given = given ?? folder.values;
    for (const { body } of folder.files) for (const item of body) if (item.kind === 'block') this.#keep(item);
  }

  #keep(block: Block): void {
    const [first = '', second = ''] = block.labels;
    if (block.type === 'resource') this.resources.set(`${first}.${second}`, block);
    else if (block.type === 'data') this.data.set(`data.${first}.${second}`, block);
    else if (block.type === 'variable') this.#variables.set(first, block);
    else if (block.type === 'output') this.#outputs.set(first, block);
    else if (block.type === 'module') this.calls.set(first, block);
    else if (block.type === 'locals')
      for (const item of block.body) if (item.kind === 'attribute') this.#locals.set(item.name, item);
  }

  /** What names mean in a block of this module, in one of its instances. */
  scope(instance?: Instance, by: 'count' | 'for_each' = 'count'): Scope {
    const names = new Map<string, Value>();
    if (instance !== undefined) {
      const { key, value } = instance;
      const map = (entries: readonly (readonly [string, Value])[]): Value => ({
        kind: 'map',
        at: value.at,
        entries: new Map(entries.map(([name, one]) => [name, { keyAt: one.at, value: one }])),
      });
      if (by === 'count') names.set('count', map([['index', key]]));
      else
        names.set(
          'each',
          map([
            ['key', key],
            ['value', value],
          ]),
        );
    }
    return { resolve: this.#resolve.bind(this), names, budget: this.#budget };
  }

  /** How often a resource or a call is there. */
  instancesOf(block: Block): Instances {
    const known = this.#instances.get(block);
    if (known === 'open') return { kind: 'unknown', at: block.at };
    if (known !== undefined) return known;
    this.#instances.set(block, 'open');
    const found = instancesIn(block, this.scope());
    this.#instances.set(block, found);
    return found;
  }

  /** The modules that a call leads to, one per instance; none where its source is no folder of the same tree. */
  children(name: string): readonly Child[] {
    const known = this.#children.get(name);
    if (known !== undefined) return known;
    this.#children.set(name, []);
    const block = this.calls.get(name);
    const folder = block && this.#sourceOf(block);
    if (block === undefined || folder === undefined) return [];
    const instances = this.instancesOf(block);
    // Modules that call each other would be made without end.
    this.#budget.steps -= MODULE_STEPS * (instances.kind === 'all' ? instances.members.length : 1);
    if (this.#budget.steps < 0) return [];
    const child = (suffix: string, scope: Scope): Child => ({
      suffix,
      uncounted: instances.kind === 'unknown' ? instances.at : undefined,
      module: new Module(
        `${this.path}module.${name}${suffix}.`,
        folder,
        this.#files,
        this.#budget,
        new Map(
          block.body.flatMap((item) =>
            item.kind === 'attribute' ? [[item.name, evaluate(item.value, scope)] as const] : [],
          ),
        ),
      ),
    });
    const made =
      instances.kind === 'all'
        ? instances.members.map((one) => child(one.suffix, this.scope(one, instances.by)))
        : [child('', this.scope())];
    this.#children.set(name, made);
    return made;
  }

  /** The folder of a call, where that is written as a path below the same tree. */
  #sourceOf(block: Block): Folder | undefined {
    const source = attributeIn(block, 'source')?.value;
    if (source?.kind !== 'literal' || !/^\.\.?(?:\/|$)/.test(String(source.value))) return undefined;
    const path = resolved(this.folder.path, String(source.value));
    const isDeep = this.path.split('module.').length > LIMITS.includeDepth;
    return path === undefined || isDeep || path === this.folder.path ? undefined : this.#files.folder(path);
  }

  #resolve(root: string, steps: readonly Step[], at: Span): Resolved | undefined {
    const [first, second, third] = steps;
    const name = first?.kind === 'attribute' ? first.name : undefined;
    if (name === undefined) return undefined;
    if (root === 'var')
      return {
        value: placed(
          this.#once(`var.${name}`, at, () => this.#variable(name, at)),
          at,
        ),
        used: 1,
      };
    if (root === 'local')
      return {
        value: placed(
          this.#once(`local.${name}`, at, () => this.#local(name, at)),
          at,
        ),
        used: 1,
      };
    if (root === 'module') return this.#ofModule(name, second, third, at);
    if (root === 'data') return second?.kind === 'attribute' ? this.#ofData(name, second.name, at) : undefined;
    if (!root.includes('_')) return undefined;
    const block = this.resources.get(`${root}.${name}`);
    if (block === undefined) this.undeclared.set(placeKey(at), { at, address: `${root}.${name}` });
    return block === undefined
      ? undefined
      : { value: this.#resource(block, at, second), used: 1 + usedBy(this.instancesOf(block), second) };
  }

  /** A data source stands for something that another stack makes; the zones of a region are one list everywhere. */
  #ofData(type: string, name: string, at: Span): Resolved | undefined {
    const address = `data.${type}.${name}`;
    if (!this.data.has(address) || !/^aws_(?:a?lb(?:_target_group)?|availability_zones)$/.test(type)) return undefined;
    return { value: { kind: 'reference', at, to: `${this.path}${address}`, attribute: '' }, used: 2 };
  }

  /** `module.web.arn`, `module.web["a"].arn` */
  #ofModule(name: string, second: Step | undefined, third: Step | undefined, at: Span): Resolved | undefined {
    const isIndexed = second?.kind === 'index';
    const output = isIndexed ? third : second;
    if (output?.kind !== 'attribute') return undefined;
    const children = this.children(name);
    const key = isIndexed ? evaluate(second.by, this.scope()) : undefined;
    const suffix = key?.kind === 'scalar' ? `[${JSON.stringify(key.value)}]` : '';
    const child = children.find((one) => one.suffix === suffix) ?? children.find((one) => one.uncounted !== undefined);
    return { value: placed(child?.module.output(output.name, at) ?? unknown(at), at), used: isIndexed ? 3 : 2 };
  }

  /** A resource, or all of its instances by their keys. */
  #resource(block: Block, at: Span, next: Step | undefined): Value {
    const address = `${this.path}${block.labels.join('.')}`;
    const instances = this.instancesOf(block);
    const reference = (instance?: Instance): Reference => ({
      kind: 'reference',
      at,
      to: `${address}${instance?.suffix ?? ''}`,
      attribute: '',
      own: (attribute) => this.#own(block, attribute, instance, instances.kind === 'all' ? instances.by : 'count'),
    });
    if (instances.kind === 'one') return reference();
    if (instances.kind === 'unknown') return next?.kind === 'index' ? reference() : unknown(at);
    if (instances.by === 'count') return { kind: 'list', at, items: instances.members.map(reference) };
    const entries = instances.members.map(
      (instance) =>
        [
          String(instance.key.kind === 'scalar' ? instance.key.value : ''),
          { keyAt: at, value: reference(instance) },
        ] as const,
    );
    return { kind: 'map', at, entries: new Map(entries) };
  }

  /** What the text of a resource says of one of its attributes. */
  #own(block: Block, name: string, instance: Instance | undefined, by: 'count' | 'for_each'): Value | undefined {
    const attribute = attributeIn(block, name);
    if (attribute === undefined) return undefined;
    const key = `${block.labels.join('.')}${instance?.suffix ?? ''}.${name}`;
    return this.#once(key, attribute.value.at, () => evaluate(attribute.value, this.scope(instance, by)));
  }

  /** What an output of this module is; undefined where there is none. */
  output(name: string, at: Span): Value | undefined {
    const block = this.#outputs.get(name);
    const value = block && attributeIn(block, 'value');
    return value && this.#once(`output.${name}`, at, () => evaluate(value.value, this.scope()));
  }

  #variable(name: string, at: Span): Value {
    const block = this.#variables.get(name);
    const type = block && attributeIn(block, 'type');
    const value = this.#given.get(name) ?? this.#initial(name, block, at);
    return type === undefined ? value : converted(value, type.value, this.scope());
  }

  #initial(name: string, block: Block | undefined, at: Span): Value {
    const initial = block && attributeIn(block, 'default');
    const other = this.#isRoot ? this.folder.others.find(({ values }) => values.has(name)) : undefined;
    if (other !== undefined)
      return unknown(at, say`${`var.${name}`} is set in ${other.path}, which is loaded only when a command names it`);
    if (initial !== undefined) return evaluate(initial.value, this.scope());
    return unknown(
      at,
      block === undefined
        ? say`${`var.${name}`} is not declared`
        : say`${`var.${name}`} has no default, and no file sets it`,
    );
  }

  #local(name: string, at: Span): Value {
    const attribute = this.#locals.get(name);
    return attribute === undefined
      ? unknown(at, say`${`local.${name}`} is not declared`)
      : evaluate(attribute.value, this.scope());
  }

  /** A value that is made once; one that needs itself is unknown. */
  #once(key: string, at: Span, make: () => Value): Value {
    const known = this.#values.get(key);
    if (known === 'open') return unknown(at, say`${key} needs itself`);
    if (known !== undefined) return known;
    this.#values.set(key, 'open');
    const value = make();
    this.#values.set(key, value);
    return value;
  }
}
